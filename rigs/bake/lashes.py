"""Lashes: single thin hairs along the edges of the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rigs.bake.closing import LID_MARGIN, upper_lid
from rigs.bake.eyes import rotation_matrix
from rigs.bake.loops import edge_loop
from rigs.bake.part import Floats, Ints, Part, join
from rigs.bake.strands import pointed
from rigs.bake.units import mirrored, shape_row

_DROOP = 0.9
"""Radians by which the upper lashes turn down when the eye is shut."""


@dataclass(frozen=True, eq=False)
class _Look:
    """One row of lashes.

    count   hairs
    length  metres, the longest
    width   metres at the root
    way     towards the tip: outwards (grows from the nose on), up, ahead
    curl    how much further up the outer half goes
    colour  linear RGB
    """

    count: int
    length: float
    width: float
    way: Floats
    curl: float
    colour: Floats


_UPPER = _Look(38, 0.0056, 0.00060, np.array([0.4, 0.30, 1.0]), 0.75, np.array([0.026, 0.017, 0.012]))
_LOWER = _Look(14, 0.0015, 0.0003, np.array([0.3, -0.7, 0.8]), 0.0, np.array([0.11, 0.065, 0.05]))


def lashes(face: Part, quads: Ints) -> Part:
    """Upper and lower lashes of both eyes; `face` has the vertex numbers of the base mesh."""
    loop = np.array(edge_loop(quads, *LID_MARGIN))
    upper = upper_lid(face, loop)
    left = [
        _row(face, upper, _UPPER, _DROOP),
        _row(face, np.setdiff1d(loop, upper), _LOWER, 0.0),
    ]
    return join([*left, *(mirrored(part) for part in left)])


def _row(face: Part, line: Ints, look: _Look, droop: float) -> Part:
    """Hairs on a line of lid vertices from the nose outwards, each bent once, and their backs."""
    line = line[np.argsort(face.vertices[line, 0])]
    points = face.vertices[line]
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    luck = np.random.default_rng(look.count)
    spots = np.linspace(0.08, 0.97, look.count) + luck.normal(0, 0.25 / look.count, look.count)
    spots = spots * steps[-1]
    roots = np.concatenate([spots - look.width / 2, spots + look.width / 2])
    roots = np.concatenate([roots, roots * 0.7 + np.tile(spots, 2) * 0.3, spots])
    after = np.clip(np.searchsorted(steps, roots), 1, len(line) - 1)
    share = np.clip((roots - steps[after - 1]) / (steps[after] - steps[after - 1]), 0, 1)
    front = pointed(3, look.count)
    rows = np.column_stack([line[after - 1], line[after]])
    part = face.mixed(np.concatenate([front, front[:, ::-1]]), rows, np.column_stack([1 - share, share]))
    part.marks = {}
    size = look.length * (0.75 + 0.4 * luck.random(look.count))
    offset = _offsets(spots / steps[-1], size, look)
    turned = offset @ rotation_matrix(np.array([droop, 0.0, 0.0])).T - offset
    part.vertices[2 * look.count :] += offset
    part.deltas[shape_row("eyeBlinkLeft"), 2 * look.count :] += turned
    part.colours = np.broadcast_to(look.colour, part.vertices.shape).copy()
    return part


def _offsets(along: Floats, size: Floats, look: _Look) -> Floats:
    """[3 · hairs, 3] from the roots: two corners half-way and the tip; longest at two thirds, fanning out."""
    size = size * (0.45 + 0.55 * np.sin(np.pi * np.clip(along * 0.75, 0, 1)))
    fan = np.tile(look.way, (len(along), 1))
    fan[:, 0] *= 2.6 * along - 0.9
    fan /= np.linalg.norm(fan, axis=1, keepdims=True)
    rising = fan + np.array([0, look.curl, 0])
    rising /= np.linalg.norm(rising, axis=1, keepdims=True)
    middle = fan * size[:, None] * 0.55
    return np.concatenate([middle, middle, middle + rising * size[:, None] * 0.45])
