"""Which triangle is seen at each pixel: a scanline rasteriser with a depth buffer, in numpy.

Every triangle is cut into rows and every row into pixels, all of them at once. The ends of a row come from
its edges, always computed from the upper end of the edge, so neighbours share their borders exactly: no
holes and nothing drawn twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_DEPTHS = 2.0**40


@dataclass(frozen=True, eq=False)
class Seen:
    """The pixels where something is seen.

    pixels     [seen] row * width + column
    triangles  [seen] the triangle there
    shares     [seen, 2] how much its second and third corner count there; the first has the rest
    """

    pixels: Ints
    triangles: Ints
    shares: Singles


def rasterise(points: npt.NDArray[Any], triangles: npt.NDArray[Any], width: int, height: int) -> Seen:
    """What is seen of the triangles that run counter-clockwise on the screen.

    points  [points, 3] column and row in pixels, row 0 at the top, and nearness in 0..1 (1 is nearest);
            the middle of the first pixel is (0.5, 0.5)
    """
    corners = np.asarray(points, dtype=np.float64)[triangles]
    facing = np.flatnonzero(_area(corners) < 0)
    corners = corners[facing]
    owner, row, left, right = _rows(corners, width, height)
    planes = _planes(corners)
    length = right - left
    line = np.repeat(np.arange(len(owner)), length)
    column = np.arange(len(line)) - (np.cumsum(length) - length - left)[line]
    near = _along(planes[:, 0], owner, row, left)[line] + planes[owner, 0, 0][line] * (column - left[line])
    pixel = row[line] * width + column
    key = (np.clip(near, 0, 1) * _DEPTHS).astype(np.int64) * (1 << 20) + owner[line]
    best = np.full(width * height, -1, dtype=np.int64)
    np.maximum.at(best, pixel, key)
    pixels = np.flatnonzero(best >= 0)
    winner = best[pixels] & ((1 << 20) - 1)
    return Seen(pixels, facing[winner], _shares(planes, winner, pixels, width))


def _area(corners: Floats) -> Floats:
    """[triangles] twice the area on the screen; negative when counter-clockwise, as rows run downwards."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area: Floats = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return area


def _rows(corners: Floats, width: int, height: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Each row of each triangle: owner, row, first column, and the column after the last."""
    order = np.argsort(corners[:, :, 1], axis=1)
    top, middle, low = np.take_along_axis(corners, order[:, :, None], axis=1).transpose(1, 0, 2)
    first = _within(top[:, 1], height)
    count = np.maximum(_within(low[:, 1], height) - first, 0)
    owner = np.repeat(np.arange(len(corners)), count)
    row = np.arange(len(owner)) - (np.cumsum(count) - count - first)[owner]
    y = row + 0.5
    one = _edge(top, low, owner, y)
    upper = y < middle[owner, 1]
    two = np.where(upper, _edge(top, middle, owner, y), _edge(middle, low, owner, y))
    left, right = _within(np.minimum(one, two), width), _within(np.maximum(one, two), width)
    some = right > left
    return owner[some], row[some], left[some], right[some]


def _within(places: Floats, size: int) -> Ints:
    """The first pixel whose middle is not before each place, at least 0 and at most `size`."""
    return np.clip(np.ceil(places - 0.5), 0, size).astype(np.int64)


def _edge(start: Floats, end: Floats, owner: Ints, y: Floats) -> Floats:
    """Where each row cuts the edge of its triangle; any number for flat edges, which have no rows."""
    rise = end[:, 1] - start[:, 1]
    slope = (end[:, 0] - start[:, 0]) / np.where(rise > 0, rise, 1)
    places: Floats = start[owner, 0] + (y - start[owner, 1]) * slope[owner]
    return places


def _planes(corners: Floats) -> Floats:
    """[triangles, 3, 3] slope by column, slope by row and offset of nearness and of the two shares."""
    a = corners[:, 0]
    (bx, by), (cx, cy) = (corners[:, 1] - a)[:, :2].T, (corners[:, 2] - a)[:, :2].T
    area = bx * cy - by * cx
    second = np.column_stack([cy, -cx]) / area[:, None]
    third = np.column_stack([-by, bx]) / area[:, None]
    rise = (corners[:, 1:, 2] - a[:, 2:]).T
    nearness = second * rise[0][:, None] + third * rise[1][:, None]
    slopes = np.stack([nearness, second, third], axis=1)
    start = np.column_stack([a[:, 2], np.zeros((len(a), 2))])
    offset = start - np.einsum("tkc,tc->tk", slopes, a[:, :2] - 0.5)
    return np.concatenate([slopes, offset[:, :, None]], axis=2)


def _along(plane: Floats, owner: Ints, row: Ints, column: Ints) -> Floats:
    values: Floats = plane[owner, 0] * column + plane[owner, 1] * row + plane[owner, 2]
    return values


def _shares(planes: Floats, winner: Ints, pixels: Ints, width: int) -> Singles:
    row = (pixels // width).astype(np.float64)
    column = pixels - row * width
    shares = np.empty((len(pixels), 2), dtype=np.float32)
    for corner in (0, 1):
        slope_x, slope_y, offset = planes[:, 1 + corner].T
        shares[:, corner] = slope_x[winner] * column + slope_y[winner] * row + offset[winner]
    return shares
