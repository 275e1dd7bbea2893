"""Weights from vertices: which shapes, and how strongly, make this face.

For every frame the weights w within their ranges that make

    ½ ‖ vertices - rest - shapes · w ‖²  +  unit · ( ½ ridge ‖w‖² + sparsity ‖w‖₁
        + ½ symmetry Σ (left - right)² + exclusion Σ one · other
        + 10 · ½ smoothness ‖w - w of the frame before‖² )

least. `unit` is a thousandth of the median shape's ‖·‖², so that the settings are pure numbers, alike for any
mesh, number of vertices and unit of length. All frames are solved together; the solution is unique, because
the exclusion is never stronger than what keeps the problem convex, and the same on every run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray, lock
from rigs.clip import AnimationClip
from rigs.errors import RigError
from rigs.mesh import Mesh
from rigs.rig import Rig
from rigs.solving.descent import Problem, descend
from rigs.solving.evaluate import chosen_vertices, shape_matrix
from rigs.solving.pairs import opposites, twins
from rigs.solving.rigid import Floats, Motion, find_motion, stillness
from rigs.solving.sequence import as_sequence, blocks

UNIT = 1e-3
"""Settings are in this share of the median shape's sum of squares."""

SMOOTH_UNIT = 10 * UNIT
"""Smoothness is in this one: neighbouring frames say more about a face than any prior."""


@dataclass(frozen=True)
class SolveSettings:
    """How strongly what is expected of a face counts beside the vertices. Raises RigError when negative.

    ridge       against large weights (L2)
    sparsity    against many weights (L1)
    smoothness  against change from frame to frame
    symmetry    against differences of left and right
    exclusion   against opposites at once, such as jawLeft and jawRight
    """

    ridge: float = 0.1
    sparsity: float = 0.1
    smoothness: float = 0.15
    symmetry: float = 0.1
    exclusion: float = 0.1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise RigError(f"{field.name} is {value}; expected a number from 0")


@dataclass(frozen=True, eq=False)
class Solution:
    """What the vertices say.

    names    the channels
    weights  [frames, channels] float32
    errors   [frames] float32 metres, root mean square distance that is left, each vertex as it counts
    motion   the head's own motion, or None when it was not asked for
    """

    names: tuple[str, ...]
    weights: FloatArray
    errors: FloatArray
    motion: Motion | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", lock(self.weights, "weights", (None, len(self.names)), RigError))
        object.__setattr__(self, "errors", lock(self.errors, "errors", (len(self.weights),), RigError))


def solve_weights(
    rig: Rig,
    vertices: npt.ArrayLike,
    *,
    settings: SolveSettings | None = None,
    only: npt.ArrayLike | None = None,
    importance: npt.ArrayLike | None = None,
    rigid: bool = False,
    stable: npt.ArrayLike | None = None,
) -> Solution:
    """The weights of a rig that come nearest to a sequence of vertices.

    vertices    [frames, vertices, 3] or [frames, 3 · vertices] in the mesh's order and metres; may be
                memory-mapped. Either all vertices of the mesh or just those of `only`
    only        numbers of the vertices to use; None for all
    importance  [vertices used] how much each counts; None for all alike
    rigid       whether the head also turns and moves: that motion is found first and taken away
    stable      numbers of vertices that move with the skull, for `rigid`; found from the shapes when None

    Raises RigError, in one line, when the rig has no shapes, the counts differ, or a number is NaN.
    """
    mesh = _mesh(rig)
    view = _View(mesh, rig.names, only, importance)
    sequence = view.checked(as_sequence(vertices))
    counts = view.still(stable) if rigid else None
    targets, squares, motion = _gather(view, sequence, counts)
    problem = _problem(rig, view.gram, settings or SolveSettings())
    weights = descend(problem, targets)
    left = squares - 2 * (weights * targets).sum(axis=1) + ((weights @ view.gram) * weights).sum(axis=1)
    errors = np.sqrt(np.maximum(left, 0) / view.importance.sum())
    return Solution(rig.names, weights.astype(np.float32), errors.astype(np.float32), motion)


def clip_from_vertices(
    vertices: npt.ArrayLike,
    fps: float,
    rig: Rig,
    *,
    rigid: bool = True,
    settings: SolveSettings | None = None,
) -> AnimationClip:
    """An animation clip of a rig from a vertex sequence.

    vertices  [frames, vertices, 3] or [frames, 3 · vertices], metres, in the order of the rig's mesh, such as
              `read_vertices` gives
    fps       frames a second
    rigid     whether the head may turn: its angles then are the clip's `head`, and its shift is dropped. On a
              rig whose every vertex moves with the face, such as one of components, leave it off

    Raises RigError as `solve_weights`, ClipError for a rate outside 1..1000.
    """
    AnimationClip(("check",), np.zeros((1, 1), np.float32), fps)  # a wrong rate is told before the work
    solved = solve_weights(rig, vertices, rigid=rigid, settings=settings)
    head = solved.motion.angles.astype(np.float32) if solved.motion else None
    return AnimationClip(solved.names, solved.weights, fps, head=head)


class _View:
    """The vertices of a mesh that are used, their shapes, and how much each counts."""

    def __init__(self, mesh: Mesh, names: tuple[str, ...], only: Any, importance: Any) -> None:
        self.mesh, self.only = mesh, None if only is None else chosen_vertices(mesh, only)
        self.chosen = chosen_vertices(mesh, only)
        self.rest = mesh.vertices[self.chosen].astype(np.float64)
        self.shapes = shape_matrix(mesh, names, only).astype(np.float64)
        if not self.shapes.any():
            raise RigError(
                "no shape of the rig moves the vertices to solve for; use a rig with morph targets"
            )
        self.importance: Floats = np.ones(len(self.rest))
        if importance is not None:
            self.importance = lock(importance, "importance", (len(self.rest),), RigError, np.float64)
            if self.importance.min() < 0 or not self.importance.any():
                raise RigError("importance of vertices must not be negative, nor 0 everywhere")
        self.counted = self.shapes * np.repeat(self.importance, 3)
        self.gram: Floats = self.counted @ self.shapes.T

    def checked(self, sequence: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """`sequence`, if its vertices can be those of the mesh or those used."""
        count, total = sequence.shape[1], len(self.mesh.vertices)
        if self.only is not None and count == len(self.only):
            self.only = None
        elif count != total:
            raise RigError(f"each frame has {count} vertices; the rig's mesh has {total}")
        return sequence

    def still(self, stable: npt.ArrayLike | None) -> Floats:
        """[vertices used] how much each tells of the head's own motion."""
        if stable is None:
            return stillness(self.rest, self.shapes.reshape(len(self.shapes), -1, 3))
        return np.isin(self.chosen, chosen_vertices(self.mesh, stable)).astype(np.float64)


def _mesh(rig: Rig) -> Mesh:
    if rig.mesh is None:
        raise RigError("this rig has no mesh; weights can be solved only for a rig with shapes")
    return rig.mesh


def _gather(
    view: _View, sequence: npt.NDArray[Any], counts: Floats | None
) -> tuple[Floats, Floats, Motion | None]:
    """[frames, channels] products of vertices and shapes, [frames] sums of squares, and the head's motion."""
    targets = np.empty((len(sequence), len(view.shapes)))
    squares = np.empty(len(sequence))
    motions = []
    for first, block in blocks(sequence, view.only):
        points = block
        if counts is not None:
            motions.append(find_motion(view.rest, points, counts))
            points = motions[-1].removed(points)
        offsets = points - view.rest
        rows = slice(first, first + len(block))
        targets[rows] = offsets.reshape(len(block), -1) @ view.counted.T
        squares[rows] = np.square(offsets).sum(axis=2) @ view.importance
    if counts is None:
        return targets, squares, None
    turns = np.concatenate([motion.turns for motion in motions])
    return targets, squares, Motion(turns, np.concatenate([motion.shifts for motion in motions]))


def _problem(rig: Rig, gram: Floats, settings: SolveSettings) -> Problem:
    """The quadratic problem of these settings."""
    sizes = np.diag(gram)
    usual = float(np.median(sizes[sizes > 0]))
    unit = UNIT * usual
    matrix = gram + unit * max(settings.ridge, 1e-6) * np.eye(len(gram))
    for one, two in twins(rig.names):
        matrix[[one, two], [one, two]] += unit * settings.symmetry
        matrix[[one, two], [two, one]] -= unit * settings.symmetry
    problem = Problem(
        matrix=matrix,
        pull=unit * settings.sparsity,
        smoothness=SMOOTH_UNIT * usual * settings.smoothness,
        low=np.array([channel.minimum for channel in rig.channels]),
        high=np.array([channel.maximum for channel in rig.channels]),
    )
    return replace(problem, matrix=_excluding(matrix, opposites(rig.names), unit * settings.exclusion))


def _excluding(matrix: Floats, pairs: tuple[tuple[int, int], ...], strength: float) -> Floats:
    """The matrix with a price on opposites at once, at most half of what would make it indefinite."""
    strength = min(strength, 0.5 * float(np.linalg.eigvalsh(matrix)[0]))
    dearer = matrix.copy()
    for one, two in pairs:
        dearer[[one, two], [two, one]] += max(strength, 0.0)
    return dearer
