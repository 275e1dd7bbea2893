"""Curves of the default head that anchors lie on: lids, lips, midline, brows.

Everything is found from the mesh: its named points, the loops of its quads, its colours and its parts.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rigs.bake.loops import edge_loop
from rigs.mesh import Mesh

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Curves:
    """The right side's curves (x < 0) and the midline, [points, 3] metres."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh, self.points = mesh, mesh.vertices.astype(np.float64)

    @cached_property
    def skin(self) -> Ints:
        """[triangles, 3] of the skin's outside: what is inside the mouth is painted dark."""
        skin = self.mesh.triangles[self.mesh.triangles[:, 0] < self.mesh.parts["skin"][1]]
        bright = self.mesh.colours[:, 0] > 0.3
        return skin[bright[skin].all(axis=1)].astype(np.int64)

    @cached_property
    def quads(self) -> Ints:
        """[quads, 4] of the skin. The mesh lists the first halves of all quads, then the second ones."""
        skin = self.mesh.triangles[self.mesh.triangles[:, 0] < self.mesh.parts["skin"][1]].tolist()
        starts = {(a, b): (place, c) for place, (a, b, c) in enumerate(skin)}
        pairs = [
            (starts[a, c][0] - place, a, b, c, starts[a, c][1])
            for place, (a, b, c) in enumerate(skin)
            if (a, c) in starts
        ]
        found = np.array(pairs)
        usual = np.abs(found[:, 0] - np.median(found[:, 0])) < 40
        return found[usual, 1:]

    def lid(self) -> tuple[Floats, Floats]:
        """Upper and lower margin of the right eye, both from the outer corner to the inner one."""
        loop = self._loop(self.mesh.landmarks["lid_upper_right"], axis=0)
        return self._halves(loop, outer=int(np.argmin(self.points[loop, 0])))

    def lips(self, rank: int) -> tuple[Floats, Floats]:
        """Upper and lower lip, both from the right corner to the left one.

        rank  0 for where the lips meet, then loop by loop outwards; 6 is the edge of the red
        """
        start = self._up_from(self.mesh.landmarks["lip_upper"], rank)
        loop = self._loop(start, axis=0)
        return self._halves(loop, outer=int(np.argmin(self.points[loop, 0])))

    def midline(self) -> Floats:
        """The face's profile from the forehead down to the throat."""
        there = np.unique(self.skin)
        there = there[(np.abs(self.points[there, 0]) < 2e-5) & (self.points[there, 2] > 0.06)]
        profile = self.points[there[np.argsort(-self.points[there, 1])]]
        return profile[(profile[:, 1] > -0.02) & (profile[:, 1] < 0.16)]

    def brow(self) -> tuple[Floats, Floats]:
        """Upper and lower edge of the right brow, both from its outer end to the inner one, on the hair."""
        hairs = self.points[self._shell("brows")]
        hairs = hairs[hairs[:, 0] < 0]
        cuts = np.linspace(hairs[:, 0].min(), hairs[:, 0].max(), 9)
        edges: list[list[Any]] = [[], []]
        for centre in cuts:
            near = hairs[np.abs(hairs[:, 0] - centre) <= (cuts[1] - cuts[0]) / 2]
            for edge, share in zip(edges, (0.85, 0.15), strict=True):
                edge.append([centre, np.quantile(near[:, 1], share), near[:, 2].mean()])
        return np.array(edges[0]), np.array(edges[1])

    def _shell(self, part: str) -> Ints:
        """The vertices of a part without its single hairs: its two largest pieces, one on each side."""
        first, end = self.mesh.parts[part]
        triangles = self.mesh.triangles[self.mesh.triangles[:, 0] >= first]
        triangles = triangles[triangles[:, 0] < end].astype(np.int64) - first
        ends = np.concatenate([triangles[:, :2], triangles[:, 1:]])
        graph = coo_array((np.ones(len(ends)), ends.T), shape=(end - first, end - first))
        _, piece = connected_components(graph, directed=False)
        largest = np.argsort(-np.bincount(piece))[:2]
        return np.flatnonzero(np.isin(piece, largest)) + first

    def _up_from(self, vertex: int, steps: int) -> int:
        """The vertex so many edges above on the midline, on the outside of the upper lip."""
        for _ in range(steps):
            ends = self.quads[(self.quads == vertex).any(axis=1)].ravel()
            near = [v for v in set(ends.tolist()) if abs(self.points[v, 0]) < 2e-5 and v != vertex]
            vertex = max(near, key=lambda v: self.points[v, 1] + self.points[v, 2])
        return vertex

    def _loop(self, vertex: int, axis: int) -> Ints:
        """The closed row of quads through a vertex that runs mostly along an axis there."""
        ends = self.quads[(self.quads == vertex).any(axis=1)]
        near = set()
        for quad in ends.tolist():
            at = quad.index(vertex)
            near |= {quad[at - 1], quad[(at + 1) % 4]}
        beside = max(near, key=lambda v: self.points[v, axis] - self.points[vertex, axis])
        return np.array(edge_loop(self.quads, vertex, beside))

    def _halves(self, loop: Ints, outer: int) -> tuple[Floats, Floats]:
        """The two ways from the outer corner of a loop to its opposite one, the higher first."""
        turned = np.roll(loop, -outer)
        inner = int(np.argmax(self.points[turned, 0]))
        ways = self.points[turned[: inner + 1]], self.points[np.append(turned[inner:], turned[0])[::-1]]
        upper, lower = sorted(ways, key=lambda way: -way[:, 1].mean())
        return upper, lower


def along(curve: Floats, shares: npt.ArrayLike) -> Floats:
    """[shares, 3] points at these shares of a curve's length."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    wanted = np.asarray(shares) * lengths[-1]
    return np.stack([np.interp(wanted, lengths, curve[:, axis]) for axis in range(3)], axis=1)


def shares_of(curve: Floats) -> Floats:
    """[points] at which share of its length each point of a curve lies."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    return lengths / lengths[-1]
