"""Which way the surface of a mesh faces."""

from __future__ import annotations

import numpy as np

from rigs import Mesh
from rigs.arrays import FloatArray


def normals(mesh: Mesh) -> FloatArray:
    """[vertices, 3] float32 unit normals: the mean over the triangles around, weighted by their area."""
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros(mesh.vertices.shape)
    for corner in range(3):
        np.add.at(sums, mesh.triangles[:, corner], faces)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    units = np.where(lengths > 1e-20, sums / np.maximum(lengths, 1e-20), [0.0, 0.0, 1.0])
    return units.astype(np.float32)
