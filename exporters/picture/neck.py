"""How much of the head's turn each vertex takes: all of it on the head, none where the neck ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh

Array = npt.NDArray[Any]

_STILL, _FREE = 0.018, 0.055
"""Metres from the neck's end: what is nearer stays, what is farther turns with the head."""


def turning(mesh: Mesh) -> npt.NDArray[np.float32]:
    """[vertices] 0 to 1; 1 everywhere on a mesh without a collar, which is not the default head."""
    share = np.ones(len(mesh.vertices), np.float32)
    if not {"skin", "collar"} <= mesh.parts.keys():
        return share
    first, end = mesh.parts["skin"]
    away = _away(mesh.vertices[first:end], mesh.vertices[_rim(mesh, first, end)])
    part = np.clip((away - _STILL) / (_FREE - _STILL), 0, 1)
    share[first:end] = part * part * (3 - 2 * part)
    share[slice(*mesh.parts["collar"])] = 0
    return share


def bent(vertices: Array, turn: Array, share: Array) -> npt.NDArray[np.float32]:
    """[vertices, 3] the vertices, or ways they face, under a turn [3, 3] of which each takes its share."""
    moved = vertices @ turn.T
    return (vertices + share[:, None] * (moved - vertices)).astype(np.float32)


def _rim(mesh: Mesh, first: int, end: int) -> Array:
    """The vertices of the skin at its lower end: of those at its open edges, all as low as the lowest."""
    corners = mesh.triangles[(mesh.triangles[:, 0] >= first) & (mesh.triangles[:, 0] < end)]
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    known, count = np.unique(edges, axis=0, return_counts=True)
    open_ = np.unique(known[count == 1])
    heights = mesh.vertices[open_, 1]
    return open_[heights < heights.min() + 1e-3]


def _away(points: Array, rim: Array) -> Array:
    """[points] metres to the nearest of the rim, a few points at a time."""
    return np.concatenate(
        [
            np.sqrt(((points[at : at + 512, None] - rim) ** 2).sum(axis=2)).min(axis=1)
            for at in range(0, len(points), 512)
        ]
    )
