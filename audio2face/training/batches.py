"""Examples → batches of crops with their lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from audio2face.features import FRAME_RATE
from audio2face.teacher import EMOTIONS, Script, Segment, perform, script
from audio2face.teacher.phones import TARGETS
from audio2face.training.augment import Usual, jittered, warped
from audio2face.training.film import beyond_phones
from audio2face.training.prepare import Example
from rigs.arrays import FloatArray

CROP = 4 * FRAME_RATE
"""Frames that are learned from at a time."""
WARM_UP = FRAME_RATE // 2
"""Frames before a crop from the middle of a clip, heard but not judged, while the past fills."""
KNOT = FRAME_RATE // 2
"""Frames between two knots of a take's latent."""
CHANNELS = 52
NEUTRAL_SHARE = 0.4
LATENT_SHARE = 0.3
"""Of crops in which nothing but the take's own latent tells the mood."""
CALM_TAKES = 0.25
"""Share of takes whose own mood is neutral."""

NUMBERS = {label: number for number, label in enumerate(TARGETS)}

Batch = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Shape:
    """What a batch is like: clips, look-ahead in frames, and latent knots of each take (first knot, knots).

    spectral  whether coefficients stand for frequencies, so that throats can be made longer and shorter
    """

    clips: int
    look_ahead: int
    knots: tuple[tuple[int, int], ...] = ()
    spectral: bool = True


class Batches(keras.utils.PyDataset):
    """Random crops of random variants under random emotions; the same for the same seed and epoch.

    Each batch is a dict, time = WARM_UP + CROP, so that targets lie `look_ahead` frames behind features:
    features [clips, time, features], emotion [clips, time, emotions], knot [clips, time],
    weights [clips, time, 52], labels [clips, time, 3], phones [clips, time], judged [clips, time].
    """

    def __init__(self, variants: Sequence[Sequence[Example]], shape: Shape, seed: int) -> None:
        super().__init__(workers=1)
        self.variants, self.shape, self.seed = variants, shape, seed
        self.epoch = 0
        sample = np.concatenate([example.features for example in variants[0][::16]]).astype(np.float32)
        self._usual = Usual(sample.mean(axis=0), sample.std(axis=0))
        self._scripts: dict[tuple[int, int], tuple[Script, FloatArray | None]] = {}

    def __len__(self) -> int:
        return len(self.variants[0]) // self.shape.clips

    def __getitem__(self, index: int) -> tuple[Batch, npt.NDArray[np.float32]]:
        order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.variants[0]))
        chosen = order[index * self.shape.clips : (index + 1) * self.shape.clips]
        random = np.random.default_rng([self.seed, self.epoch, index])
        rows = [self._crop(int(random.integers(len(self.variants))), int(clip), random) for clip in chosen]
        batch: Batch = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        return batch, np.zeros(len(rows), np.float32)

    def _crop(self, variant: int, clip: int, random: np.random.Generator) -> dict[str, FloatArray]:
        example = self.variants[variant][clip]
        frames, ahead = len(example.features), self.shape.look_ahead
        span = WARM_UP + CROP
        start = max(0, int(random.integers(-CROP // 2, max(1, frames - CROP // 2))))
        features = np.zeros((span, example.features.shape[1]), np.float32)
        part = example.features[start : start + span]
        features[: len(part)] = part
        features[len(part) :] = part[-1]
        if variant:
            features = self._disguised(features, random)
        latent = example.take >= 0 and bool(self.shape.knots) and random.random() < LATENT_SHARE
        mix = self._own_mood(example) if latent else random_mix(random)
        lesson = perform(self._script(variant, clip)[0], mix, self._script(variant, clip)[1])
        wanted = slice(start - ahead, start - ahead + span)
        labels = np.stack([lesson.closed, lesson.teeth, lesson.active], axis=1)
        judged = _window(np.ones(frames, np.float32), wanted)
        judged[: WARM_UP if start else 0] = 0.0
        return {
            "features": features,
            "emotion": np.tile(mix_vector({} if latent else mix), (span, 1)),
            "knot": self._knots(example.take if latent else -1, start, span),
            "weights": _window(lesson.weights, wanted),
            "labels": _window(labels, wanted),
            "phones": _window(phone_numbers(example.phones, frames), wanted),
            "judged": judged,
        }

    def _disguised(self, features: FloatArray, random: np.random.Generator) -> FloatArray:
        """As from another throat and another microphone."""
        if self.shape.spectral:
            features = warped(features, random)
        return jittered(features, self._usual, random)

    def _script(self, variant: int, clip: int) -> tuple[Script, FloatArray | None]:
        """What a clip's phones ask for, and what its film shows beyond them. Cached: only moods change."""
        if (variant, clip) not in self._scripts:
            example = self.variants[variant][clip]
            loudness = example.features[:, -1].astype(np.float64)
            lines = script(example.phones, len(example.features), loudness)
            beyond = None if example.lips is None else beyond_phones(lines, example.lips)
            self._scripts[variant, clip] = lines, beyond
        return self._scripts[variant, clip]

    def moods(self) -> FloatArray:
        """[takes, 6] the mood in which each take is performed whenever only its latent tells."""
        return np.stack([mix_vector(self._own_mood(take)) for take in self.variants[0] if take.take >= 0])

    def _own_mood(self, example: Example) -> dict[str, float]:
        """A filmed take has the mood that it was filmed in."""
        return {} if example.lips is not None else take_mood(example.take, self.seed)

    def _knots(self, take: int, start: int, span: int) -> FloatArray:
        """[span] places in the table of latents; 0 is the knot of no take, which stays zero."""
        if take < 0 or not self.shape.knots:
            return np.zeros(span, np.float32)
        first, count = self.shape.knots[take]
        place = np.minimum((start + np.arange(span)) / KNOT, count - 1)
        return (first + place).astype(np.float32)


def take_mood(take: int, seed: int) -> dict[str, float]:
    """The one mood that a take has whenever only its latent tells; the same for the same seed."""
    random = np.random.default_rng([seed, take, 2])
    if random.random() < CALM_TAKES:
        return {}
    return {str(random.choice(EMOTIONS[1:])): float(random.uniform(0.3, 1.0))}


def random_mix(random: np.random.Generator) -> dict[str, float]:
    """Neutral, one emotion, or two mixed, each at a random strength."""
    if random.random() < NEUTRAL_SHARE:
        return {}
    names = random.choice(EMOTIONS[1:], size=int(random.integers(1, 3)), replace=False)
    return {str(name): float(random.uniform(0.1, 1.0) / len(names) ** 0.5) for name in names}


def mix_vector(mix: dict[str, float]) -> FloatArray:
    """[emotions] strengths in the order of EMOTIONS, without neutral, which is zero."""
    return np.array([mix.get(name, 0.0) for name in EMOTIONS[1:]], np.float32)


def phone_numbers(phones: Sequence[Segment], frames: int) -> FloatArray:
    """[frames] the number of the phone that is said, in the order of TARGETS; silence is 0 there."""
    numbers = np.zeros(frames, np.float32)
    for phone in phones:
        numbers[round(phone.start * FRAME_RATE) : round(phone.end * FRAME_RATE)] = NUMBERS[phone.label]
    return numbers


def _window(values: FloatArray, wanted: slice) -> FloatArray:
    """Rows of `values` at `wanted`, which may reach beyond both ends; there the rows are zero."""
    out = np.zeros((wanted.stop - wanted.start, *values.shape[1:]), np.float32)
    first, last = max(0, wanted.start), min(len(values), wanted.stop)
    if last > first:
        out[first - wanted.start : last - wanted.start] = values[first:last]
    return out
