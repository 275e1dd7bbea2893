"""The skin: head and neck of the base mesh, with a flat rim, painted, lips closed."""

from __future__ import annotations

import numpy as np

from rigs.bake.closing import close_lips, fit_blinks
from rigs.bake.cut import clip
from rigs.bake.paint import painted
from rigs.bake.part import Floats, Part, join
from rigs.bake.source import Source
from rigs.bake.units import group_part, metres

NECK = 5.93
"""Height of the neck's rim in decimetres of the source: above the slope of the shoulders."""

_CALM = (NECK + 0.02, NECK + 0.25)
"""Shapes fade out between these heights, so that the rim lies still while the jaw moves."""

_SPREAD, _NARROW, _FORWARD = 6.15, 0.20, 0.006
"""Below this height in decimetres of the source the neck is narrowed: by how much of its width at the rim,
and how many metres its nape comes forward there."""

_MARKS = {
    "lip_upper": 520,
    "lip_lower": 523,
    "mouth_left": 7192,
    "lid_upper_left": 6784,
    "lid_lower_left": 6825,
}
"""Vertex numbers of the MakeHuman base mesh hm08."""


def full_skin(source: Source) -> Part:
    """The skin of the whole body, its vertex numbers those of the source."""
    part = group_part(source, "body")
    part.marks = _marks(part)
    part.colours = painted(source)
    quads = source.groups["body"].quads
    close_lips(part, quads)
    fit_blinks(part, quads)
    part.deltas = part.deltas * _calm(part.vertices)[:, None]
    part.vertices = _straight_neck(part.vertices)
    return part


def head_and_neck(part: Part) -> Part:
    """The skin above the rim of the neck."""
    near = part.vertices[part.triangles, 1].max(axis=1) > metres(np.array([0, NECK, 0]))[1]
    part = part.keep(near & (np.abs(part.vertices[part.triangles, 0]).max(axis=1) < 0.15))
    return _capped(clip(part, part.vertices[:, 1] - metres(np.array([0, NECK, 0]))[1]))


def _capped(part: Part) -> Part:
    """Closes the rim of the neck with a flat floor with vertices of its own, so that the edge stays sharp."""
    floor = part.vertices[:, 1].min() + 1e-6
    part.deltas[:, part.vertices[:, 1] < floor] = 0
    edges = np.concatenate([part.triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    rim = edges[(part.vertices[edges, 1] < floor).all(axis=1)]
    used, inverse = np.unique(rim, return_inverse=True)
    ends = inverse.reshape(-1, 2)
    middle = np.full((len(ends), 1), len(used))
    rows = np.vstack([np.repeat(used[:, None], len(used), axis=1), used])
    share = np.zeros(rows.shape)
    share[:, 0] = 1
    share[-1] = 1 / len(used)
    base = part.mixed(np.column_stack([middle, ends[:, ::-1]]), rows, share)
    base.marks = {}
    return join([part, base])


def _straight_neck(vertices: Floats) -> Floats:
    """The neck goes straight down to its rim instead of spreading into shoulders that are not there."""
    top, rim = (metres(np.array([0, height, 0]))[1] for height in (_SPREAD, NECK))
    share = np.clip((top - vertices[:, 1]) / (top - rim), 0, 1)
    narrow = 1 - _NARROW * share**1.5 * np.clip(np.abs(vertices[:, 0]) / 0.03, 0, 1)
    moved = vertices.copy()
    moved[:, 0] *= narrow
    moved[:, 2] += _FORWARD * share**1.5 * np.clip(-(vertices[:, 2] - 0.02) / 0.05, 0, 1)
    return moved


def _marks(part: Part) -> dict[str, int]:
    marks = dict(_MARKS)
    for name in [name for name in _MARKS if name.endswith("_left")]:
        place = part.vertices[_MARKS[name]] * (-1, 1, 1)
        marks[name[:-4] + "right"] = int(np.argmin(np.linalg.norm(part.vertices - place, axis=1)))
    return marks


def _calm(vertices: Floats) -> Floats:
    low, high = (metres(np.array([0, height, 0]))[1] for height in _CALM)
    share = np.clip((vertices[:, 1] - low) / (high - low), 0, 1)
    smooth: Floats = share * share * (3 - 2 * share)
    return smooth
