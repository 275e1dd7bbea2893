"""Head angles and quaternions.

The head turns by yaw about +y, then by pitch about its own +x, then by roll about its own +z, each
right-handed. The mesh has y up, z forward and the character's left at +x, so positive yaw turns the face
to its own left, positive pitch lowers it, and positive roll tilts the crown to its own right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def quaternions(head: Array) -> Array:
    """[frames, 3] yaw, pitch, roll in degrees → [frames, 4] float32 unit quaternions x, y, z, w.

    Neighbours lie on the same side (q and -q turn alike), so that a straight line between them is short.
    """
    half = np.radians(head.astype(np.float64)) / 2
    (sy, sx, sz), (cy, cx, cz) = np.sin(half).T, np.cos(half).T
    result = np.stack(
        [
            cy * sx * cz + sy * cx * sz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
            cy * cx * cz + sy * sx * sz,
        ],
        axis=1,
    )
    turned = np.cumprod(np.where((result[1:] * result[:-1]).sum(1) < 0, -1.0, 1.0))
    result[1:] *= turned[:, None]
    return result.astype(np.float32)


def head_angles(turns: Array) -> Array:
    """[frames, 4] quaternions x, y, z, w → [frames, 3] yaw, pitch, roll in degrees.

    The inverse of `quaternions`. A quaternion of length 0 gives NaN.
    """
    wide = turns.astype(np.float64)
    with np.errstate(invalid="ignore"):
        x, y, z, w = (wide / np.linalg.norm(wide, axis=1, keepdims=True)).T
    yaw = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    roll = np.arctan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    angles: Array = np.degrees(np.stack([yaw, pitch, roll], axis=1))
    return angles
