"""The collar: a dark band round the neck that ends it neatly."""

from __future__ import annotations

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.bake.part import Floats, Ints, Part
from rigs.bake.units import metres

_CLOTH = np.array([0.030, 0.038, 0.052])
_SEGMENTS = 56
_FRONT, _BACK = 6.085, 6.16
"""Height of the edge before the throat and at the nape, in decimetres of the source."""
_WALL = 0.03
"""Metres from the axis: what is nearer to it is not the neck's skin but its floor."""
_PROFILE = (
    (0.97, -0.0010),
    (1.00, 0.0012),
    (0.985, 0.0034),
    (0.90, 0.0044),
    (0.50, 0.0048),
    (0.12, 0.0052),
    (0.02, 0.0046),
    (0.0, 0.0030),
    (0.0, -0.0100),
)
"""From inside over the edge and down to the floor: share of the height, and metres off the neck."""


def collar(skin: Part) -> Part:
    """A ring that lies still, as the neck's rim does."""
    turn = np.arange(_SEGMENTS) * 2 * np.pi / _SEGMENTS
    low = skin.vertices[:, 1].min()
    middle = np.array([0.0, skin.vertices[skin.vertices[:, 1] < low + 1e-5, 2].mean()])
    back = (1 - np.cos(turn)) / 2
    top = (metres(np.array([0, _FRONT, 0]))[1] * (1 - back)) + metres(np.array([0, _BACK, 0]))[1] * back
    rows = []
    for share, off in _PROFILE:
        height = low + (top - low) * share
        reach = _reach(skin.vertices, middle, turn, height) + off
        rows.append(np.column_stack([np.sin(turn) * reach, height, middle[1] + np.cos(turn) * reach]))
    vertices = np.concatenate(rows)
    still = np.zeros((len(ARKIT_NAMES), len(vertices), 3))
    return Part(vertices, _ring(len(_PROFILE)), np.broadcast_to(_CLOTH, vertices.shape).copy(), still, {})


def _reach(vertices: Floats, middle: Floats, turn: Floats, height: Floats) -> Floats:
    """[segments] metres from the axis to the neck's skin, at each angle and its height; rounded."""
    x, z = vertices[:, 0], vertices[:, 2] - middle[1]
    wall = np.hypot(x, z) > _WALL
    x, z, vertices = x[wall], z[wall], vertices[wall]
    around, radius = np.arctan2(x, z), np.hypot(x, z)
    found = np.empty(len(turn))
    for place, (angle, high) in enumerate(zip(turn, height, strict=True)):
        apart = np.angle(np.exp(1j * (around - angle)))
        near = np.exp(-((apart / 0.16) ** 2) - ((vertices[:, 1] - high) / 0.005) ** 2)
        found[place] = (radius * near).sum() / near.sum()
    return found


def _ring(rows: int) -> Ints:
    here = np.arange(_SEGMENTS)
    there = (here + 1) % _SEGMENTS
    faces = []
    for row in range(rows - 1):
        upper, lower = row * _SEGMENTS, (row + 1) * _SEGMENTS
        faces.append(np.column_stack([upper + here, lower + here, lower + there]))
        faces.append(np.column_stack([upper + here, lower + there, upper + there]))
    return np.concatenate(faces)
