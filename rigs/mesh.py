"""A triangle mesh and its morph targets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rigs.arrays import FloatArray, IntArray, lock
from rigs.errors import RigError


@dataclass(frozen=True, eq=False)
class MorphTarget:
    """A sparse blendshape: which vertices it moves, and by how much at weight 1.

    indices  [moved] int32, rising vertex numbers
    deltas   [moved, 3] float32, metres
    """

    indices: IntArray
    deltas: FloatArray

    def __post_init__(self) -> None:
        indices = lock(self.indices, "morph target indices", (None,), RigError, np.int32)
        if len(indices) and (np.any(np.diff(indices) <= 0) or indices[0] < 0):
            raise RigError("morph target indices must rise and not be negative")
        object.__setattr__(self, "indices", indices)
        deltas = lock(self.deltas, "morph target deltas", (len(indices), 3), RigError)
        object.__setattr__(self, "deltas", deltas)


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh in metres, y up, z forward, with morph targets by channel name.

    vertices   [vertices, 3] float32, the face at rest
    triangles  [triangles, 3] int32, counter-clockwise seen from outside
    colours    [vertices, 3] float32 linear RGB in 0..1
    targets    {channel name: MorphTarget}
    landmarks  {name: vertex number}, points that measurements are taken at
    parts      {name: (first vertex, vertex after the last)}, such as skin, eyes or hair

    Raises RigError when an index points outside the vertices.
    """

    vertices: FloatArray
    triangles: IntArray
    colours: FloatArray
    targets: dict[str, MorphTarget]
    landmarks: dict[str, int] = field(default_factory=dict)
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        vertices = lock(self.vertices, "vertices", (None, 3), RigError)
        triangles = lock(self.triangles, "triangles", (None, 3), RigError, np.int32)
        count = len(vertices)
        if len(triangles) and (triangles.min() < 0 or triangles.max() >= count):
            raise RigError(f"a triangle points outside the {count} vertices")
        for name, target in self.targets.items():
            if len(target.indices) and target.indices[-1] >= count:
                raise RigError(f"morph target {name} moves vertex {target.indices[-1]} of {count}")
        for name, vertex in self.landmarks.items():
            if not 0 <= vertex < count:
                raise RigError(f"landmark {name} is vertex {vertex} of {count}")
        for name, (first, end) in self.parts.items():
            if not 0 <= first <= end <= count:
                raise RigError(f"part {name} has vertices {first} to {end} of {count}")
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "triangles", triangles)
        object.__setattr__(self, "colours", lock(self.colours, "colours", (count, 3), RigError))

    def pose(self, weights: dict[str, float]) -> FloatArray:
        """[vertices, 3] the vertices under these weights; names without a target move nothing."""
        posed = self.vertices.copy()
        for name, weight in weights.items():
            target = self.targets.get(name)
            if target is not None and weight:
                posed[target.indices] += np.float32(weight) * target.deltas
        return posed
