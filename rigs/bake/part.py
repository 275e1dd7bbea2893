"""A piece of the head while it is being made: dense arrays that can be cut, refined and joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(eq=False)
class Part:
    """Triangles with everything that hangs on their vertices.

    vertices   [vertices, 3] metres
    triangles  [triangles, 3] counter-clockwise seen from outside
    colours    [vertices, 3] linear RGB
    deltas     [shapes, vertices, 3] metres at weight 1
    marks      {name: vertex}
    """

    vertices: Floats
    triangles: Ints
    colours: Floats
    deltas: Floats
    marks: dict[str, int]

    def mixed(self, triangles: Ints, rows: Ints, share: Floats) -> Part:
        """A part whose vertex n is the mean of vertices rows[n] weighted by share[n], [vertices, k] both.

        A mark survives when a vertex is wholly its own.
        """
        whole = {int(row[0]): new for new, row in reversed(list(enumerate(rows))) if share[new, 0] == 1}

        def mix(values: Floats) -> Floats:
            mixture: Floats = np.einsum("...vkc,vk->...vc", values[..., rows, :], share)
            return mixture

        return Part(
            mix(self.vertices),
            triangles,
            mix(self.colours),
            mix(self.deltas),
            {name: whole[old] for name, old in self.marks.items() if old in whole},
        )

    def keep(self, triangles: npt.NDArray[np.bool_]) -> Part:
        """Only these triangles, and the vertices they use."""
        used, inverse = np.unique(self.triangles[triangles], return_inverse=True)
        return self.mixed(inverse.reshape(-1, 3), used[:, None], np.ones((len(used), 1)))

    def normals(self) -> Floats:
        """[vertices, 3] unit normals, each the area-weighted mean of the triangles around it."""
        corners = self.vertices[self.triangles]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        total = np.zeros_like(self.vertices)
        for corner in range(3):
            np.add.at(total, self.triangles[:, corner], faces)
        unit: Floats = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
        return unit


def join(parts: list[Part]) -> Part:
    """All parts as one."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    moved = [part.triangles + start for part, start in zip(parts, starts, strict=False)]
    return Part(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate(moved),
        np.concatenate([part.colours for part in parts]),
        np.concatenate([part.deltas for part in parts], axis=1),
        {
            name: vertex + int(start)
            for part, start in zip(parts, starts, strict=False)
            for name, vertex in part.marks.items()
        },
    )
