"""Lips that touch at rest, and lids that meet when they blink.

In the source the lips stand up to 2 mm apart, and the upper lid of a full blink goes 4 mm too far.
All vertex numbers are those of the MakeHuman base mesh hm08, its +x side (the person's left).
"""

from __future__ import annotations

import numpy as np

from rigs.bake.loops import edge_loop
from rigs.bake.part import Floats, Ints, Part
from rigs.bake.units import shape_row

_CLOSED_ROWS = (((474, 7229), 0.75), ((537, 7282), 1.1), ((520, 7267), 1.0))
"""Two neighbours on each row of the lips, upper lip first, and how much of its gap is closed: the crease in
front, the row behind (a little too far, so that no light comes through), and where the lips meet, exactly."""

LID_MARGIN = (6784, 6785)
"""Two neighbours on the row along the lids' edges."""

_REACH = 0.006
_OVERLAP = 0.0004


def close_lips(part: Part, quads: Ints) -> None:
    """Moves both lips at rest half of the gap each, less with distance from where they meet."""
    for row, amount in _CLOSED_ROWS:
        upper, lower = _lip_rows(part, edge_loop(quads, *row))
        across = np.abs(part.vertices[:, 0])
        gap = _profile(part, upper, across) - _profile(part, lower, across)
        gap = np.where(across < part.vertices[upper, 0].max(), gap, 0) * amount
        above, below = (_distance(part.vertices, part.vertices[row]) for row in (upper, lower))
        side = np.clip((above - below) / np.maximum(above + below, 1e-9), -1, 1)
        part.vertices[:, 1] += side * gap / 2 * _fade(np.minimum(above, below))


def fit_blinks(part: Part, quads: Ints) -> None:
    """Scales the blinks, column by column, so that the lids just meet at weight 1."""
    loop = np.array(edge_loop(quads, *LID_MARGIN))
    shape = part.deltas[shape_row("eyeBlinkLeft")]
    upper, lower = upper_lid(part, loop), np.setdiff1d(loop, upper_lid(part, loop))
    order = lower[np.argsort(part.vertices[lower, 0])]
    floor = np.interp(part.vertices[upper, 0], part.vertices[order, 0], part.vertices[order, 1])
    opening = part.vertices[upper, 1] - floor
    ratio = np.clip((opening + _OVERLAP) / np.maximum(-shape[upper, 1], 1e-4), 0.3, 1)
    inside = (opening > 0.002) & (shape[upper, 1] < -0.003)
    places, ratio = part.vertices[upper[inside], 0], ratio[inside]
    order = np.argsort(places)
    for side, sign in (("Left", 1), ("Right", -1)):
        scale = np.interp(part.vertices[:, 0] * sign, places[order], ratio[order])
        part.deltas[shape_row(f"eyeBlink{side}")] *= scale[:, None]


def upper_lid(part: Part, loop: Ints) -> Ints:
    """The vertices of a lid's loop that a blink moves down by more than 2 mm."""
    shape = part.deltas[shape_row("eyeBlinkLeft")]
    moved: Ints = loop[shape[loop, 1] < -0.002]
    return moved


def _lip_rows(part: Part, loop: list[int]) -> tuple[Ints, Ints]:
    """Upper and lower half of a loop round the mouth, left side only, from the middle to the corner."""
    rows = np.array([vertex for vertex in loop if part.vertices[vertex, 0] > -1e-5])
    start = int(np.flatnonzero(rows == loop[0])[0])
    rows = np.roll(rows, -start)
    corner = int(np.argmax(part.vertices[rows, 0]))
    return rows[: corner + 1], rows[corner:][::-1]


def _profile(part: Part, row: Ints, across: Floats) -> Floats:
    values: Floats = np.interp(across, part.vertices[row, 0], part.vertices[row, 1])
    return values


def _distance(points: Floats, row: Floats) -> Floats:
    """[points] metres to the nearest point of a row on the left side; both sides of the face alike."""
    folded = np.column_stack([np.abs(points[:, 0]), points[:, 1:]])
    fine = np.concatenate([row[:-1] + (row[1:] - row[:-1]) * t for t in np.linspace(0, 1, 9)])
    distance: Floats = np.linalg.norm(folded[:, None] - fine[None], axis=2).min(axis=1)
    return distance


def _fade(distance: Floats) -> Floats:
    """1 at no distance, 0 at `_REACH` and beyond."""
    share = np.clip(1 - distance / _REACH, 0, 1)
    smooth: Floats = share * share * (3 - 2 * share)
    return smooth
