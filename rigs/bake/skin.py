"""The skin: head and neck of the base mesh, with a flat rim, painted, lips closed."""

from __future__ import annotations

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.bake.cut import clip
from rigs.bake.part import Floats, Part
from rigs.bake.source import Source
from rigs.bake.units import group_part, metres

NECK = 5.93
"""Height of the neck's rim in decimetres of the source: above the slope of the shoulders."""

_CALM = (NECK + 0.02, NECK + 0.25)
"""Shapes fade out between these heights, so that the rim lies still while the jaw moves."""

_MARKS = {
    "lip_upper": 520,
    "lip_lower": 523,
    "mouth_left": 7192,
    "lid_upper_left": 6784,
    "lid_lower_left": 6825,
}
"""Vertex numbers of the MakeHuman base mesh hm08."""

SKIN = np.array([0.60, 0.375, 0.285])
_LIPS = np.array([0.47, 0.165, 0.145])
_INSIDE = np.array([0.16, 0.035, 0.035])


def skin(source: Source) -> Part:
    """The skin without hair, brows, eyes and teeth."""
    part = group_part(source, "body")
    part.marks = _marks(part)
    part.colours = _paint(source)
    part.deltas = part.deltas * _calm(part.vertices)[:, None]
    near = part.vertices[part.triangles, 1].max(axis=1) > metres(np.array([0, NECK, 0]))[1]
    part = part.keep(near & (np.abs(part.vertices[part.triangles, 0]).max(axis=1) < 0.15))
    return clip(part, part.vertices[:, 1] - metres(np.array([0, NECK, 0]))[1])


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
    colours = np.broadcast_to(SKIN, (len(source.vertices), 3))
    for name, colour in (("lips", _LIPS), ("inside-mouth", _INSIDE)):
        share = texture_mask(source, name)[:, None]
        colours = colours * (1 - share) + colour * share
    return colours


def _marks(part: Part) -> dict[str, int]:
    marks = dict(_MARKS)
    for name in [name for name in _MARKS if name.endswith("_left")]:
        place = part.vertices[_MARKS[name]] * (-1, 1, 1)
        marks[name[:-4] + "right"] = int(np.argmin(np.linalg.norm(part.vertices - place, axis=1)))
    return marks


def _calm(vertices: Floats) -> Floats:
    low, high = (metres(np.array([0, height, 0]))[1] for height in _CALM)
    share = np.clip((vertices[:, 1] - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def shape_row(name: str) -> int:
    """The row of a shape in `Part.deltas`."""
    return ARKIT_NAMES.index(name)
