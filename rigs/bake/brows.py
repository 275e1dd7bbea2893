"""The brows: a faint shell over the skin and single hairs on it."""

from __future__ import annotations

import numpy as np

from rigs.bake.cut import clip, refine
from rigs.bake.hair import rounded
from rigs.bake.part import Floats, Part, join
from rigs.bake.strands import ground, ribbons, scattered
from rigs.bake.units import metres, mirrored

_BROW = np.array([0.105, 0.058, 0.036])
_PLACE = (0.125, 0.20, 0.30, 0.40, 0.48, 0.545)
_HEIGHT = (7.520, 7.534, 7.556, 7.564, 7.545, 7.505)
_HALF = (0.013, 0.0245, 0.0245, 0.0195, 0.013, 0.001)
"""Each brow from the nose outwards: place, height of its middle and half its width, in decimetres."""
_HAIRS = 150
_COVER = 0.8
"""How much of the skin the shell hides in its middle; at its border it is the skin's colour."""


def brows(skin: Part) -> Part:
    """Both brows, mirror images."""
    part = Part(skin.vertices, skin.triangles, skin.colours, skin.deltas, {})
    x, y, z = part.vertices.T
    middle = metres(np.array([0.3, 7.55, 1.3]))
    near = (np.abs(y - middle[1]) < 0.02) & (x > -1e-9) & (x < 0.075) & (z > 0.05)
    skin_near = refine(part.keep(near[part.triangles].all(axis=1)))
    left = join([_shell(skin_near), _hairs(skin_near)])
    return join([left, mirrored(left)])


def _shell(part: Part) -> Part:
    part = clip(part, _inside(part.vertices))
    fullness = np.clip(_inside(part.vertices) / 0.0016, 0, 1)[:, None]
    part.vertices = part.vertices + part.normals() * (0.0002 + 0.0003 * fullness)
    cover = _COVER * fullness
    part.colours = part.colours * (1 - cover) + _BROW * cover
    return part


def _hairs(part: Part) -> Part:
    """Hairs that rise by the nose, lie outwards in the middle and turn down at the end."""
    luck = np.random.default_rng(3)
    roots = scattered(part, 60 * _HAIRS, luck)
    roots = roots[_inside(roots) > 0.0003 * luck.normal(0.4, 1.0, len(roots))][:_HAIRS]
    along = np.clip((roots[:, 0] * 10 - _PLACE[0]) / (_PLACE[-1] - _PLACE[0]), 0, 1)
    rise = np.interp(along, (0, 0.12, 0.5, 1), (1.25, 0.95, 0.35, -0.1))
    above = (roots[:, 1] - (rounded(roots[:, 0] * 10, _PLACE, _HEIGHT, 0.05) - 6.45) * 0.1) / 0.0025
    rise = rise - np.where(along > 0.2, 0.45, 0.1) * above + luck.normal(0, 0.12, len(roots))
    way = np.column_stack([np.cos(rise), np.sin(rise), np.zeros(len(roots))])
    length = np.interp(along, (0, 0.3, 1), (0.0052, 0.0072, 0.0046)) * (0.75 + 0.4 * luck.random(len(roots)))
    width = 0.00065 + 0.00030 * luck.random(len(roots))
    colours = _BROW * (0.7 + 0.6 * luck.random((len(roots), 1)))
    return ribbons(ground(part), roots, way * length[:, None], width, (0.0008, 0.0015), colours)


def _inside(vertices: Floats) -> Floats:
    """[vertices] metres inside the border of the brow, negative outside."""
    across = np.abs(vertices[:, 0]) * 10
    height = rounded(across, _PLACE, _HEIGHT, 0.05)
    half = rounded(across, _PLACE, _HALF, 0.04)
    inside = half * 0.1 - np.abs(vertices[:, 1] - (height - 6.45) * 0.1)
    ends = np.minimum(across - _PLACE[0], _PLACE[-1] - across) * 0.1
    field: Floats = np.minimum(inside, ends)
    return field
