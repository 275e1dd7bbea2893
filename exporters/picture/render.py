"""A picture of a mesh in one pose, drawn on the processor."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from exporters.errors import FormatError
from exporters.picture.background import GAMMA, STUDIO, Background
from exporters.picture.camera import VIEWS, Camera
from exporters.picture.drawing import Picture
from exporters.picture.facing import Facing
from exporters.picture.frame import framed
from exporters.picture.light import EYE, glints, lidded, light_on
from exporters.picture.neck import bent, turning
from exporters.picture.raster import Seen, rasterise
from exporters.picture.surfaces import surfaces
from rigs.mesh import Mesh
from rigs.rig import Rig

Floats = npt.NDArray[Any]

_SAMPLES = 2
"""Samples along each side of a pixel; their mean smooths the outlines."""

_TABLE = (255 * np.linspace(0, 1, 4096) ** (1 / GAMMA) + 0.5).astype(np.uint8)


class Renderer:
    """Draws one mesh many times. Raises FormatError when the rig has no mesh."""

    name = "the processor"

    def __init__(self, rig: Rig, background: Background = STUDIO) -> None:
        self._mesh, self._background = drawable(rig), background
        self._framed = framed(rig, self._mesh)
        self._facing = Facing(self._mesh, join=rig.origin is not None)
        self._surface, self._turning = surfaces(self._mesh), turning(self._mesh)

    def draw(
        self,
        weights: dict[str, float] | None = None,
        view: str = "front",
        width: int = 512,
        height: int = 512,
        head: tuple[float, float, float] | None = None,
    ) -> Picture:
        """[height, width, 3] uint8 sRGB, or [height, width, 4] before a clear background.

        weights  the pose; channels that the mesh lacks move nothing
        view     one of VIEWS
        head     yaw, pitch, roll in degrees about the mesh's origin, or None; the collar stays
        """
        camera = named_view(view)
        vertices = self._mesh.pose(weights or {})
        normals: Floats = self._facing(vertices)
        tint = self._mesh.colours * lidded(normals, self._surface)
        if head is not None:
            turn = head_rotation(*head)
            vertices, normals = bent(vertices, turn, self._turning), bent(normals, turn, self._turning)
        large = (width * _SAMPLES, height * _SAMPLES)
        points = camera.project(vertices, *self._framed, *large)
        seen = rasterise(points, self._mesh.triangles, *large)
        normals = normals @ camera.axes().T
        eye = camera.way_to(vertices, *self._framed)
        light = light_on(normals, eye, tint, self._surface).astype(np.float32)
        image = np.repeat(self._background.rows(large[1]), large[0], axis=0)
        image[seen.pixels] = _spread(light, self._mesh.triangles, seen)
        self._add_glints(image, seen, normals)
        mean = _mean(image, width, height)
        if not self._background.clear:
            return _developed(mean)
        covered = np.zeros((len(image), 1), np.float32)
        covered[seen.pixels] = 1
        share = _mean(covered, width, height)
        colours = _developed((mean / np.maximum(share, 1 / _SAMPLES**2)).astype(np.float32))
        return np.concatenate([colours, (255 * share + 0.5).astype(np.uint8)], axis=2)

    def _add_glints(self, image: Floats, seen: Seen, normals: Floats) -> None:
        corner = self._mesh.triangles[seen.triangles, 0]
        there = np.flatnonzero(self._surface[corner, 1] > EYE)
        wet = Seen(seen.pixels[there], seen.triangles[there], seen.shares[there])
        facing = _spread(normals, self._mesh.triangles, wet)
        facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-9)
        image[wet.pixels] += glints(facing)[:, None]


def _spread(values: Floats, triangles: npt.NDArray[Any], seen: Seen) -> Floats:
    """[seen, 3] values of vertices, interpolated to the pixels seen."""
    corners = values[triangles]
    base, second, third = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    spread: Floats = (
        base[seen.triangles]
        + second[seen.triangles] * seen.shares[:, :1]
        + third[seen.triangles] * seen.shares[:, 1:]
    )
    return spread


def drawable(rig: Rig) -> Mesh:
    """The rig's mesh. Raises FormatError when it has none."""
    if rig.mesh is None or not len(rig.mesh.triangles):
        raise FormatError("this rig has no mesh to draw; use a rig with one, such as the default head")
    return rig.mesh


def named_view(name: str) -> Camera:
    """The camera preset. Raises FormatError with the known names."""
    if name not in VIEWS:
        raise FormatError(f"no view {name!r}; known views are {', '.join(VIEWS)}")
    return VIEWS[name]


def head_rotation(yaw: float, pitch: float, roll: float) -> npt.NDArray[np.float64]:
    """[3, 3] from degrees as in `exporters.rotations`: roll about +z, pitch about +x, then yaw about +y."""
    (cy, sy), (cp, sp), (cr, sr) = ((np.cos(a), np.sin(a)) for a in np.radians([yaw, pitch, roll]))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    turned: npt.NDArray[np.float64] = about_y @ about_x @ about_z
    return turned


def _mean(image: npt.NDArray[np.float32], width: int, height: int) -> npt.NDArray[np.float32]:
    """[height, width, channels] of all samples of each pixel."""
    grid = image.reshape(height, _SAMPLES, width, _SAMPLES, -1)
    mean: npt.NDArray[np.float32] = grid[:, 0, :, 0].copy()
    for place in range(1, _SAMPLES**2):
        mean += grid[:, place // _SAMPLES, :, place % _SAMPLES]
    return mean / np.float32(_SAMPLES**2)


def _developed(mean: npt.NDArray[np.float32]) -> Picture:
    picture: Picture = _TABLE[np.clip(mean * 4095, 0, 4095).astype(np.int16)]
    return picture


def to_image(picture: Picture) -> Image.Image:
    """The picture as a Pillow image."""
    return Image.fromarray(picture)
