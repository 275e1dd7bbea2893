"""The binary part of a glTF file: arrays in a row, each behind an accessor.

glTF 2.0, "3.6.2 Accessors": every array starts at a multiple of four bytes; arrays of vertices and of indices
name their use as the view's target, arrays of an animation and of sparse accessors must not.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pygltflib

from rigs import MorphTarget

Array = np.ndarray[Any, Any]

_TYPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}
_INDEX_TYPES = ((1 << 8, "u1", 5121), (1 << 16, "<u2", 5123), (1 << 32, "<u4", 5125))


def data_uri(data: bytes | bytearray) -> str:
    """A buffer as text, to stand inside a `.gltf`."""
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode("ascii")


class Blob:
    """Bytes, and the views and accessors into them. Each method adds one array and gives its accessor."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.views: list[pygltflib.BufferView] = []
        self.accessors: list[pygltflib.Accessor] = []

    def vertices(self, values: Array, bounds: bool = False) -> int:
        """[vertices, 3] float32. Positions must have `bounds`."""
        return self._floats(values, self._view(values.astype("<f4"), pygltflib.ARRAY_BUFFER), bounds)

    def series(self, values: Array, bounds: bool = False) -> int:
        """[n] or [n, 4] float32 of an animation. Times must have `bounds`."""
        return self._floats(values, self._view(values.astype("<f4")), bounds)

    def triangles(self, triangles: Array, vertices: int) -> int:
        """[triangles, 3] vertex numbers, in as few bytes as `vertices` needs but not in single ones."""
        dtype, kind = _index_type(max(vertices, 257))
        view = self._view(triangles.reshape(-1).astype(dtype), pygltflib.ELEMENT_ARRAY_BUFFER)
        return self._add(bufferView=view, componentType=kind, count=triangles.size, type="SCALAR")

    def deltas(self, target: MorphTarget, vertices: int) -> int:
        """A morph target, sparse or whole, whichever is shorter; one that moves nothing takes no bytes."""
        low, high = _bounds(target, vertices)
        shape = {"componentType": pygltflib.FLOAT, "count": vertices, "type": "VEC3", "min": low, "max": high}
        moved = len(target.indices)
        if moved == 0:
            return self._add(**shape)
        dtype, kind = _index_type(vertices)
        if moved * (np.dtype(dtype).itemsize + 12) >= vertices * 12:
            dense = np.zeros((vertices, 3), dtype=np.float32)
            dense[target.indices] = target.deltas
            return self._add(bufferView=self._view(dense.astype("<f4"), pygltflib.ARRAY_BUFFER), **shape)
        indices = self._view(target.indices.astype(dtype))
        values = self._view(target.deltas.astype("<f4"))
        sparse = pygltflib.Sparse(
            count=moved,
            indices=pygltflib.AccessorSparseIndices(bufferView=indices, componentType=kind),
            values=pygltflib.AccessorSparseValues(bufferView=values),
        )
        return self._add(sparse=sparse, **shape)

    def _floats(self, values: Array, view: int, bounds: bool) -> int:
        width = values.shape[1] if values.ndim == 2 else 1
        limits = {}
        if bounds:
            table = values.reshape(-1, width)
            limits = {"min": _plain(table.min(0)), "max": _plain(table.max(0))}
        return self._add(
            bufferView=view, componentType=pygltflib.FLOAT, count=len(values), type=_TYPES[width], **limits
        )

    def _add(self, **fields: Any) -> int:
        fields.setdefault("byteOffset", None)
        self.accessors.append(pygltflib.Accessor(**fields))
        return len(self.accessors) - 1

    def _view(self, values: Array, target: int | None = None) -> int:
        data = values.tobytes()
        view = pygltflib.BufferView(
            buffer=0, byteOffset=len(self.bytes), byteLength=len(data), byteStride=None, target=target
        )
        self.views.append(view)
        self.bytes += data + bytes(-len(data) % 4)
        return len(self.views) - 1


def _index_type(vertices: int) -> tuple[str, int]:
    """The shortest type for the numbers below `vertices`; its highest value is reserved."""
    for limit, dtype, kind in _INDEX_TYPES:
        if vertices < limit:
            return dtype, kind
    raise ValueError(f"{vertices} vertices")  # a mesh counts them in int32, so this cannot be


def _bounds(target: MorphTarget, vertices: int) -> tuple[list[float], list[float]]:
    """Lowest and highest deltas; vertices that stay count as zeros."""
    rows = target.deltas if len(target.indices) == vertices else np.vstack([target.deltas, np.zeros((1, 3))])
    return _plain(rows.min(0)), _plain(rows.max(0))


def _plain(values: Array) -> list[float]:
    """Python floats that are exactly the float32 values, as the limits must be. Without -0.0."""
    return [float(value) + 0.0 for value in values.astype(np.float32)]
