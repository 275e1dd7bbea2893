"""How a face moved: weights over time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rigs.arrays import FloatArray, lock
from rigs.errors import ClipError


@dataclass(frozen=True, eq=False)
class AnimationClip:
    """Blendshape weights at a steady frame rate. Frame n is the face at `n / fps` seconds.

    names    the channels, unique, in column order
    weights  [frames, channels] float32, one row a frame
    fps      frames a second, as the user asked for it (29.97 stays 29.97)
    head     [frames, 3] float32 yaw, pitch, roll in degrees, or None
    audio    path of the sound this clip was made from, or None

    Raises ClipError on repeated names, wrong shapes, NaN, no frames, or an fps outside 1..1000.
    """

    names: tuple[str, ...]
    weights: FloatArray
    fps: float
    head: FloatArray | None = None
    audio: str | None = None

    def __post_init__(self) -> None:
        names = tuple(self.names)
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ClipError(f"channel names appear twice: {', '.join(twice[:5])}")
        if not (math.isfinite(self.fps) and 1 <= self.fps <= 1000):
            raise ClipError(f"fps is {self.fps}; expected a number from 1 to 1000")
        weights = lock(self.weights, "weights", (None, len(names)), ClipError)
        if len(weights) == 0:
            raise ClipError("the clip has no frames; expected at least one")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "weights", weights)
        if self.head is not None:
            object.__setattr__(self, "head", lock(self.head, "head", (len(weights), 3), ClipError))

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.weights)

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.frames / self.fps

    @property
    def times(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """[frames] float64, seconds of each frame."""
        return np.arange(self.frames) / self.fps

    def channel(self, name: str) -> FloatArray:
        """[frames] the weights of one channel. Raises ClipError when there is no such channel."""
        if name not in self.names:
            raise ClipError(f"no channel {name!r} in this clip; it has {', '.join(self.names[:5])} …")
        column: FloatArray = self.weights[:, self.names.index(name)]
        return column
