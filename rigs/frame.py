"""One moment of a face, on its way to an engine or a file."""

from __future__ import annotations

from dataclasses import dataclass

from rigs.arrays import FloatArray, lock
from rigs.errors import ClipError


@dataclass(frozen=True, eq=False)
class WeightFrame:
    """The weights at one time.

    time     seconds from the start of the sound
    weights  [channels] float32
    """

    time: float
    weights: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", lock(self.weights, "weights", (None,), ClipError))
