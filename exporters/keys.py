"""Animation curves as keys: which frames of a channel are written, and with which values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exporters.errors import FormatError
from rigs import AnimationClip
from rigs.arrays import FloatArray, IntArray, lock


@dataclass(frozen=True, eq=False)
class Keys:
    """One curve, straight between its keys and level before the first and after the last.

    frames  [keys] int32, rising frame numbers of the clip
    values  [keys] float32

    Raises FormatError when the numbers do not rise or there is no key.
    """

    frames: IntArray
    values: FloatArray

    def __post_init__(self) -> None:
        frames = lock(self.frames, "key frames", (None,), FormatError, np.int32)
        if not len(frames) or frames[0] < 0 or np.any(np.diff(frames) <= 0):
            raise FormatError("the frames of keys must rise from 0 or later, and there must be one")
        object.__setattr__(self, "frames", frames)
        object.__setattr__(self, "values", lock(self.values, "key values", (len(frames),), FormatError))

    def sample(self, frames: int) -> FloatArray:
        """[frames] the curve at every frame."""
        values: FloatArray = np.interp(np.arange(frames), self.frames, self.values).astype(np.float32)
        return values


def dense_keys(clip: AnimationClip) -> tuple[Keys, ...]:
    """A key on every frame, for each channel in order."""
    frames = np.arange(clip.frames, dtype=np.int32)
    return tuple(Keys(frames, column) for column in clip.weights.T)


def plain_keys(clip: AnimationClip) -> tuple[Keys, ...]:
    """Keys for each channel that leave out only frames equal to both their neighbours: nothing is lost."""
    curves = []
    for column in clip.weights.T:
        change = np.diff(column) != 0
        needed = np.concatenate([[True], change]) | np.concatenate([change, [False]])
        frames = np.flatnonzero(needed).astype(np.int32)
        curves.append(Keys(frames, column[frames]))
    return tuple(curves)


def sampled(curves: Sequence[Keys], frames: int) -> FloatArray:
    """[frames, channels] the curves at every frame."""
    if not curves:
        return np.zeros((frames, 0), dtype=np.float32)
    return np.stack([curve.sample(frames) for curve in curves], axis=1)
