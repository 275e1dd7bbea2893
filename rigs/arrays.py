"""Arrays inside frozen types: checked once on the way in, read-only ever after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.errors import FaceError

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]


def lock(
    values: npt.ArrayLike,
    what: str,
    shape: Sequence[int | None],
    error: type[FaceError],
    dtype: type[np.generic] = np.float32,
) -> npt.NDArray[Any]:
    """Returns a read-only copy of `values` with the given dtype.

    `shape` names the wanted sizes, `None` where any size will do. Raises `error` when the number of
    dimensions or a size differs, or when a value is NaN or infinite.
    """
    with np.errstate(over="ignore"):  # what is too large for the type becomes infinite, and is refused below
        array = np.array(values, dtype=dtype, order="C")
    fits = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if size is None else str(size) for size in shape)
        raise error(f"{what} has shape {array.shape}; expected ({wanted})")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise error(f"{what} holds NaN or infinite values")
    array.setflags(write=False)
    return array
