"""How far apart the lips are, measured on the default head.

Blendshapes are linear, so each distance is one dot product of the weights with a row of millimetres per
unit weight. Distances are relative to the face at rest, where the lips just touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray
from rigs.head import default_head
from rigs.mesh import Mesh, MorphTarget

CONTACT = 1.0
"""mm between the lips up to which they count as closed."""

_MILLIMETRES = 1000.0


def lip_gap(weights: npt.ArrayLike, names: Sequence[str]) -> FloatArray:
    """[frames] mm between the front midpoints of the inner lips, vertically; negative is pressed.

    weights  [frames, channels], columns as `names`; names without a shape on the head move nothing
    """
    return _measured(weights, lip_gap_row(names))


def lips_closed(weights: npt.ArrayLike, names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """[frames] where the lips are within CONTACT of each other; nowhere when none of the names moves them.

    weights  [frames, channels], columns as `names`
    """
    gap = lip_gap(weights, names)
    closed: npt.NDArray[np.bool_] = (gap <= CONTACT) & lip_gap_row(names).any()
    return closed


def lip_gap_row(names: Sequence[str]) -> FloatArray:
    """[channels] float32, mm of lip gap per unit weight."""
    return _row(tuple(names), "lip_upper", "lip_lower", 1)


def mouth_width(weights: npt.ArrayLike, names: Sequence[str]) -> FloatArray:
    """[frames] mm by which the mouth's corners are further apart than at rest.

    weights  [frames, channels], columns as `names`
    """
    return _measured(weights, mouth_width_row(names))


def mouth_width_row(names: Sequence[str]) -> FloatArray:
    """[channels] float32, mm of mouth width per unit weight."""
    return _row(tuple(names), "mouth_left", "mouth_right", 0)


def lip_teeth_gap(weights: npt.ArrayLike, names: Sequence[str]) -> FloatArray:
    """[frames] mm from the upper front teeth's edge down to the lower lip; 0 or less is an f or v.

    weights  [frames, channels], columns as `names`
    """
    rest = _between(_mesh().vertices, "teeth_upper", "lip_lower", 1)
    return np.float32(rest) + _measured(weights, lip_teeth_row(names))


def lip_teeth_row(names: Sequence[str]) -> FloatArray:
    """[channels] float32, mm of distance between lower lip and upper teeth per unit weight."""
    return _row(tuple(names), "teeth_upper", "lip_lower", 1)


def _mesh() -> Mesh:
    """The mesh that distances are measured on."""
    mesh = default_head().mesh
    assert mesh is not None
    return mesh


def _measured(weights: npt.ArrayLike, row: FloatArray) -> FloatArray:
    values: FloatArray = np.asarray(weights, dtype=np.float32) @ row
    return values


@lru_cache(maxsize=64)
def _row(names: tuple[str, ...], high: str, low: str, axis: int) -> FloatArray:
    mesh = _mesh()
    row = np.zeros(len(names), dtype=np.float32)
    for column, name in enumerate(names):
        if name in mesh.targets:
            row[column] = _between(_dense(mesh.targets[name], mesh), high, low, axis)
    row.setflags(write=False)
    return row


def _between(points: FloatArray, high: str, low: str, axis: int) -> float:
    marks = _mesh().landmarks
    return float(points[marks[high], axis] - points[marks[low], axis]) * _MILLIMETRES


def _dense(target: MorphTarget, mesh: Mesh) -> FloatArray:
    deltas = np.zeros_like(mesh.vertices)
    deltas[target.indices] = target.deltas
    return deltas
