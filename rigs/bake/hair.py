"""Short hair and brows: thin shells over the skin that move with it."""

from __future__ import annotations

import numpy as np

from rigs.bake.cut import clip, refine, smooth
from rigs.bake.part import Floats, Part
from rigs.bake.units import metres

_HAIR = np.array([0.060, 0.034, 0.020])
_BROW = np.array([0.125, 0.072, 0.046])

_LINE_TURN = (0, 15, 30, 42, 54, 64, 71, 77, 83, 89, 96, 102, 108, 116, 128, 145, 180)
_LINE_HEIGHT = (
    *(7.985, 7.98, 7.955, 7.905, 7.79, 7.59, 7.36, 7.20, 7.20, 7.38),
    *(7.40, 7.28, 7.10, 6.94, 6.83, 6.77, 6.72),
)
"""The hairline: degrees from the front round to the back, and height in decimetres of the source."""

_CENTRE = metres(np.array([0.0, 7.45, 0.35]))
_RISE, _THICK = 0.034, 0.012
"""Metres behind the line over which the hair grows to its full thickness, and that thickness."""

_BROW_PLACE = (0.125, 0.20, 0.30, 0.40, 0.48, 0.545)
_BROW_HEIGHT = (7.520, 7.534, 7.556, 7.564, 7.545, 7.505)
_BROW_HALF = (0.010, 0.0225, 0.0235, 0.0195, 0.013, 0.001)
"""Each brow from the nose outwards: place, height of its middle and half its width, in decimetres."""


def hair(skin: Part, ears: Floats) -> Part:
    """A cap of short hair. `ears` [skin vertices] is 1 on the ears, where none grows."""
    part = _copy(skin)
    part.colours = np.column_stack([part.colours, ears])
    near = _above_line(part.vertices) > -0.02
    part = part.keep(np.any(near[part.triangles], axis=1))
    part = refine(part)
    ears = smooth(part, 4).colours[:, 3]
    field = np.minimum(_above_line(part.vertices), 0.012 * (0.4 - ears))
    part = clip(part, field)
    above = np.clip(_above_line(part.vertices) / _RISE, 0, 1)
    round_crown = smooth(part, 4).vertices - part.vertices
    part.vertices = part.vertices + round_crown * above[:, None]
    grown = np.sin(above * np.pi / 2) * _THICK + 0.002
    part.vertices = part.vertices + part.normals() * (grown * _volume(part.vertices))[:, None]
    part.colours = _strands(part.vertices)
    return part


def brows(skin: Part) -> Part:
    """Both brows."""
    part = _copy(skin)
    x, y, z = part.vertices.T
    middle = metres(np.array([0.3, 7.55, 1.3]))
    near = (np.abs(y - middle[1]) < 0.02) & (np.abs(x) < 0.075) & (z > 0.05)
    part = refine(refine(part.keep(near[part.triangles].all(axis=1))))
    part = clip(part, _in_brow(part.vertices))
    fullness = np.clip(_in_brow(part.vertices) / 0.0018, 0, 1)
    part.vertices = part.vertices + part.normals() * (0.0003 + 0.0011 * fullness)[:, None]
    part.colours = np.broadcast_to(_BROW, part.vertices.shape).copy()
    return part


def _copy(skin: Part) -> Part:
    return Part(skin.vertices, skin.triangles, skin.colours, skin.deltas, {})


def _above_line(vertices: Floats) -> Floats:
    """[vertices] metres above the hairline, negative below."""
    x, _, z = (vertices - _CENTRE).T
    turn = np.degrees(np.arctan2(np.abs(x), z))
    line = _smooth(turn, _LINE_TURN, _LINE_HEIGHT, 7.0)
    height: Floats = vertices[:, 1] - (line - 6.45) * 0.1
    return height


def _volume(vertices: Floats) -> Floats:
    """[vertices] fuller on top and in front, flatter at the neck."""
    height = np.clip((vertices[:, 1] - 0.05) / 0.14, 0, 1)
    front = np.clip((vertices[:, 2] - 0.02) / 0.08, 0, 1) * height
    volume: Floats = 0.45 + 0.75 * height + 0.35 * front
    return volume


def _strands(vertices: Floats) -> Floats:
    """Soft streaks that run from the crown outwards."""
    x, y, z = (vertices - _CENTRE).T
    turn = np.arctan2(x, z - 0.02)
    streak: Floats = 1 + 0.16 * np.sin(23 * turn) + 0.10 * np.sin(41 * turn + 80 * y)
    return np.outer(streak, _HAIR)


def _in_brow(vertices: Floats) -> Floats:
    """[vertices] metres inside the border of the brow, negative outside."""
    across = np.abs(vertices[:, 0]) * 10
    height = _smooth(across, _BROW_PLACE, _BROW_HEIGHT, 0.05)
    half = _smooth(across, _BROW_PLACE, _BROW_HALF, 0.04)
    inside = half * 0.1 - np.abs(vertices[:, 1] - (height - 6.45) * 0.1)
    ends = np.minimum(across - _BROW_PLACE[0], _BROW_PLACE[-1] - across) * 0.1
    field: Floats = np.minimum(inside, ends)
    return field


def _smooth(places: Floats, known: tuple[float, ...], values: tuple[float, ...], width: float) -> Floats:
    """The broken line through known values, its corners rounded over `width` to both sides."""
    steps = np.linspace(-1, 1, 9)
    share = np.cos(steps * np.pi / 2) ** 2
    around = np.abs(places[:, None] + steps * width)
    mean: Floats = np.interp(around, known, values) @ share / share.sum()
    return mean
