"""How emotion that is heard in the voice shows in the face."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from audio2face.errors import OptionError

_BOUNDS = {"strength": (0.0, 1.0), "contrast": (0.25, 4.0), "smooth": (0.1, 10.0), "neutral": (0.0, 10.0)}


@dataclass(frozen=True)
class AutoSettings:
    """Neutral where nothing is sure.

    strength  of a face whose emotion is beyond doubt, 0 to 1
    contrast  1: as sure as the recogniser is; more makes the likeliest emotion stand out, less lets others in
    smooth    seconds in which most of a change is made, 0.1 to 10
    neutral   how much likelier neutral is taken to be than each emotion, 0 to 10

    Raises OptionError for values outside.
    """

    strength: float = 0.8
    contrast: float = 1.0
    smooth: float = 0.8
    neutral: float = 2.0

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise OptionError(f"auto: {name} is {value:g}; expected {low:g} to {high:g}")


NAMES = tuple(field.name for field in fields(AutoSettings))
