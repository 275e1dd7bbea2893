"""What is behind the head."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError

GAMMA = 2.0
"""Near enough to sRGB's curve, and what the page's shaders have; shown = linear ** (1 / GAMMA)."""


@dataclass(frozen=True)
class Background:
    """A colour, or a gradient from the top of the picture to its bottom.

    top, bottom  linear RGB in 0..1
    clear        whether nothing is there: pictures then have a fourth channel, how much the head covers
    """

    top: tuple[float, float, float]
    bottom: tuple[float, float, float]
    clear: bool = False

    def rows(self, height: int) -> npt.NDArray[np.float32]:
        """[height, 3] linear RGB of each row, the top one first."""
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        rows = np.array(self.top) * (1 - share) + np.array(self.bottom) * share
        return rows.astype(np.float32)


STUDIO = Background((0.30, 0.33, 0.37), (0.13, 0.14, 0.16))
CLEAR = Background((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), clear=True)


def named_background(text: str | None) -> Background:
    """`transparent`, a colour such as `#1e2024`, or None for the usual one. Raises FormatError."""
    if text is None:
        return STUDIO
    if text == "transparent":
        return CLEAR
    found = re.fullmatch(r"#?([0-9a-fA-F]{6})", text)
    if found is None:
        raise FormatError(f"no background {text[:40]!r}; expected transparent, or a colour such as #1e2024")
    red, green, blue = ((value / 255) ** GAMMA for value in bytes.fromhex(found[1]))
    return Background((red, green, blue), (red, green, blue))
