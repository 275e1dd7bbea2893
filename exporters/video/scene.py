"""A mesh drawn by OpenGL into memory, with the light of the page."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError
from exporters.picture.background import GAMMA, STUDIO, Background
from exporters.picture.camera import Camera
from exporters.picture.drawing import Picture
from exporters.picture.facing import Facing
from exporters.picture.frame import framed
from exporters.picture.neck import turning
from exporters.picture.render import drawable, head_rotation, named_view
from exporters.picture.surfaces import surfaces
from exporters.video.context import open_context
from exporters.video.passes import passes
from exporters.video.shaders import BEHIND_FRAGMENT, BEHIND_VERTEX, page_shaders
from rigs.rig import Rig

_SAMPLES = 4
"""Samples a pixel, for smooth outlines."""


class GraphicsRenderer:
    """Draws one mesh many times, as `exporters.picture.Renderer` does, by OpenGL.

    name  what draws: a graphics card, or Mesa's llvmpipe, which needs none

    Raises FormatError when the rig has no mesh, and NoGraphicsError when there is no OpenGL. Only the thread
    that made it may draw. To be closed, or used in a `with` block.
    """

    def __init__(self, rig: Rig, background: Background = STUDIO) -> None:
        self._mesh, self._background = drawable(rig), background
        self._framed = framed(rig, self._mesh)
        self._facing = Facing(self._mesh, join=rig.origin is not None)
        self._context = context = open_context()
        self.name = f"OpenGL, {context.info['GL_RENDERER']}"
        self._moving = [context.buffer(reserve=len(self._mesh.vertices) * 12, dynamic=True) for _ in range(2)]
        lasting = (self._mesh.colours, surfaces(self._mesh), turning(self._mesh))
        still = [context.buffer(values.tobytes()) for values in lasting]
        kinds = {"place": "3f", "facing": "3f", "colour": "3f", "surface": "3f", "share": "1f"}
        content = [
            (buffer, kind, name)
            for buffer, (name, kind) in zip([*self._moving, *still], kinds.items(), strict=True)
        ]
        corners = context.buffer(self._mesh.triangles.astype("<u4").tobytes())
        self._passes = passes(self._mesh, rig.origin is not None, context.info["GL_RENDERER"])
        self._heads = {
            pixels: context.vertex_array(
                context.program(**page_shaders(pixels)), content, index_buffer=corners
            )
            for pixels in {one.pixels for one in self._passes}
        }
        self._behind = self._make_behind()
        if rig.origin is None:  # the default head has nothing to show from within; a user's mesh may
            context.enable(context.CULL_FACE)
        self._canvas: tuple[Any, Any] | None = None

    def draw(
        self,
        weights: dict[str, float] | None = None,
        view: str = "front",
        width: int = 512,
        height: int = 512,
        head: tuple[float, float, float] | None = None,
    ) -> Picture:
        """[height, width, 3] uint8 sRGB, or [height, width, 4] before a clear background.

        The arguments are those of `exporters.picture.Renderer.draw`.
        """
        vertices = self._mesh.pose(weights or {})
        moved = (vertices, self._facing(vertices))
        with self._context:  # another may be in use
            for buffer, values in zip(self._moving, moved, strict=True):
                buffer.write(np.ascontiguousarray(values).tobytes())
            self._aim(named_view(view), width, height, head)
            smooth, plain = self._canvases(width, height)
            smooth.use()
            smooth.clear(depth=1.0)
            if not self._background.clear:
                self._context.disable(self._context.DEPTH_TEST)
                self._behind.render(vertices=3)
            self._context.enable(self._context.DEPTH_TEST)
            for pixels, first, end in self._passes:
                self._heads[pixels].render(vertices=3 * (end - first), first=3 * first)
            self._context.copy_framebuffer(plain, smooth)
            return self._read(plain, width, height)

    def close(self) -> None:
        """Gives the context back."""
        self._context.release()

    def __enter__(self) -> GraphicsRenderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _aim(self, camera: Camera, width: int, height: int, head: tuple[float, float, float] | None) -> None:
        view, projection = camera.matrices(*self._framed, width, height)
        turn = np.eye(4)
        if head is not None:
            turn[:3, :3] = head_rotation(*head)
        for name, matrix in (("view", view), ("turned", view @ turn), ("projection", projection)):
            for drawn in self._heads.values():
                drawn.program[name].write(matrix.T.astype("<f4").tobytes())  # OpenGL wants columns

    def _make_behind(self) -> Any:
        program = self._context.program(vertex_shader=BEHIND_VERTEX, fragment_shader=BEHIND_FRAGMENT)
        program["top"].value, program["bottom"].value = self._background.top, self._background.bottom
        program["gamma"].value = GAMMA
        return self._context.vertex_array(program, [])

    def _canvases(self, width: int, height: int) -> tuple[Any, Any]:
        """Where it is drawn with several samples a pixel, and where their mean goes."""
        if self._canvas is None or self._canvas[0].size != (width, height):
            size, context = (width, height), self._context
            most = context.info["GL_MAX_RENDERBUFFER_SIZE"]
            if max(size) > most:
                raise FormatError(f"{width}x{height} is too large to draw here; at most {most} on a side")
            samples = min(_SAMPLES, context.max_samples)
            parts = [context.renderbuffer(size, 4, samples=samples)]
            smooth = context.framebuffer(parts, context.depth_renderbuffer(size, samples=samples))
            self._canvas = smooth, context.framebuffer([context.renderbuffer(size, 4)])
        return self._canvas

    def _read(self, canvas: Any, width: int, height: int) -> Picture:
        """The picture, top row first, as OpenGL starts at the bottom."""
        depth = 4 if self._background.clear else 3
        data = canvas.read(components=depth, alignment=1)
        picture = np.frombuffer(data, np.uint8).reshape(height, width, depth)[::-1]
        return _uncovered(picture) if self._background.clear else np.ascontiguousarray(picture)


def _uncovered(picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """[rows, columns, 4] uint8 colours mixed with nothing, made full where they cover little."""
    cover = np.maximum(picture[..., 3:].astype(np.float32), 1) / 255
    colours = np.minimum(picture[..., :3] / cover + 0.5, 255).astype(np.uint8)
    return np.concatenate([colours, picture[..., 3:].astype(np.uint8)], axis=2)
