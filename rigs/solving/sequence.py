"""Vertex sequences: what a scanner, a simulation or another program says a face did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.errors import RigError

Sequence3 = npt.NDArray[Any]
"""[frames, vertices, 3] floating-point numbers; perhaps memory-mapped."""

BLOCK_BYTES = 32 << 20
"""Memory of the float64 copy of a block that is worked on at a time."""


def read_vertices(path: str | Path) -> Sequence3:
    """[frames, vertices, 3] from an .npy file of that shape or of [frames, 3 · vertices], memory-mapped.

    Nothing but the header is read here, and no pickle ever. Raises RigError, in one line, when the file
    cannot be opened, is no .npy file of numbers, is shorter than it says, or has another shape.
    """
    path = Path(path)
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise RigError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, EOFError, OverflowError, TypeError, SyntaxError) as error:
        raise RigError(f"cannot read {path}: it is no whole .npy file of plain numbers") from error
    if not isinstance(array, np.ndarray):
        array.close()
        raise RigError(f"cannot read {path}: it is an .npz archive; expected one array, .npy")
    try:
        return as_sequence(array)
    except RigError as error:
        raise RigError(f"cannot read {path}: {error}") from error


def as_sequence(vertices: npt.ArrayLike) -> Sequence3:
    """`vertices` as [frames, vertices, 3], a view where it can be. Raises RigError for other shapes."""
    array = np.asanyarray(vertices)
    if array.dtype.kind not in "fiu":
        raise RigError(f"vertices are {array.dtype}; expected numbers")
    if array.ndim == 2 and array.shape[1] % 3 == 0:
        array = array.reshape(len(array), -1, 3)
    if array.ndim != 3 or array.shape[2] != 3:
        raise RigError(
            f"vertices have shape {array.shape}; expected [frames, vertices, 3] or [frames, 3 · vertices]"
        )
    if 0 in array.shape:
        raise RigError(f"vertices have shape {array.shape}; expected at least one frame and one vertex")
    return array


def blocks(vertices: Sequence3, only: npt.NDArray[Any] | None = None) -> Iterator[tuple[int, Sequence3]]:
    """(first frame, [up to some, vertices, 3] float64), each of about 32 MB, checked to be finite.

    Raises RigError that names the first frame with NaN or infinite numbers.
    """
    count = vertices.shape[1] if only is None else len(only)
    step = max(1, BLOCK_BYTES // (24 * count))
    for first in range(0, len(vertices), step):
        piece = vertices[first : first + step]
        block = np.asarray(piece if only is None else piece[:, only], dtype=np.float64)
        if not np.isfinite(block).all():
            frame = first + int(np.flatnonzero(~np.isfinite(block).all(axis=(1, 2)))[0])
            raise RigError(f"vertices of frame {frame} hold NaN or infinite numbers")
        yield first, block
