"""The pair of arrays that FACEGOOD's Maya export writes: values in one `.npy`, names in another.

`<take>_BS_value.npy` float32 [frames, channels] belongs to `BS_name.npy` [channels] text in the same
folder, which all takes share; beside any other `X.npy` the names are `X_BS_name.npy`. There is no rate in
it, no head and no sound: FACEGOOD's are 30 frames a second, and so are these when they are read, unless
another rate is named.
"""

from __future__ import annotations

import tokenize
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.limits import VALUES
from rigs import AnimationClip

VALUE, NAME = "BS_value", "BS_name.npy"
RATE = 30.0

DAMAGE = (
    *(ValueError, KeyError, EOFError, SyntaxError, TypeError, OverflowError, MemoryError, RecursionError),
    tokenize.TokenError,
)
"""What NumPy raises over the head of a damaged file, which it reads as Python."""

Array = np.ndarray[Any, Any]


def names_beside(values: Path) -> Path:
    """Where the names are written that belong to a file of values."""
    shared = values.stem.endswith(VALUE)
    return values.with_name(NAME if shared else f"{values.stem}_{NAME}")


def write_npy(clip: AnimationClip, file: Path, companion: Path, place: Path) -> None:
    """Writes values to `file` and names to `companion`, which become `place` and the names beside it.

    Raises FormatError when takes beside it share names that are others.
    """
    shared = names_beside(place)
    if shared.name == NAME and shared.is_file() and tuple(_names(shared)) != clip.names:
        raise FormatError(f"{shared} has other names, and the takes beside it need them; use another folder")
    for path, array in ((file, clip.weights), (companion, np.array(clip.names, dtype=np.str_))):
        with path.open("wb") as stream:
            np.lib.format.write_array(stream, array, allow_pickle=False)


def read_npy(file: Path) -> AnimationClip:
    """Reads the pair, at 30 frames a second. Raises FormatError when one is missing or they do not fit."""
    values = _load(file)
    if values.ndim != 2 or values.dtype.kind not in "iuf":
        raise FormatError(f"it holds {values.dtype} of shape {values.shape}; expected rows of numbers")
    known = [
        names_beside(file),
        file.with_name(f"{file.stem.removesuffix(VALUE)}{NAME}"),
        file.with_name(NAME),
    ]
    found = next((path for path in known if path.is_file()), None)
    if found is None:
        raise FormatError(f"the names are missing; expected {known[0].name} or {NAME} beside it")
    names = _names(found)
    if len(names) != values.shape[1]:
        raise FormatError(
            f"{found.name} has {len(names)} names, and the values have {values.shape[1]} columns"
        )
    with np.errstate(over="ignore"):
        return AnimationClip(tuple(names), values.astype(np.float32), int(RATE))


def _names(file: Path) -> list[str]:
    """The names; old files have them as bytes."""
    names = _load(file)
    if names.ndim != 1 or names.dtype.kind not in "US":
        raise FormatError(f"{file.name} holds {names.dtype} of shape {names.shape}; expected a row of texts")
    try:
        return [name.decode() if isinstance(name, bytes) else name for name in names.tolist()]
    except UnicodeDecodeError as error:
        raise FormatError(f"{file.name} holds names that are no UTF-8") from error


def _load(file: Path) -> Array:
    """The array, without pickles; its head is checked against the size of the file before it is believed."""
    try:
        with file.open("rb") as stream:
            version = np.lib.format.read_magic(stream)
            read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            shape, _, dtype = read[version](stream)
            count, rest = _product(shape), file.stat().st_size - stream.tell()
        if dtype.hasobject:
            raise FormatError(
                f"{file.name} holds pickled objects, which can run code; save plain arrays instead"
            )
        if count > VALUES or count * dtype.itemsize > rest:
            raise FormatError(f"{file.name} says {count} values of {dtype}, and has {rest} bytes for them")
        array: Array = np.load(file, allow_pickle=False)
    except DAMAGE as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise FormatError(f"{file.name} is no whole .npy array: {reason}") from error
    return array


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        if size < 0:
            raise ValueError(f"a negative size in {shape}")
        count *= size
    return count
