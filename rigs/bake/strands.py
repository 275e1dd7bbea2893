"""Locks and single hairs: flat ribbons of three triangles that lie on a surface and move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rigs.bake.part import Floats, Ints, Part

_NEAREST = 4
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class Ground:
    """What hair lies on. `part` gives places, colours and shapes; all of it is looked at as points."""

    part: Part
    normals: Floats

    def near(self, points: Floats) -> tuple[Ints, Floats]:
        """The nearest vertices of each point and their shares, [points, 4] both."""
        rows, shares = [], []
        for start in range(0, len(points), _CHUNK):
            apart = np.linalg.norm(points[start : start + _CHUNK, None] - self.part.vertices[None], axis=2)
            nearest = np.argsort(apart, axis=1, kind="stable")[:, :_NEAREST]
            weight = 1 / (np.take_along_axis(apart, nearest, axis=1) + 5e-4) ** 2
            rows.append(nearest)
            shares.append(weight / weight.sum(axis=1, keepdims=True))
        return np.concatenate(rows), np.concatenate(shares)

    def settle(self, points: Floats, lift: Floats) -> tuple[Floats, Floats]:
        """Places `lift` metres above the ground nearest to the points, and the normals there."""
        rows, shares = self.near(points)
        normals = np.einsum("pk,pkc->pc", shares, self.normals[rows])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        under = np.einsum("pk,pkc->pc", shares, self.part.vertices[rows])
        high = ((points - under) * normals).sum(axis=1)
        return points - normals * (high - lift)[:, None], normals


def ground(part: Part) -> Ground:
    """The ground that a part is."""
    return Ground(part, part.normals())


def scattered(part: Part, count: int, luck: np.random.Generator) -> Floats:
    """[count, 3] points strewn evenly over a part's triangles."""
    a, b, c = part.vertices[part.triangles].transpose(1, 0, 2)
    size = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    ends = np.cumsum(size) / size.sum()
    chosen = np.minimum(np.searchsorted(ends, luck.random(count)), len(ends) - 1)
    u, v = np.sort(luck.random((2, count)), axis=0)[:, :, None]
    points: Floats = a[chosen] * u + b[chosen] * (v - u) + c[chosen] * (1 - v)
    return points


def ribbons(
    place: Ground, roots: Floats, ways: Floats, widths: Floats, lifts: tuple[float, ...], colours: Floats
) -> Part:
    """One ribbon for each root, pointed at its end.

    ways     [ribbons, 3] from root to end, metres; its part along the ground counts
    widths   [ribbons] metres at the root
    lifts    metres above the ground at root and end, and between them for ribbons that bend
    colours  [ribbons, 3] linear RGB
    """
    count = len(roots)
    stations, normals = [], []
    for share, lift in zip(np.linspace(0, 1, len(lifts)), lifts, strict=True):
        spot, normal = place.settle(roots + ways * share, np.full(count, lift))
        stations.append(spot)
        normals.append(normal)
    side = np.cross(stations[-1] - stations[0], normals[len(lifts) // 2])
    side *= (widths / 2 / np.maximum(np.linalg.norm(side, axis=1), 1e-9))[:, None]
    pairs = [
        spot + side * (1 - 0.2 * step) * way for step, spot in enumerate(stations[:-1]) for way in (-1, 1)
    ]
    points = np.concatenate([*pairs, stations[-1]])
    rows, shares = place.near(points)
    deltas = np.einsum("spkc,pk->spc", place.part.deltas[:, rows], shares)
    return Part(points, pointed(len(lifts), count), np.tile(colours, (len(pairs) + 1, 1)), deltas, {})


def pointed(stations: int, count: int) -> Ints:
    """Triangles of `count` ribbons: pairs of corners from the root on, one at the end; corner by corner."""
    corners = [
        face
        for low in range(0, 2 * stations - 4, 2)
        for face in ((low, low + 1, low + 3), (low, low + 3, low + 2))
    ]
    end = 2 * stations - 2
    corners.append((end - 2, end - 1, end))
    number = np.arange(count)
    return np.concatenate([np.column_stack([number + count * corner for corner in face]) for face in corners])
