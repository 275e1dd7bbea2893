"""Arrays of strangers: mapped, never unpickled, and believed only as far as the file is long."""

from __future__ import annotations

import tokenize
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from audio2face.errors import TrainingError, UnsafeFileError

Array = npt.NDArray[Any]

DAMAGE = (
    *(ValueError, KeyError, EOFError, SyntaxError, TypeError, OverflowError, MemoryError, RecursionError),
    tokenize.TokenError,
)
"""What NumPy raises over a damaged header, which it reads as Python."""


def load_array(path: Path) -> Array:
    """The array of an .npy file, mapped: nothing but its header is read here.

    Raises UnsafeFileError for a pickle, which could run code, and TrainingError for what is no whole array.
    """
    if holds_pickle(path):
        raise UnsafeFileError(
            f"{path} is a pickle, which can run code when it is read; save plain arrays instead: "
            "np.save(file, array, allow_pickle=False)"
        )
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror or error}") from error
    except DAMAGE as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise TrainingError(f"{path} is no whole .npy array: {reason}") from error
    if not isinstance(array, np.ndarray):
        array.close()
        raise TrainingError(f"{path} is an archive of arrays; expected one array, .npy")
    return array


def holds_pickle(path: Path) -> bool:
    """Whether an .npy or .npz file would have to be unpickled; False for what is something else."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(path):
                return _pickled(file)
            with zipfile.ZipFile(file) as archive:
                members = [name for name in archive.namelist() if name.endswith(".npy")]
                return any(_member(archive, name) for name in members[:1000])
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, *DAMAGE):
        return False


def _member(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as member:
        return _pickled(member)


def _pickled(file: Any) -> bool:
    magic: bytes = file.read(8)
    if magic[:6] != b"\x93NUMPY":
        # Protocols 2 and later name themselves; the older ones are text, and a global or a mark comes early.
        return magic[:1] == b"\x80" or magic[:1] in (b"c", b"(")
    return _dtype(file, magic).hasobject


def _dtype(file: BinaryIO, magic: bytes) -> np.dtype[Any]:
    readers = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
    dtype: np.dtype[Any] = readers[magic[6]](file)[2]
    return dtype
