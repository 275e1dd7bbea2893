"""Vertices from weights: many frames at once.

Blendshapes are linear, so a frame is the face at rest plus a sum of shapes. Vertices are cut into runs, and
each run is one matrix product with only the channels that move something in it, written straight to its
place: a mesh whose shapes are sparse costs less than one product with everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray, lock
from rigs.errors import RigError
from rigs.mesh import Mesh

RUN = 256
"""Vertices of a run: few channels in each, and products still large enough to be quick."""

BLOCK = 256
"""Frames of a block, unless asked otherwise: 31 MB of the default head."""

LARGEST = 4 << 30
"""Bytes that `vertices_of` returns at most."""


class _Run(NamedTuple):
    """Coordinates first to end of the result: [channels + 1, end - first], the last row the face at rest."""

    first: int
    end: int
    columns: npt.NDArray[np.int64]
    shapes: FloatArray


class Evaluator:
    """A mesh made ready for many frames of the same channels.

    mesh   the mesh; channels without a target move nothing
    names  the columns of the weights to come
    only   [vertices] the vertices wanted, in that order; None for all of them

    Raises RigError when a vertex number is outside the mesh.
    """

    def __init__(self, mesh: Mesh, names: Sequence[str], only: npt.ArrayLike | None = None) -> None:
        chosen = chosen_vertices(mesh, only)
        rest = mesh.vertices[chosen]
        shapes = shape_matrix(mesh, names, only)
        self.vertices, self.channels = len(rest), len(shapes)
        self._runs = [_run(rest, shapes, at, min(at + RUN, len(rest))) for at in range(0, len(rest), RUN)]

    def __call__(self, weights: npt.ArrayLike, out: FloatArray | None = None) -> FloatArray:
        """[frames, vertices, 3] float32 of weights [frames, channels].

        out  where to put it, [frames, vertices, 3] float32 in C order; memory used again saves a third of the
             time. New memory when None

        Raises RigError for other shapes.
        """
        values = lock(weights, "weights", (None, self.channels), RigError)
        if out is None:
            out = np.empty((len(values), self.vertices, 3), dtype=np.float32)
        elif out.shape != (len(values), self.vertices, 3) or not out.flags.c_contiguous:
            raise RigError(
                f"out has shape {out.shape}; expected ({len(values)}, {self.vertices}, 3), C order"
            )
        result = out.reshape(len(values), 3 * self.vertices)
        steered = np.column_stack([values, np.ones(len(values), np.float32)])
        for run in self._runs:
            into = result[:, run.first : run.end]
            if len(run.columns) == 1:
                into[:] = run.shapes[0]
            else:
                np.matmul(steered[:, run.columns], run.shapes, out=into)
        return out


def vertices_of(
    mesh: Mesh, weights: npt.ArrayLike, names: Sequence[str], only: npt.ArrayLike | None = None
) -> FloatArray:
    """[frames, vertices, 3] float32, metres: the mesh under each row of weights.

    weights  [frames, channels], columns as `names`; names without a target move nothing
    only     [vertices] numbers of the vertices wanted, in that order; None for all

    Raises RigError when sizes disagree, a weight is NaN, or the result would be over 4 GiB: then take
    `vertex_blocks`, which gives it piece by piece.
    """
    evaluator = Evaluator(mesh, names, only)
    size = len(np.asarray(weights)) * evaluator.vertices * 12
    if size > LARGEST:
        raise RigError(
            f"vertices of all frames would take {size / 2**30:.1f} GiB; use vertex_blocks, or fewer vertices"
        )
    return evaluator(weights)


def vertex_blocks(
    mesh: Mesh,
    weights: npt.ArrayLike,
    names: Sequence[str],
    only: npt.ArrayLike | None = None,
    block: int = BLOCK,
) -> Iterator[FloatArray]:
    """The same, `block` frames at a time: [up to block, vertices, 3] float32. Raises as `vertices_of`."""
    values = lock(weights, "weights", (None, len(names)), RigError)
    evaluator = Evaluator(mesh, names, only)
    for at in range(0, len(values), block):
        yield evaluator(values[at : at + block])


def shape_matrix(mesh: Mesh, names: Sequence[str], only: npt.ArrayLike | None = None) -> FloatArray:
    """[channels, 3 · vertices] float32, metres per unit weight; zeros for names without a target."""
    chosen = chosen_vertices(mesh, only)
    matrix = np.zeros((len(names), len(chosen), 3), dtype=np.float32)
    full = np.zeros((len(mesh.vertices), 3), dtype=np.float32)
    for row, name in enumerate(names):
        target = mesh.targets.get(name)
        if target is not None:
            full[target.indices] = target.deltas
            matrix[row] = full[chosen]
            full[target.indices] = 0
    return matrix.reshape(len(names), 3 * len(chosen))


def chosen_vertices(mesh: Mesh, only: npt.ArrayLike | None) -> npt.NDArray[np.int64]:
    """[vertices] `only`, checked; every vertex for None. Raises RigError for numbers outside the mesh."""
    count = len(mesh.vertices)
    if only is None:
        return np.arange(count)
    chosen = np.asarray(only)
    if chosen.ndim != 1 or not len(chosen) or chosen.dtype.kind not in "iu":
        raise RigError(f"vertices to use are {chosen.dtype} of shape {chosen.shape}; expected vertex numbers")
    if chosen.min() < 0 or chosen.max() >= count:
        raise RigError(f"vertices {chosen.min()} to {chosen.max()} were asked for; the mesh has {count}")
    return chosen.astype(np.int64)


def _run(rest: FloatArray, shapes: FloatArray, first: int, end: int) -> _Run:
    piece = shapes[:, 3 * first : 3 * end]
    moving = np.flatnonzero(piece.any(axis=1))
    stacked = np.concatenate([piece[moving], rest[first:end].reshape(1, -1)])
    return _Run(3 * first, 3 * end, np.append(moving, len(shapes)), np.ascontiguousarray(stacked))
