"""How alive a face is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audio2face.errors import OptionError

STRONGEST = 2.0
"""What a part may be scaled by at most."""


@dataclass(frozen=True)
class LifeSettings:
    """A strength for each part: 0 is off, 1 as people are, 2 at most. Blinks close fully from 1 on.

    head       turns and nods, the lift of breath among them
    blinks     lids that blink
    gaze       eyes that look about, and lids that follow them
    brows      rises on pitch accents
    breath     lift of the head; nothing where the head is off
    rest_rate  blinks a minute while nobody speaks, 1 to 40
    talk_rate  and while somebody does

    Raises OptionError for values outside.
    """

    head: float = 1.0
    blinks: float = 1.0
    gaze: float = 1.0
    brows: float = 1.0
    breath: float = 1.0
    rest_rate: float = 17.0
    talk_rate: float = 26.0

    def __post_init__(self) -> None:
        for name in ("head", "blinks", "gaze", "brows", "breath"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 <= value <= STRONGEST):
                raise OptionError(f"life: {name} is {value:g}; expected 0 to {STRONGEST:g}")
        for name in ("rest_rate", "talk_rate"):
            value = getattr(self, name)
            if not 1 <= value <= 40:
                raise OptionError(f"life: {name} is {value:g} blinks a minute; expected 1 to 40")
