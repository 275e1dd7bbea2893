"""Which renderer: OpenGL where there is one, else the processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from exporters.picture.background import STUDIO, Background
from exporters.picture.drawing import Drawing
from exporters.picture.render import Renderer
from exporters.video.context import NoGraphicsError
from exporters.video.scene import GraphicsRenderer
from rigs.rig import Rig

RENDERERS = ("auto", "gl", "software")


class Opened(NamedTuple):
    """What draws, and why it is not OpenGL where that was tried; empty otherwise."""

    drawing: Drawing
    instead: str


@contextmanager
def opened(rig: Rig, name: str = "auto", background: Background = STUDIO) -> Iterator[Opened]:
    """What draws that rig. With `auto`, the processor does where OpenGL cannot.

    Raises FormatError when the rig has no mesh, and NoGraphicsError when `gl` cannot be had.
    """
    instead = ""
    if name != "software":
        try:
            graphics = GraphicsRenderer(rig, background)
        except NoGraphicsError as error:
            if name == "gl":
                raise
            instead = str(error)
        else:
            with graphics:
                yield Opened(graphics, "")
            return
    yield Opened(Renderer(rig, background), instead)
