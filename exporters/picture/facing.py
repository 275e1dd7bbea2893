"""Which way the surface faces while a mesh moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh

Array = npt.NDArray[Any]

_ALIKE = 0.5
"""Cosine: vertices at one place whose surfaces are within 60 degrees are one smooth surface."""

_EDGE_ON = (0.0, 0.0, 1.0)
"""Of vertices whose triangles face all ways, as those of a lash do."""


class Facing:
    """Unit normals at the vertices: the mean over the triangles around, weighted by their area.

    join  whether vertices that lie at the same place share their normals, as a user's mesh is often split
          along seams; edges that are sharp at rest stay sharp
    """

    def __init__(self, mesh: Mesh, join: bool) -> None:
        self._corners = np.ascontiguousarray(mesh.triangles.T)
        self._places = self._corners.ravel()
        self._count = len(mesh.vertices)
        self._same: Array | None = None
        if join:
            self._same = _joined(mesh.vertices, self(mesh.vertices))

    def __call__(self, vertices: Array) -> npt.NDArray[np.float32]:
        """[vertices, 3] float32 of the vertices in a pose."""
        exact = np.asarray(vertices, np.float64)
        a, b, c = (exact[corner] for corner in self._corners)
        faces = _cross(b - a, c - a)
        sums = [np.bincount(self._places, np.tile(axis, 3), self._count) for axis in faces]
        if self._same is not None:
            sums = [np.bincount(self._same, axis, self._count)[self._same] for axis in sums]
        total = np.stack(sums, axis=1)
        lengths = np.sqrt(np.einsum("nk,nk->n", total, total))[:, None]
        units = np.where(lengths > 1e-20, total / np.maximum(lengths, 1e-20), _EDGE_ON)
        return units.astype(np.float32)


def _cross(u: Array, v: Array) -> list[Array]:
    """The three columns of the products of rows; quicker than np.cross."""
    (ux, uy, uz), (vx, vy, vz) = u.T, v.T
    return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx]


def _joined(vertices: Array, normals: Array) -> Array:
    """[vertices] for each vertex the first one at its place that faces about the same way."""
    first = np.arange(len(vertices))
    _, groups, counts = np.unique(vertices, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(groups.ravel(), kind="stable")
    for rows in np.split(order, np.cumsum(counts)[:-1]):
        known: list[int] = []
        for row in rows.tolist() if len(rows) > 1 else ():
            like = next((other for other in known if normals[row] @ normals[other] > _ALIKE), row)
            first[row] = like
            if like == row:
                known.append(row)
    return first
