"""Cutting and refining triangle meshes, with everything on their vertices interpolated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rigs.bake.part import Floats, Ints, Part


def clip(part: Part, field: Floats) -> Part:
    """Keeps where `field` [vertices] is positive; triangles across its zero line are cut along it."""
    inside = field > 0
    count = inside[part.triangles].sum(axis=1)
    cut = [_rotated(row, inside) for row in part.triangles[(count == 1) | (count == 2)]]
    edges = _Edges(len(part.vertices), field)
    triangles: list[list[int]] = part.triangles[count == 3].tolist()
    for a, b, c in cut:
        if inside[a]:
            triangles.append([a, edges.crossing(a, b), edges.crossing(a, c)])
        else:
            left, right = edges.crossing(a, b), edges.crossing(a, c)
            triangles += [[left, b, c], [left, c, right]]
    return _compact(part, np.array(triangles, dtype=np.int64).reshape(-1, 3), edges)


def refine(part: Part) -> Part:
    """Every triangle becomes four; new vertices lie in the middle of edges."""
    edges = _Edges(len(part.vertices), None)
    triangles = []
    for a, b, c in part.triangles.tolist():
        ab, bc, ca = edges.crossing(a, b), edges.crossing(b, c), edges.crossing(c, a)
        triangles += [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
    return _compact(part, np.array(triangles, dtype=np.int64), edges)


def smooth(part: Part, times: int) -> Part:
    """Every vertex, with shapes and colour, goes half-way to the mean of its neighbours, `times` times."""
    ends = np.concatenate([part.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    ends = np.unique(np.concatenate([ends, ends[:, ::-1]]), axis=0)
    count = np.bincount(ends[:, 0], minlength=len(part.vertices))[:, None]

    def step(values: Floats) -> Floats:
        total = np.zeros_like(values)
        np.add.at(total, ends[:, 0], values[ends[:, 1]])
        mean: Floats = (values + total / np.maximum(count, 1)) / 2
        return mean

    vertices, colours, deltas = part.vertices, part.colours, part.deltas
    for _ in range(times):
        vertices, colours = step(vertices), step(colours)
        deltas = np.stack([step(shape) for shape in deltas])
    return Part(vertices, part.triangles, colours, deltas, part.marks)


class _Edges:
    """Numbers for the new vertices on edges; each edge gets one."""

    def __init__(self, count: int, field: Floats | None) -> None:
        self.rows = [[vertex, vertex] for vertex in range(count)]
        self.share = [[1.0, 0.0] for _ in range(count)]
        self._field = field
        self._known: dict[tuple[int, int], int] = {}

    def crossing(self, a: int, b: int) -> int:
        low, high = min(a, b), max(a, b)
        if (low, high) not in self._known:
            self._known[low, high] = len(self.rows)
            along = 0.5 if self._field is None else self._zero(low, high)
            self.rows.append([low, high])
            self.share.append([1 - along, along])
        return self._known[low, high]

    def _zero(self, low: int, high: int) -> float:
        assert self._field is not None
        return float(np.clip(self._field[low] / (self._field[low] - self._field[high]), 1e-3, 1 - 1e-3))


def _rotated(row: Ints, inside: npt.NDArray[np.bool_]) -> list[int]:
    """The corners turned so that the first is the one on its own side."""
    flags = inside[row]
    alone = int(np.argmax(flags)) if flags.sum() == 1 else int(np.argmin(flags))
    turned: list[int] = np.roll(row, -alone).tolist()
    return turned


def _compact(part: Part, triangles: Ints, edges: _Edges) -> Part:
    used, inverse = np.unique(triangles, return_inverse=True)
    rows = np.array(edges.rows, dtype=np.int64)[used]
    return part.mixed(inverse.reshape(-1, 3), rows, np.array(edges.share)[used])
