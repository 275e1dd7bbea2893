"""What draws a face: the processor (`Renderer`), or OpenGL (`exporters.video`)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from rigs.clip import AnimationClip

Picture = npt.NDArray[np.uint8]
"""[height, width, 3] sRGB; before a clear background [height, width, 4], the last how much is covered."""


class Drawing(Protocol):
    """Draws one mesh many times; see `Renderer.draw`."""

    @property
    def name(self) -> str:
        """What draws."""
        ...

    def draw(
        self,
        weights: dict[str, float] | None = None,
        view: str = "front",
        width: int = 512,
        height: int = 512,
        head: tuple[float, float, float] | None = None,
    ) -> Picture:
        """The mesh in a pose."""
        ...


def draw_frame(
    drawing: Drawing, clip: AnimationClip, frame: int, view: str, width: int, height: int | None = None
) -> Picture:
    """One frame of a clip, with the turn of its head; square unless a height is given."""
    weights = dict(zip(clip.names, clip.weights[frame].tolist(), strict=True))
    turn = None if clip.head is None else tuple(clip.head[frame].tolist())
    return drawing.draw(weights, view, width, width if height is None else height, turn)
