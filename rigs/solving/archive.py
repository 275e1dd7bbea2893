"""Small .npz archives: plain arrays, no pickles, bounded sizes, the same bytes for the same arrays."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.errors import RigError

LARGEST = 1 << 30
"""Bytes of one array that is read."""

_DAMAGE = (ValueError, KeyError, EOFError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)


def write_archive(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes the arrays, compressed. Raises RigError when the file cannot be written."""
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in arrays.items():
                entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
                entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
                with archive.open(entry, "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    except OSError as error:
        raise RigError(f"cannot write {path}: {error.strerror or error}") from error


def read_archive(path: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """The named arrays, of finite numbers. Raises RigError, in one line, when one is missing or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            large = [entry.filename for entry in archive.infolist() if entry.file_size > LARGEST]
        if large:
            raise ValueError(f"{large[0]} is larger than {LARGEST >> 30} GiB")
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in names}
    except OSError as error:
        raise RigError(f"cannot read {path}: {error.strerror or error}") from error
    except _DAMAGE as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RigError(f"cannot read {path}: it is no whole archive of a rig: {reason[:120]}") from error
    for name, array in arrays.items():
        if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
            raise RigError(f"cannot read {path}: {name} is no array of finite numbers")
    return arrays
