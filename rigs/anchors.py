"""Named anchor points on the default head, in layouts that other programs know.

anchors68    the 68 points of iBUG 300-W and dlib: jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, lips 48–67
anchors478   MediaPipe Face Mesh with irises: 468 points of the face, then 5 for each iris

"Right" points are those of the character's own right side, at -x. Both layouts are mirror-symmetric at rest.
Where the points come from: rigs/data/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray, IntArray, lock
from rigs.errors import RigError
from rigs.mesh import Mesh
from rigs.rig import Rig
from rigs.solving.evaluate import BLOCK, shape_matrix

LAYOUTS: tuple[str, ...] = ("anchors68", "anchors478")
"""Their names."""

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)
class Anchors:
    """Points on the triangles of a mesh.

    name      of the layout
    corners   [points, 3] int32, three vertices for each point
    shares    [points, 3] float32, the share of each vertex; they sum to 1
    vertices  number of vertices of the mesh that the points lie on

    Raises RigError when a corner is outside the mesh or shares do not sum to 1.
    """

    name: str
    corners: IntArray
    shares: FloatArray
    vertices: int

    def __post_init__(self) -> None:
        corners = lock(self.corners, "anchor corners", (None, 3), RigError, np.int32)
        shares = lock(self.shares, "anchor shares", (len(corners), 3), RigError)
        if len(corners) and (corners.min() < 0 or corners.max() >= self.vertices):
            raise RigError(f"{self.name}: a corner is outside the {self.vertices} vertices")
        if np.abs(shares.sum(axis=1) - 1).max(initial=0) > 1e-3:
            raise RigError(f"{self.name}: the shares of a point do not sum to 1")
        object.__setattr__(self, "corners", corners)
        object.__setattr__(self, "shares", shares)

    def __len__(self) -> int:
        """Number of points."""
        return len(self.corners)

    def on(self, values: npt.ArrayLike) -> FloatArray:
        """[..., points, 3] of anything known at the mesh's vertices, [..., vertices, 3]."""
        array = np.asarray(values, dtype=np.float32)
        points: FloatArray = np.einsum("...pkc,pk->...pc", array[..., self.corners, :], self.shares)
        return points


class AnchorEvaluator:
    """A mesh and a layout made ready for many frames of the same channels.

    Raises RigError when there is no mesh, or it is not the one the layout belongs to.
    """

    def __init__(self, mesh: Mesh | None, names: Sequence[str], layout: str | Anchors) -> None:
        anchors = load_anchors(layout) if isinstance(layout, str) else layout
        if mesh is None or len(mesh.vertices) != anchors.vertices:
            found = "no mesh" if mesh is None else f"{len(mesh.vertices)} vertices"
            raise RigError(
                f"{anchors.name} belongs to a head of {anchors.vertices} vertices; this rig has {found}"
            )
        used, corners = np.unique(anchors.corners, return_inverse=True)
        near = Anchors(anchors.name, corners.reshape(-1, 3).astype(np.int32), anchors.shares, len(used))
        shapes = shape_matrix(mesh, names, used).reshape(len(names), len(used), 3)
        self.points = len(anchors)
        self._rest = near.on(mesh.vertices[used]).ravel()
        self._shapes = near.on(shapes).reshape(len(names), 3 * self.points)

    def __call__(self, weights: npt.ArrayLike) -> FloatArray:
        """[frames, points, 3] float32, metres, of weights [frames, channels]. Raises RigError."""
        values = lock(weights, "weights", (None, len(self._shapes)), RigError)
        result = np.empty((len(values), self._shapes.shape[1]), dtype=np.float32)
        for at in range(0, len(values), BLOCK):
            rows = result[at : at + BLOCK]
            np.matmul(values[at : at + BLOCK], self._shapes, out=rows)
            rows += self._rest
        return result.reshape(len(values), self.points, 3)


@lru_cache(maxsize=len(LAYOUTS))
def load_anchors(name: str) -> Anchors:
    """The layout of that name. Raises RigError with the known names when there is none."""
    if name not in LAYOUTS:
        raise RigError(f"no layout {name!r}; known layouts are {', '.join(LAYOUTS)}")
    content = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    rows = np.array(content["points"], dtype=np.float64)
    return Anchors(name, rows[:, :3].astype(np.int32), rows[:, 3:].astype(np.float32), content["vertices"])


def anchor_positions(
    rig: Rig, weights: npt.ArrayLike, layout: str | Anchors, names: Sequence[str] | None = None
) -> FloatArray:
    """[frames, points, 3] float32: anchor points in metres from the head's origin, where it nods.

    weights  [frames, channels]
    layout   `anchors68`, `anchors478`, or points of your own
    names    the columns of the weights; the rig's channels when None. Names without a shape move nothing

    The head's own turns are not in them. Raises RigError when the rig's mesh is not the layout's, or sizes
    disagree.
    """
    return AnchorEvaluator(rig.mesh, rig.names if names is None else names, layout)(weights)
