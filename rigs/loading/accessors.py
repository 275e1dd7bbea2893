"""Arrays behind glTF accessors: strided, sparse, normalised. glTF 2.0, "3.6.2 Accessors"."""

from __future__ import annotations

from typing import Any

import numpy as np

from rigs.arrays import FloatArray
from rigs.errors import RigError
from rigs.loading.document import Document, Json

Array = np.ndarray[Any, Any]

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
MOST = 20_000_000
"""Rows of the longest array without bytes of its own, which nothing else would bound."""


def numbers(document: Document, index: Any, width: int | None = None) -> Array:
    """[count, width] the accessor as it is stored, sparse values in place.

    Raises RigError when it points outside its buffer, is too long, or has another width.
    """
    entry = document.item("accessors", index)
    count, columns = _whole(entry, "count", index), _WIDTHS.get(entry.get("type", ""))
    if columns is None or (width is not None and columns != width) or count == 0:
        raise RigError(f"accessor {index} is {count} × {str(entry.get('type'))[:20]}, not what belongs there")
    dtype = _dtype(entry, index)
    if entry.get("bufferView") is not None:
        values = _rows(document, entry, count, columns, dtype, index)
    elif count > MOST:
        raise RigError(f"accessor {index} says {count} rows; at most {MOST} are read")
    else:
        values = np.zeros((count, columns), dtype)
    if "sparse" in entry:
        values = values.copy()
        places, changed = _sparse(document, entry["sparse"], columns, dtype, index)
        if len(places) and places.max() >= count:
            raise RigError(f"accessor {index} changes row {places.max()} of {count}")
        values[places] = changed
    return values


def floats(document: Document, index: Any, width: int) -> FloatArray:
    """[count, width] float32; normalised integers as the fractions that they stand for."""
    values = numbers(document, index, width)
    entry = document.item("accessors", index)
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            raise RigError(f"accessor {index} holds NaN or infinite values")
        return values.astype(np.float32)
    scale = float(np.iinfo(values.dtype).max) if entry.get("normalized") else 1.0
    scaled: FloatArray = np.maximum(values / scale, -1.0 if entry.get("normalized") else -np.inf)
    return scaled.astype(np.float32)


def _rows(
    document: Document, entry: Json, count: int, columns: int, dtype: np.dtype[Any], index: Any
) -> Array:
    """[count, columns] from a buffer view, which may interleave several arrays."""
    view = document.item("bufferViews", entry.get("bufferView"))
    if (view.get("extensions") or {}).keys() & {"EXT_meshopt_compression", "KHR_meshopt_compression"}:
        raise RigError(f"accessor {index} is compressed")
    place = view.get("buffer")
    document.item("buffers", place)
    assert isinstance(place, int)
    data = document.buffers[place]
    if data is None:
        raise RigError(f"accessor {index} is in a buffer without bytes")
    start = _whole(view, "byteOffset", index, 0) + _whole(entry, "byteOffset", index, 0)
    end = _whole(view, "byteOffset", index, 0) + _whole(view, "byteLength", index)
    row = columns * dtype.itemsize
    step = _whole(view, "byteStride", index, row) or row
    if step < row or start + (count - 1) * step + row > min(end, len(data)):
        reached = start + (count - 1) * step + row
        raise RigError(
            f"accessor {index} says {count} rows and reaches byte {reached} of {min(end, len(data))}"
        )
    bytes_ = np.frombuffer(data, np.uint8)
    rows = np.lib.stride_tricks.as_strided(bytes_[start:], (count, row), (step, 1), writeable=False)
    return np.ascontiguousarray(rows).view(dtype)


def _sparse(
    document: Document, entry: Any, columns: int, dtype: np.dtype[Any], index: Any
) -> tuple[Array, Array]:
    """[changed] row numbers and [changed, columns] values."""
    if not isinstance(entry, dict) or not all(isinstance(entry.get(k), dict) for k in ("indices", "values")):
        raise RigError(f"accessor {index} has a sparse part that is none")
    count = _whole(entry, "count", index)
    if count == 0:
        return np.zeros(0, np.int64), np.zeros((0, columns), dtype)
    places = _rows(document, entry["indices"], count, 1, _dtype(entry["indices"], index), index)[:, 0]
    if places.dtype.kind != "u":
        raise RigError(f"accessor {index} has sparse indices that are no unsigned numbers")
    return places.astype(np.int64), _rows(document, entry["values"], count, columns, dtype, index)


def _dtype(entry: Json, index: Any) -> np.dtype[Any]:
    kind = entry.get("componentType")
    if not isinstance(kind, int) or kind not in _TYPES:
        raise RigError(f"accessor {index} has componentType {str(kind)[:20]}, which glTF does not know")
    return np.dtype(_TYPES[kind])


def _whole(entry: Json, key: str, index: Any, usual: int | None = None) -> int:
    value = entry.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise RigError(f"accessor {str(index)[:20]} has {key} {str(value)[:30]!r}; expected a whole number")
    return value
