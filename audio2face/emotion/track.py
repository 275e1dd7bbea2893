"""An emotion track: strengths at given times, between which they move evenly.

Before the first time and after the last the strengths are those of the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.errors import OptionError
from rigs.arrays import FloatArray, lock

MOST_KEYS = 100_000


@dataclass(frozen=True, eq=False)
class EmotionTrack:
    """Keyframes.

    names      the emotions of the columns
    times      [keys] seconds, rising
    strengths  [keys, emotions] 0 to 1

    Raises OptionError in one line for what cannot be.
    """

    names: tuple[str, ...]
    times: npt.NDArray[np.floating[Any]]
    strengths: npt.NDArray[np.floating[Any]]

    def __post_init__(self) -> None:
        if not 1 <= len(self.times) <= MOST_KEYS:
            raise OptionError(f"it has {len(self.times)} keys; expected 1 to {MOST_KEYS}")
        if len(set(self.names)) != len(self.names) or not self.names:
            raise OptionError(f"its emotions are {', '.join(self.names) or 'none'}; expected each once")
        self._check_numbers()
        object.__setattr__(self, "times", lock(self.times, "times", (None,), OptionError, np.float64))
        shape = (len(self.times), len(self.names))
        object.__setattr__(
            self, "strengths", lock(self.strengths, "strengths", shape, OptionError, np.float32)
        )
        self._check_times()
        self._check_strengths()

    def _check_numbers(self) -> None:
        for name, column in (
            ("time", self.times),
            *zip(self.names, np.transpose(self.strengths), strict=False),
        ):
            wrong = np.flatnonzero(~np.isfinite(column))
            if len(wrong):
                raise OptionError(
                    f"key {wrong[0] + 1}: {name} is {column[wrong[0]]}; expected a finite number"
                )

    def _check_times(self) -> None:
        if self.times[0] < 0:
            raise OptionError(f"key 1 is at {self.times[0]:g} s; expected 0 or later")
        late = np.flatnonzero(np.diff(self.times) <= 0)
        if len(late):
            key = int(late[0]) + 1
            raise OptionError(
                f"key {key + 1} is at {self.times[key]:g} s, after one at {self.times[key - 1]:g} s; "
                "times must rise"
            )

    def _check_strengths(self) -> None:
        outside = np.argwhere((self.strengths < 0) | (self.strengths > 1))
        if len(outside):
            key, column = outside[0]
            raise OptionError(
                f"key {key + 1}, at {self.times[key]:g} s: {self.names[column]} is "
                f"{self.strengths[key, column]:g}; expected 0 to 1"
            )

    def at(self, time: float) -> FloatArray:
        """[emotions] the strengths at a time in seconds."""
        return np.array([np.interp(time, self.times, column) for column in self.strengths.T], np.float32)
