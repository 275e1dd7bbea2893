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
from audio2face.training.augment import Usual, jittered
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

NUMBERS = {label: number for number, label in enumerate(TARGETS)}

Batch = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Shape:
    """Sizes of a batch: clips, look-ahead in frames, and latent knots of each take (first knot, knots)."""

    clips: int
    look_ahead: int
    knots: tuple[tuple[int, int], ...] = ()


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
        self._scripts: dict[tuple[int, int], Script] = {}

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
            features = jittered(features, self._usual, random)
        mix = random_mix(random)
        lesson = perform(self._script(variant, clip), mix)
        wanted = slice(start - ahead, start - ahead + span)
        labels = np.stack([lesson.closed, lesson.teeth, lesson.active], axis=1)
        judged = _window(np.ones(frames, np.float32), wanted)
        judged[: WARM_UP if start else 0] = 0.0
        return {
            "features": features,
            "emotion": np.tile(mix_vector(mix), (span, 1)),
            "knot": self._knots(example.take, start, span),
            "weights": _window(lesson.weights, wanted),
            "labels": _window(labels, wanted),
            "phones": _window(phone_numbers(example.phones, frames), wanted),
            "judged": judged,
        }

    def _script(self, variant: int, clip: int) -> Script:
        """Scripts are cached: the phones of a clip never change, only its mood does."""
        if (variant, clip) not in self._scripts:
            example = self.variants[variant][clip]
            loudness = example.features[:, -1].astype(np.float64)
            self._scripts[variant, clip] = script(example.phones, len(example.features), loudness)
        return self._scripts[variant, clip]

    def _knots(self, take: int, start: int, span: int) -> FloatArray:
        """[span] places in the table of latents; 0 is the knot of no take, which stays zero."""
        if take < 0 or not self.shape.knots:
            return np.zeros(span, np.float32)
        first, count = self.shape.knots[take]
        place = np.minimum((start + np.arange(span)) / KNOT, count - 1)
        return (first + place).astype(np.float32)


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
