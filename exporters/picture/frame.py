"""What of a mesh is in the middle of a picture, and how large it is there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh
from rigs.rig import Rig

Array = npt.NDArray[Any]

_ROUND_A_FACE = 1.25
"""Height of a head over that of what its shapes move."""


class Framed(NamedTuple):
    """The middle [3], and the height that a camera's `fill` and `distance` are measured in."""

    middle: Array
    extent: float


def framed(rig: Rig, mesh: Mesh) -> Framed:
    """The whole default head; of a user's mesh, which may be a whole body, what its shapes move."""
    low, high = corners(mesh.vertices)
    if rig.origin is None:
        return Framed((low + high) / 2, float(np.max(high - low)))
    moving_low, moving_high = moving_box(mesh)
    size = moving_high - moving_low
    extent = min(float(max(size[1], size[0] * 1.1)) * _ROUND_A_FACE, float(np.max(high - low)))
    return Framed((moving_low + moving_high) / 2, extent)


def moving_box(mesh: Mesh) -> tuple[Array, Array]:
    """The corners of the box round what the shapes move, or round everything."""
    moved = np.zeros(len(mesh.vertices), bool)
    for target in mesh.targets.values():
        moved[target.indices] = True
    return corners(mesh.vertices[moved if moved.any() else slice(None)])


def corners(points: Array) -> tuple[Array, Array]:
    """The lowest and the highest corner of the box round points."""
    return points.min(axis=0), points.max(axis=0)
