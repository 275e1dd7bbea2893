"""How a head as a whole turned and moved, from its vertices.

Kabsch's method: the rotation that brings the face at rest nearest to a frame, by least squares, from the
singular values of a 3 × 3 matrix. Vertices that no shape moves count most, so that speech is not taken for
nodding. Source: W. Kabsch, Acta Crystallographica A32 (1976), 922.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.errors import RigError

Floats = npt.NDArray[np.float64]

_STILL = 1e-3
"""What counts as still, in lengths of the head: a vertex that moves so far counts half."""


@dataclass(frozen=True, eq=False)
class Motion:
    """Where a head is in each frame: `points @ turns[frame].T + shifts[frame]`.

    turns   [frames, 3, 3] rotations about the mesh's origin
    shifts  [frames, 3] metres
    """

    turns: Floats
    shifts: Floats

    @property
    def angles(self) -> Floats:
        """[frames, 3] yaw, pitch, roll in degrees: about +y, then the head's own +x, then its own +z."""
        turns = self.turns
        yaw = np.arctan2(turns[:, 0, 2], turns[:, 2, 2])
        pitch = np.arcsin(np.clip(-turns[:, 1, 2], -1, 1))
        roll = np.arctan2(turns[:, 1, 0], turns[:, 1, 1])
        return np.degrees(np.stack([yaw, pitch, roll], axis=1))

    def removed(self, points: Floats) -> Floats:
        """[frames, vertices, 3] the points as if the head had not moved."""
        still: Floats = (points - self.shifts[:, None]) @ self.turns
        return still


def stillness(rest: npt.NDArray[Any], shapes: npt.NDArray[Any]) -> Floats:
    """[vertices] how much each says about the head as a whole: 1 where no shape moves it, falling to 0.

    rest    [vertices, 3]
    shapes  [channels, vertices, 3] metres per unit weight
    """
    length = float(np.ptp(rest, axis=0).max()) or 1.0
    travel = np.sqrt(np.square(shapes, dtype=np.float64).sum(axis=2).max(axis=0))
    still: Floats = 1 / (1 + np.square(travel / (_STILL * length)))
    return still


def find_motion(rest: npt.NDArray[Any], points: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Motion:
    """The rigid motion of each frame.

    rest    [vertices, 3] the head at rest
    points  [frames, vertices, 3]
    counts  [vertices] how much each vertex counts, not negative

    Raises RigError when the vertices that count lie on a line or in a point, where turns cannot be told.
    """
    share = np.asarray(counts, dtype=np.float64) / max(float(np.sum(counts)), 1e-300)
    centre = share @ rest
    centred = (rest - centre) * share[:, None]
    spread = np.linalg.svd(centred.T @ (rest - centre), compute_uv=False)
    if not spread[1] > 1e-9 * max(float(np.ptp(rest)), 1e-12) ** 2:
        raise RigError("the vertices that hold still lie on a line or point; name at least three others")
    middles = np.einsum("v,fvc->fc", share, points)
    # Σ share · rest · (point - middle)ᵀ; what is centred once need not be centred twice.
    products = np.einsum("va,fvb->fab", centred, points, optimize=True)
    left, _, right = np.linalg.svd(products)
    mirrored = np.sign(np.linalg.det(left @ right))
    right[:, 2] *= mirrored[:, None]
    turns = np.swapaxes(left @ right, 1, 2)
    return Motion(turns, middles - turns @ centre)
