"""What the skin is painted with: its own tints, lips, the inside of the mouth, the rims of the lids."""

from __future__ import annotations

import numpy as np

from rigs.bake.closing import LID_MARGIN
from rigs.bake.loops import edge_loop
from rigs.bake.part import Floats, Ints
from rigs.bake.source import Source
from rigs.bake.units import metres, mirror_vertices

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
"""Where the skin has another tint: middle and reach in metres, on both sides; factors of its colour, and how
much of them: rosy cheeks, nose, ears and chin, darker nostrils and round the eyes, a yellower brow, a paler
throat."""


def painted(source: Source) -> Floats:
    """[vertices, 3] linear RGB of every vertex of the source."""
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
