"""Lashes: single thin hairs along the edges of the lids."""

from __future__ import annotations

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.bake.closing import LID_MARGIN, upper_lid
from rigs.bake.eyes import rotation_matrix
from rigs.bake.loops import edge_loop
from rigs.bake.part import Floats, Ints, Part, join
from rigs.bake.units import mirror_name, shape_row

_COLOUR = np.array([0.022, 0.015, 0.011])
_DROOP = 0.9
"""Radians by which the upper lashes turn down when the eye is shut."""


def lashes(face: Part, quads: Ints) -> Part:
    """Upper and lower lashes of both eyes; `face` has the vertex numbers of the base mesh."""
    loop = np.array(edge_loop(quads, *LID_MARGIN))
    upper = upper_lid(face, loop)
    left = [
        _row(face, upper, 34, (0.0062, 0.0008), np.array([0.35, 0.55, 0.9]), _DROOP),
        _row(face, np.setdiff1d(loop, upper), 26, (0.0019, 0.0005), np.array([0.3, -0.75, 0.8]), 0.0),
    ]
    return join([*left, *(_mirrored(part) for part in left)])


def _row(face: Part, line: Ints, count: int, size: tuple[float, float], way: Floats, droop: float) -> Part:
    """`count` hairs on a line of lid vertices from the nose outwards, each one thin triangle and its back.

    size  metres: length of the longest, and width at the root
    """
    length, width = size
    line = line[np.argsort(face.vertices[line, 0])]
    points = face.vertices[line]
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    spots = np.linspace(0.10, 0.96, count) * steps[-1]
    roots = np.concatenate([spots - width / 2, spots + width / 2, spots])
    after = np.clip(np.searchsorted(steps, roots), 1, len(line) - 1)
    share = np.clip((roots - steps[after - 1]) / (steps[after] - steps[after - 1]), 0, 1)
    hair = np.arange(count)
    corners = np.column_stack([hair, hair + count, hair + 2 * count])
    triangles = np.concatenate([corners, corners[:, ::-1]])
    rows = np.column_stack([line[after - 1], line[after]])
    part = face.mixed(triangles, rows, np.column_stack([1 - share, share]))
    part.marks = {}
    offset = _offsets(spots / steps[-1], length, way)
    part.vertices[2 * count :] += offset
    turned = offset @ rotation_matrix(np.array([droop, 0.0, 0.0])).T - offset
    part.deltas[shape_row("eyeBlinkLeft"), 2 * count :] += turned
    part.colours = np.broadcast_to(_COLOUR, part.vertices.shape).copy()
    return part


def _offsets(along: Floats, length: float, way: Floats) -> Floats:
    """[hairs, 3] from root to tip: short near the nose, longest at two thirds, fanning outwards."""
    size = length * (0.45 + 0.55 * np.sin(np.pi * np.clip(along * 0.75, 0, 1)))
    fan = np.tile(way, (len(along), 1))
    fan[:, 0] *= 3 * along - 1.2
    offsets: Floats = fan / np.linalg.norm(fan, axis=1, keepdims=True) * size[:, None]
    return offsets


def _mirrored(part: Part) -> Part:
    flip = np.array([-1.0, 1.0, 1.0])
    swap = [ARKIT_NAMES.index(mirror_name(name)) for name in ARKIT_NAMES]
    return Part(part.vertices * flip, part.triangles[:, ::-1], part.colours, part.deltas[swap] * flip, {})
