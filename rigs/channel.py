"""One thing on a face that can move."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rigs.errors import RigError


@dataclass(frozen=True)
class Channel:
    """A blendshape (morph-target) channel: its name and the range of its weight.

    Raises RigError when the name is empty or the range is not finite and growing.
    """

    name: str
    minimum: float = 0.0
    maximum: float = 1.0

    def __post_init__(self) -> None:
        if not self.name:
            raise RigError("a channel has an empty name; give every channel a name")
        if not (math.isfinite(self.minimum) and math.isfinite(self.maximum) and self.minimum < self.maximum):
            raise RigError(f"channel {self.name}: {self.minimum}..{self.maximum} is no finite range")
