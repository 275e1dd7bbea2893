"""Turns of the head as numbers: yaw, pitch, roll in radians ↔ quaternions (w, x, y, z).

Yaw is about up, then pitch about the head's own left, then roll about its own forward, each right-handed.
"""

from __future__ import annotations

import math

Quaternion = tuple[float, float, float, float]
Turn = tuple[float, float, float]


def quaternion(yaw: float, pitch: float, roll: float) -> Quaternion:
    """w, x, y, z with y up, z forward, the character's left at +x, as glTF has it."""
    (sy, sx, sz), (cy, cx, cz) = zip(
        *((math.sin(angle / 2), math.cos(angle / 2)) for angle in (yaw, pitch, roll)), strict=True
    )
    return (
        cy * cx * cz + sy * sx * sz,
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
    )


def z_up(turn: Quaternion) -> Quaternion:
    """The same turn with z up and the face towards -y, as Blender has it."""
    w, x, y, z = turn
    return w, x, -z, y


def from_unity(x: float, y: float, z: float, w: float) -> Turn:
    """Yaw, pitch, roll of a quaternion in Unity's left-handed axes, not all 0; its length does not matter."""
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not 1e-6 < length < 1e6:
        return 0.0, 0.0, 0.0
    x, y, z, w = x / length, -y / length, -z / length, w / length
    yaw = math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    pitch = math.asin(min(1.0, max(-1.0, 2 * (w * x - y * z))))
    roll = math.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return yaw, pitch, roll
