"""Short hair: a thin shell over the skin, locks on it, and hairs across its edge."""

from __future__ import annotations

import numpy as np

from rigs.bake.cut import clip, refine, smooth
from rigs.bake.part import Floats, Part, join
from rigs.bake.strands import ground, ribbons, scattered
from rigs.bake.units import metres

_HAIR = np.array([0.082, 0.047, 0.028])

_LINE_TURN = (0, 15, 30, 42, 52, 60, 67, 74, 80, 86, 92, 97, 102, 108, 116, 128, 145, 180)
_LINE_HEIGHT = (
    *(7.965, 7.975, 7.97, 7.905, 7.79, 7.63, 7.47, 7.33, 7.20, 7.16, 7.30),
    *(7.36, 7.28, 7.10, 6.94, 6.83, 6.77, 6.72),
)
"""The hairline: degrees from the front round to the back, and height in decimetres of the source."""

_CENTRE = metres(np.array([0.0, 7.45, 0.35]))
_RISE, _THICK, _EDGE = 0.034, 0.012, 0.0008
"""Metres behind the line over which the hair grows to its full thickness, that thickness, and the edge's."""
_FADE = 0.005
"""Metres behind the line over which the skin shows through less and less."""
_CROWN = np.array([0.012, 0.20, -0.048])
"""Where the hair grows away from, metres."""
_SWEEP = np.array([0.55, 0.0, 0.0])
"""How far the hair over the brow is combed to the side."""
_LOCKS, _FRINGE = 520, 620
_STILL = 0.00025
"""Metres: hair that a shape moves by less lies still."""


def hair(skin: Part, ears: Floats) -> Part:
    """The shell with its locks and the hairs at its edge. `ears` [skin vertices] is 1 where none grows."""
    cap, on_ears = _cap(skin, ears)
    under = join([_copy(skin), cap])
    bare = np.concatenate([ears, on_ears])
    grown = join([cap, _locks(cap, under, bare), _fringe(cap, under, bare)])
    grown.deltas = np.where(np.abs(grown.deltas).max(axis=2, keepdims=True) > _STILL, grown.deltas, 0)
    return grown


def above_line(vertices: Floats) -> Floats:
    """[vertices] metres above the hairline, negative below."""
    x, _, z = (vertices - _CENTRE).T
    turn = np.degrees(np.arctan2(np.abs(x), z))
    line = rounded(turn, _LINE_TURN, _LINE_HEIGHT, 7.0)
    height: Floats = vertices[:, 1] - (line - 6.45) * 0.1
    return height


def rounded(places: Floats, known: tuple[float, ...], values: tuple[float, ...], width: float) -> Floats:
    """The broken line through known values, its corners rounded over `width` to both sides."""
    steps = np.linspace(-1, 1, 9)
    share = np.cos(steps * np.pi / 2) ** 2
    around = np.abs(places[:, None] + steps * width)
    mean: Floats = np.interp(around, known, values) @ share / share.sum()
    return mean


def _cap(skin: Part, ears: Floats) -> tuple[Part, Floats]:
    part = _copy(skin)
    part.colours = np.column_stack([part.colours, ears])
    near = above_line(part.vertices) > -0.02
    part = part.keep(np.any(near[part.triangles], axis=1))
    part = refine(part)
    ears = smooth(part, 4).colours[:, 3]
    part.colours[:, 3] = ears
    part = clip(part, np.minimum(above_line(part.vertices), 0.012 * (0.4 - ears)))
    ears = part.colours[:, 3]
    line = above_line(part.vertices)
    above = np.clip(line / _RISE, 0, 1)
    round_crown = smooth(part, 4).vertices - part.vertices
    part.vertices = part.vertices + round_crown * above[:, None]
    grown = np.sin(above * np.pi / 2) * _THICK + _EDGE
    part.vertices = part.vertices + part.normals() * (grown * _volume(part.vertices))[:, None]
    cover = np.clip(0.5 + line / _FADE / 2, 0, 1)[:, None]
    part.colours = part.colours[:, :3] * (1 - cover) + _streaks(part.vertices) * cover
    return part, ears


def _locks(cap: Part, under: Part, bare: Floats) -> Part:
    luck = np.random.default_rng(1)
    roots = scattered(cap, _LOCKS, luck)
    roots = roots[above_line(roots) > 0.006]
    length, width = 0.016 + 0.014 * luck.random(len(roots)), 0.0018 + 0.0022 * luck.random(len(roots))
    return _grown(under, bare, roots, length, width, (-0.0006, 0.0013, 0.0002), luck)


def _fringe(cap: Part, under: Part, bare: Floats) -> Part:
    luck = np.random.default_rng(2)
    roots = scattered(cap, 8 * _FRINGE, luck)
    roots = roots[above_line(roots) < 0.011][:_FRINGE]
    length, width = 0.007 + 0.009 * luck.random(len(roots)), 0.0007 + 0.0008 * luck.random(len(roots))
    return _grown(under, bare, roots, length, width, (0.0001, 0.0010, 0.0005), luck)


def _grown(
    under: Part,
    bare: Floats,
    roots: Floats,
    length: Floats,
    width: Floats,
    lifts: tuple[float, float, float],
    luck: np.random.Generator,
) -> Part:
    """Ribbons that lead away from the crown, none of them over an ear."""
    place = ground(under)
    rows, shares = place.near(roots)
    normals = np.einsum("pk,pkc->pc", shares, place.normals[rows])
    front = np.clip((roots[:, 2:] - 0.02) / 0.05, 0, 1)
    way = roots - _CROWN
    way = way / np.linalg.norm(way, axis=1, keepdims=True) + _SWEEP * front + luck.normal(0, 0.10, way.shape)
    way -= normals * (way * normals).sum(axis=1, keepdims=True)
    way *= (length / np.maximum(np.linalg.norm(way, axis=1), 1e-9))[:, None]
    rows, shares = place.near(roots + way)
    free = (bare[rows] * shares).sum(axis=1) < 0.15
    tone = 0.75 + 0.5 * luck.random((len(roots), 1)) ** 1.5
    return ribbons(place, roots[free], way[free], width[free], lifts, (_HAIR * tone)[free])


def _copy(skin: Part) -> Part:
    return Part(skin.vertices, skin.triangles, skin.colours, skin.deltas, {})


def _volume(vertices: Floats) -> Floats:
    """[vertices] fuller on top and in front, flatter at the neck."""
    height = np.clip((vertices[:, 1] - 0.05) / 0.14, 0, 1)
    front = np.clip((vertices[:, 2] - 0.02) / 0.08, 0, 1) * height
    volume: Floats = 0.45 + 0.75 * height + 0.35 * front
    return volume


def _streaks(vertices: Floats) -> Floats:
    """[vertices, 3] soft streaks that run from the crown outwards."""
    x, y, z = (vertices - _CENTRE).T
    turn = np.arctan2(x, z - 0.02)
    streak: Floats = 0.9 + 0.16 * np.sin(23 * turn) + 0.10 * np.sin(41 * turn + 80 * y)
    return np.outer(streak, _HAIR)
