"""Head motion on a node of a user's file: turned about the world's axes, told in the node's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from exporters.rotations import quaternions
from rigs.loading.document import Document
from rigs.loading.scene import faces_back, local_matrix, parents, world_matrices

Array = np.ndarray[Any, Any]


def head_turns(document: Document, node: int, head: Array) -> Array:
    """[frames, 4] float32 rotations x, y, z, w of the node, for [frames, 3] yaw, pitch, roll in degrees.

    The turn comes before the node's own rest rotation and is told in its parent's axes, so that it is about
    the world's at rest, whatever the joints' axes are. Characters that look along -z turn alike, seen from
    themselves.
    """
    turns = quaternions(head).astype(np.float64)
    if faces_back(document):
        turns[:, [0, 2]] *= -1
    above = parents(document)
    parent = world_matrices(document)[above[node]] if node in above else np.eye(4)
    frame = _quaternion(parent)
    own = _quaternion(local_matrix(document.items("nodes")[node]))
    turned = _times(_times(_times(_conjugate(frame), turns), frame), own)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    return turned.astype(np.float32)


def _quaternion(matrix: Array) -> Array:
    """[4] x, y, z, w of the rotation in a [4, 4] matrix, its scale and mirroring taken off."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    turn = left @ right
    if np.linalg.det(turn) < 0:
        turn = left @ np.diag([1, 1, -1]) @ right
    # The eigenvector of the largest eigenvalue, which needs no cases: Bar-Itzhack, JGCD 23(6), 2000.
    m = turn
    k = np.array(
        [
            [m[0, 0] - m[1, 1] - m[2, 2], m[1, 0] + m[0, 1], m[2, 0] + m[0, 2], m[2, 1] - m[1, 2]],
            [0, m[1, 1] - m[0, 0] - m[2, 2], m[2, 1] + m[1, 2], m[0, 2] - m[2, 0]],
            [0, 0, m[2, 2] - m[0, 0] - m[1, 1], m[1, 0] - m[0, 1]],
            [0, 0, 0, np.trace(m)],
        ]
    )
    _, vectors = np.linalg.eigh(k + np.triu(k, 1).T)
    found: Array = vectors[:, -1]
    return found if found[3] >= 0 else -found


def _conjugate(turn: Array) -> Array:
    return turn * np.array([-1, -1, -1, 1])


def _times(first: Array, second: Array) -> Array:
    """[..., 4] the Hamilton product: `second`, then `first`."""
    ax, ay, az, aw = np.moveaxis(np.atleast_2d(first), -1, 0)
    bx, by, bz, bw = np.moveaxis(np.atleast_2d(second), -1, 0)
    return np.stack(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ],
        axis=-1,
    )
