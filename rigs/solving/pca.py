"""Rigs made of vertex data: the mean face and its principal components as morph targets.

A weight of 1 is one standard deviation. The data is read a block of frames at a time, so that a
memory-mapped recording never has to fit in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.mesh import Mesh, MorphTarget
from rigs.rig import Rig
from rigs.solving.archive import read_archive, write_archive
from rigs.solving.components import MOST, Floats, centred, directions_of, mean_of
from rigs.solving.evaluate import shape_matrix, vertices_of
from rigs.solving.sequence import as_sequence, blocks

KEEP = 0.9995
"""Share of the variance kept unless asked otherwise: what NVIDIA's Audio2Face-3D keeps, too."""

_GREY = 0.6


@dataclass(frozen=True, eq=False)
class PcaRig(Rig):
    """A rig whose channels are principal components: `pc001` and so on, the strongest first.

    mesh  the mean face, with a target for each component: its direction times its standard deviation
    kept  share of the data's variance that the components carry

    Ranges of the channels are those of the data.
    """

    kept: float = 1.0

    def weights_of(self, vertices: npt.ArrayLike) -> FloatArray:
        """[frames, channels] float32 of [frames, vertices, 3]: the nearest faces of this rig, unbounded.

        Raises RigError when the number of vertices differs or a number is NaN.
        """
        sequence = as_sequence(vertices)
        mean, shapes = self._mean(), self._shapes()
        if sequence.shape[1] != len(mean):
            raise RigError(f"each frame has {sequence.shape[1]} vertices; this rig has {len(mean)}")
        seen = shapes.T / np.square(shapes).sum(axis=1)
        parts = [(block - mean).reshape(len(block), -1) @ seen for _, block in blocks(sequence)]
        return np.concatenate(parts).astype(np.float32)

    def vertices(self, weights: npt.ArrayLike) -> FloatArray:
        """[frames, vertices, 3] float32 of weights [frames, channels]. Raises as `vertices_of`."""
        assert self.mesh is not None
        return vertices_of(self.mesh, weights, self.names)

    def save(self, path: Path) -> None:
        """Writes the rig as an .npz archive of plain arrays."""
        assert self.mesh is not None
        arrays = {
            "mean": self.mesh.vertices,
            "triangles": self.mesh.triangles,
            "components": self._shapes().astype(np.float32),
            "ranges": np.array([(channel.minimum, channel.maximum) for channel in self.channels]),
            "kept": np.array(self.kept),
        }
        write_archive(path, arrays)

    def _mean(self) -> Floats:
        assert self.mesh is not None
        return self.mesh.vertices.astype(np.float64)

    def _shapes(self) -> Floats:
        assert self.mesh is not None
        return shape_matrix(self.mesh, self.names).astype(np.float64)


def pca_rig(
    vertices: npt.ArrayLike,
    keep: float = KEEP,
    components: int | None = None,
    triangles: npt.ArrayLike | None = None,
) -> PcaRig:
    """A rig from a vertex sequence [frames, vertices, 3], perhaps memory-mapped.

    keep        share of the variance to keep, over 0 and at most 1, with as few components as that takes
    components  their number instead, at most what the data has
    triangles   [triangles, 3] faces of the mesh, counter-clockwise; none when left out

    Same data, same rig: components come by falling variance, and each one's largest coordinate is positive.
    Raises RigError, in one line, for data that does not move, NaN, a `keep` or `components` that cannot be,
    or when 1,024 components are not enough.
    """
    sequence = as_sequence(vertices)
    if not 0 < keep <= 1:
        raise RigError(f"keep is {keep}; expected a share of the variance, over 0 and at most 1")
    if components is not None and not 1 <= components <= MOST:
        raise RigError(f"components is {components}; expected 1 to {MOST}")
    mean, total = mean_of(sequence)
    if not total > 0 or len(sequence) < 2:
        raise RigError(f"the {len(sequence)} frames do not move; a rig needs at least two different ones")
    directions, energies = directions_of(sequence, mean, total, keep, components)
    directions = directions * np.sign(directions[np.arange(len(directions)), _largest(directions)])[:, None]
    shapes = directions * np.sqrt(energies / len(sequence))[:, None]
    return _assembled(sequence, mean, shapes, float(energies.sum() / total), triangles)


def load_pca(path: Path) -> PcaRig:
    """Reads what `PcaRig.save` wrote. Raises RigError, in one line, when it is not that."""
    arrays = read_archive(path, ("mean", "triangles", "components", "ranges", "kept"))
    shapes, ranges, kept = arrays["components"], arrays["ranges"], arrays["kept"]
    if shapes.ndim != 2 or not 1 <= len(shapes) <= MOST or ranges.shape != (len(shapes), 2):
        raise RigError(f"cannot read {path}: components have shape {shapes.shape}, ranges {ranges.shape}")
    if shapes.shape[1] != arrays["mean"].size or kept.size != 1:
        raise RigError(f"cannot read {path}: the components are not those of its mean face")
    return _rig(arrays["mean"], shapes, ranges, float(kept), arrays["triangles"])


def _largest(directions: Floats) -> npt.NDArray[np.int64]:
    """The first coordinate that is as large as any, up to rounding, of each direction."""
    sizes = np.abs(directions)
    return np.argmax(sizes >= sizes.max(axis=1, keepdims=True) * (1 - 1e-9), axis=1)


def _assembled(
    sequence: npt.NDArray[Any], mean: Floats, shapes: Floats, kept: float, triangles: npt.ArrayLike | None
) -> PcaRig:
    seen = shapes.T / np.square(shapes).sum(axis=1)
    low, high = np.full(len(shapes), np.inf), np.full(len(shapes), -np.inf)
    for _, block in centred(sequence, mean):
        weights = block @ seen
        low, high = np.minimum(low, weights.min(axis=0)), np.maximum(high, weights.max(axis=0))
    return _rig(mean, shapes, np.stack([low, high], axis=1), min(kept, 1.0), triangles)


def _rig(mean: Any, shapes: Any, ranges: Any, kept: float, triangles: npt.ArrayLike | None) -> PcaRig:
    names = [f"pc{number:03}" for number in range(1, len(shapes) + 1)]
    every = np.arange(len(mean), dtype=np.int32)
    targets = {
        name: MorphTarget(every, shape.reshape(-1, 3)) for name, shape in zip(names, shapes, strict=True)
    }
    faces = np.zeros((0, 3), np.int32) if triangles is None else np.asarray(triangles)
    mesh = Mesh(mean, faces, np.full((len(mean), 3), _GREY), targets)
    channels = (Channel(name, *map(float, pair)) for name, pair in zip(names, ranges, strict=True))
    return PcaRig(tuple(channels), mesh, kept=kept)
