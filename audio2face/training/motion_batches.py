"""Takes of a character → batches of crops with their motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from audio2face.training.augment import Usual, jittered, not_speech, warped
from audio2face.training.batches import CROP, WARM_UP, Batch
from audio2face.training.motion import Moved
from rigs.arrays import FloatArray

FADE = 5 * 120
"""Frames between two knots of a take's latent: slower than any word, so that it tells a mood and no sound."""
LEAST = 5
"""Batches in an epoch, at least: a minute of takes would else be seen too seldom before the course ends."""
LATENT_SHARE = 0.3
"""Of crops that hear their take's latent; the others learn what ships as neutral."""


@dataclass(frozen=True)
class Crops:
    """What a batch is like.

    clips       crops in it;  look_ahead  frames by which targets lie behind features
    knots       (first knot, knots) of each take's latent; knot 0 belongs to no take
    spectral    whether coefficients stand for frequencies, so that throats can be made longer and shorter
    quiet       share of crops without speech, in which the rig rests
    plain       share of crops of the sound as it was recorded: a character mostly speaks in its own voice
    moody       takes that are never heard without their latent, because neutral is another mood
    """

    clips: int
    look_ahead: int
    knots: tuple[tuple[int, int], ...]
    spectral: bool = True
    quiet: float = 0.0
    plain: float = 0.6
    moody: frozenset[int] = frozenset()
    crop: int = CROP


class MotionBatches(keras.utils.PyDataset):
    """Random crops of random variants; the same for the same seed and epoch.

    Each batch is a dict, time = WARM_UP + crop: features [clips, time, features], knot [clips, time],
    weights [clips, time, channels], judged [clips, time]. An epoch is as long as all takes together, or LEAST
    batches.

    rest   [channels] the pose of the rig when nobody speaks; still  features of sounds without speech
    """

    def __init__(
        self,
        variants: Sequence[Sequence[Moved]],
        shape: Crops,
        seed: int,
        rest: FloatArray,
        still: Sequence[FloatArray] = (),
    ) -> None:
        super().__init__(workers=1)
        self.variants, self.shape, self.seed, self.rest, self.still = variants, shape, seed, rest, still
        self.epoch = 0
        sample = np.concatenate([one.features[::16] for one in variants[0]]).astype(np.float32)
        self._usual = Usual(sample.mean(axis=0), sample.std(axis=0))
        lengths = np.array([len(one.features) for one in variants[0]])
        self._shares = lengths / lengths.sum()
        self._count = max(LEAST, round(lengths.sum() / (shape.crop * shape.clips)))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[Batch, npt.NDArray[np.float32]]:
        random = np.random.default_rng([self.seed, self.epoch, index])
        rows = [self._row(random) for _ in range(self.shape.clips)]
        batch: Batch = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        return batch, np.zeros(len(rows), np.float32)

    def _row(self, random: np.random.Generator) -> dict[str, FloatArray]:
        if self.still and random.random() < self.shape.quiet:
            return self._quiet(random)
        altered = len(self.variants) > 1 and random.random() >= self.shape.plain
        variant = int(random.integers(1, len(self.variants))) if altered else 0
        return self._crop(variant, int(random.choice(len(self._shares), p=self._shares)), random)

    def _crop(self, variant: int, take: int, random: np.random.Generator) -> dict[str, FloatArray]:
        moved = self.variants[variant][take]
        span, ahead = WARM_UP + self.shape.crop, self.shape.look_ahead
        frames = len(moved.features)
        start = int(random.integers(-WARM_UP, max(1, frames - self.shape.crop // 2)))
        start = max(0, start)
        features = window(moved.features, start, span)
        if variant or random.random() < 0.5:
            features = self._disguised(features, random)
        judged = window(moved.judged, start - ahead, span, 0.0)
        judged[: WARM_UP if start else 0] = 0.0
        latent = random.random() < LATENT_SHARE or take in self.shape.moody
        return {
            "features": features,
            "knot": self._knots(take if latent else -1, start - ahead, span),
            "weights": window(moved.weights, start - ahead, span),
            "judged": judged,
        }

    def _quiet(self, random: np.random.Generator) -> dict[str, FloatArray]:
        span = WARM_UP + self.shape.crop
        judged = np.ones(span, np.float32)
        judged[:WARM_UP] = 0.0
        return {
            "features": window(self.still[int(random.integers(len(self.still)))], 0, span),
            "knot": np.zeros(span, np.float32),
            "weights": np.tile(self.rest, (span, 1)).astype(np.float32),
            "judged": judged,
        }

    def _disguised(self, features: FloatArray, random: np.random.Generator) -> FloatArray:
        """As from another throat and another microphone."""
        if self.shape.spectral:
            features = warped(features, random)
        return jittered(features, self._usual, random)

    def _knots(self, take: int, start: int, span: int) -> FloatArray:
        if take < 0:
            return np.zeros(span, np.float32)
        first, count = self.shape.knots[take]
        place = np.clip((start + np.arange(span)) / FADE, 0, count - 1)
        return (first + place).astype(np.float32)


def count_motion_knots(takes: Sequence[Moved]) -> tuple[tuple[int, int], ...]:
    """(first knot, knots) of each take's latent; a slower variant keeps its last knot."""
    counts = [len(one.features) // FADE + 2 for one in takes]
    firsts = 1 + np.concatenate([[0], np.cumsum(counts)[:-1]])
    return tuple((int(first), count) for first, count in zip(firsts, counts, strict=True))


def still_sounds(count: int, seconds: float, seed: int) -> list[FloatArray]:
    """Sounds [samples] in which no mouth should move."""
    return [not_speech(seconds, np.random.default_rng([seed, number, 4])) for number in range(count)]


def window(values: npt.ArrayLike, start: int, span: int, beyond: float | None = None) -> FloatArray:
    """Rows start … start + span of values; beyond both ends the nearest row, or `beyond`."""
    rows = np.asarray(values)
    places = start + np.arange(span)
    found: FloatArray = rows[np.clip(places, 0, len(rows) - 1)].astype(np.float32)
    if beyond is not None:
        found[(places < 0) | (places >= len(rows))] = beyond
    return found
