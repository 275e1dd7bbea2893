"""The skin: head and neck of the base mesh, with a flat rim, painted, lips closed."""

from __future__ import annotations

import numpy as np

from rigs.bake.closing import LID_MARGIN, close_lips, fit_blinks
from rigs.bake.cut import clip
from rigs.bake.loops import edge_loop
from rigs.bake.part import Floats, Ints, Part, join
from rigs.bake.source import Source
from rigs.bake.units import group_part, metres, mirror_vertices

NECK = 5.93
"""Height of the neck's rim in decimetres of the source: above the slope of the shoulders."""

_CALM = (NECK + 0.02, NECK + 0.25)
"""Shapes fade out between these heights, so that the rim lies still while the jaw moves."""

_SPREAD, _NARROW, _FORWARD = 6.15, 0.20, 0.006
"""Below this height in decimetres of the source the neck is narrowed: by how much of its width at the rim, and how
many metres its nape comes forward there."""

_MARKS = {
    "lip_upper": 520,
    "lip_lower": 523,
    "mouth_left": 7192,
    "lid_upper_left": 6784,
    "lid_lower_left": 6825,
}
"""Vertex numbers of the MakeHuman base mesh hm08."""

SKIN = np.array([0.60, 0.375, 0.285])
_LIPS = np.array([0.46, 0.175, 0.150])
_LID_RIM = np.array([0.42, 0.31, 0.28])
_INSIDE = np.array([0.30, 0.075, 0.070])

_BLUSH = (
    ((0.050, 0.052, 0.075), 0.026, (1.00, 0.87, 0.86), 1.0),
    ((0.000, 0.056, 0.112), 0.013, (1.00, 0.90, 0.89), 1.0),
    ((0.016, 0.051, 0.098), 0.008, (1.00, 0.90, 0.88), 0.8),
    ((0.080, 0.075, -0.010), 0.026, (1.00, 0.80, 0.78), 1.0),
    ((0.000, 0.002, 0.097), 0.014, (1.00, 0.90, 0.89), 1.0),
    ((0.032, 0.078, 0.090), 0.010, (0.90, 0.80, 0.82), 0.8),
    ((0.032, 0.104, 0.092), 0.011, (0.93, 0.84, 0.82), 0.8),
    ((0.0093, 0.0505, 0.1022), 0.0030, (0.42, 0.30, 0.27), 1.0),
    ((0.000, 0.150, 0.095), 0.040, (1.02, 1.01, 0.96), 1.0),
    ((0.000, -0.04, 0.060), 0.050, (0.97, 0.98, 0.98), 1.0),
)
"""Where the skin has another tint: middle and reach in metres, on both sides; factors of its colour, and how much of
them: rosy cheeks, nose, ears and chin, darker round the
eyes and in the nostrils, a yellower brow, a paler throat."""


def full_skin(source: Source) -> Part:
    """The skin of the whole body, its vertex numbers those of the source."""
    part = group_part(source, "body")
    part.marks = _marks(part)
    part.colours = _paint(source)
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


def texture_mask(source: Source, name: str) -> Floats:
    """[vertices] a painted mask at each vertex of the source, the mean over its texture points."""
    image = source.mask(name)
    rows, columns = image.shape
    total = np.zeros(len(source.vertices))
    count = np.zeros(len(source.vertices))
    body = source.groups["body"]
    u, v = source.texture[body.texture.ravel()].T
    pixels = image[
        np.clip(((1 - v) * rows).astype(int), 0, rows - 1), np.clip((u * columns).astype(int), 0, columns - 1)
    ]
    np.add.at(total, body.quads.ravel(), pixels)
    np.add.at(count, body.quads.ravel(), 1)
    return total / np.maximum(count, 1)


def _paint(source: Source) -> Floats:
    colours = SKIN * _tint(metres(source.vertices))
    for name, colour in (("lips", _LIPS), ("inside-mouth", _INSIDE)):
        share = _blurred(texture_mask(source, name), source.groups["body"].quads)[:, None]
        share = np.clip((share - 0.25) / 0.5, 0, 1)
        colours = colours * (1 - share) + colour * share
    rims = np.array(edge_loop(source.groups["body"].quads, *LID_MARGIN))
    for rim in (rims, mirror_vertices(metres(source.vertices))[rims]):
        colours[rim] *= _LID_RIM
    return colours


def _tint(vertices: Floats) -> Floats:
    """[vertices, 3] factors of the skin's colour."""
    tint = np.ones_like(vertices)
    for middle, reach, factors, share in _BLUSH:
        for side in (1, -1) if middle[0] else (1,):
            apart = np.linalg.norm(vertices - np.array(middle) * (side, 1, 1), axis=1) / reach
            near = (share * np.exp(-(apart**2)))[:, None]
            tint *= 1 + near * (np.array(factors) - 1)
    return tint


def _blurred(values: Floats, quads: Ints) -> Floats:
    """[vertices] the mean over the quads round each vertex, so that coarse quads show no corners."""
    mean = np.repeat(values[quads].mean(axis=1), 4)
    count = np.bincount(quads.ravel(), minlength=len(values))
    soft: Floats = np.bincount(quads.ravel(), mean, len(values)) / np.maximum(count, 1)
    return soft


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
