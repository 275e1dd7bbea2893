"""Pickles of strangers, read without running anything: arrays, and what Python has built in.

A pickle is a program. This reader lets it make dictionaries, lists, tuples, texts, bytes, numbers and NumPy
arrays of plain numbers, as Python 2 and 3 and every NumPy write them, and nothing else: the few names that
arrays need stand for classes of this module, which hold no code of NumPy. Sizes are believed only as far as
the file is long.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from audio2face.errors import TrainingError, UnsafeFileError

LARGEST = 4 << 30
"""Bytes of a pickle that is read at all."""
DEEPEST, MOST = 16, 10_000_000
"""Nesting, and objects, of what comes out."""
KINDS = "biufSU"


def load_pickle(path: Path) -> Any:
    """What a pickle holds. Texts of Python 2 come as latin1, as NumPy's need.

    Raises UnsafeFileError when it asks for anything else than arrays and built-in values, and TrainingError
    when it is too large, or no whole pickle.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise TrainingError(
                f"{path} has {size / 2**30:.1f} GiB; pickles of up to {LARGEST >> 30} GiB are read"
            )
        with path.open("rb") as file:
            found = _Reader(_Bounded(file, size)).load()
        return _plain(found, {}, 0)
    except _RefusedError as error:
        raise UnsafeFileError(
            f"{path} is a pickle that {error}; only arrays and plain values are read"
        ) from error
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {error.strerror or error}") from error
    except (
        *(pickle.UnpicklingError, ValueError, KeyError, IndexError, EOFError, TypeError, AttributeError),
        *(OverflowError, MemoryError, RecursionError, struct.error, AssertionError),
    ) as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise TrainingError(f"{path} is no whole pickle of arrays: {reason}") from error


class _RefusedError(Exception):
    """What a pickle asked for, as the end of a sentence."""


class _Bounded:
    """A file that never gives, and never makes room for, more than is left of it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, count: int) -> bytes:
        if not 0 <= count <= self._left:
            raise EOFError(f"it says {count} bytes follow, and {self._left} do")
        self._left -= count
        return self._file.read(count)

    def readline(self) -> bytes:
        line = self._file.readline()
        self._left -= len(line)
        return line

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Type:
    """Stands for a NumPy type: REDUCE with ("f8", …), then BUILD with its byte order."""

    def __init__(self, code: Any, *_: Any) -> None:
        text = code.decode("ascii") if isinstance(code, bytes) else str(code)
        if not text or text.lstrip("<>|=")[:1] not in KINDS or len(text) > 8:
            raise _RefusedError(f"holds an array of type {text[:20]!r}")
        self.dtype = np.dtype(text)

    def build(self, state: Any) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 4 else "|"
        if any(part is not None for part in state[2:5]):
            raise _RefusedError("holds an array of records")
        order = order.decode("ascii") if isinstance(order, bytes) else order
        if order == ">":
            self.dtype = self.dtype.newbyteorder(">")


class _Array:
    """Stands for an array: REDUCE without content, then BUILD with (version, shape, type, Fortran, bytes)."""

    def __init__(self, *_: Any) -> None:
        self.array: np.ndarray[Any, Any] | None = None

    def build(self, state: Any) -> None:
        shape, kind, fortran, data = state[-4:]
        if not isinstance(kind, _Type) or not isinstance(data, bytes | bytearray | str):
            raise _RefusedError("holds an array of objects")
        raw = data.encode("latin1") if isinstance(data, str) else bytes(data)
        flat = np.frombuffer(raw, kind.dtype)
        self.array = flat.reshape(shape, order="F" if fortran else "C")


class _Class:
    """Stands for `numpy.ndarray` itself, which only ever is an argument."""


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _from_buffer(data: Any, kind: Any, shape: Any, order: Any = "C") -> _Array:
    """What NumPy writes under protocol 5."""
    found = _Array()
    found.build((shape, kind, order == "F", bytes(data)))
    return found


def _scalar(kind: Any, data: Any = b"") -> Any:
    found = _Array()
    found.build(((), kind, False, data))
    assert found.array is not None
    return found.array.item()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    """How Python 3 writes bytes under protocol 2."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise _RefusedError(f"asks for the encoding {str(encoding)[:20]!r}")
    return text.encode("latin1")


_NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Class,
    ("numpy", "dtype"): _Type,
    ("_codecs", "encode"): _encode,
}
for _module in ("numpy.core", "numpy._core"):
    _NAMES[(f"{_module}.multiarray", "_reconstruct")] = _reconstruct
    _NAMES[(f"{_module}.multiarray", "scalar")] = _scalar
    _NAMES[(f"{_module}.numeric", "_frombuffer")] = _from_buffer


# Python's own, not the one in C, whose name has no underscore.
_Unpickler: Any = pickle._Unpickler


class _Reader(_Unpickler):
    """The unpickler in Python: unlike the one in C it makes no room for what it is only told of."""

    stack: list[Any]
    dispatch: ClassVar[dict[int, Any]] = dict(_Unpickler.dispatch)

    def __init__(self, file: _Bounded) -> None:
        super().__init__(file, encoding="latin1")

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMES[(module, name)]
        except KeyError:
            raise _RefusedError(f"asks for {module}.{name}") from None

    def persistent_load(self, _: Any) -> Any:
        raise _RefusedError("refers to something outside of it")

    def get_extension(self, code: int) -> Any:
        raise _RefusedError(f"asks for the extension {code}")

    def load_build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if not isinstance(target, _Type | _Array):
            raise _RefusedError(f"sets attributes of {type(target).__name__}")
        target.build(state)

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        function: Callable[..., Any] = self.stack[-1]
        if not any(function is known for known in _NAMES.values()) or function is _Class:
            raise _RefusedError(f"calls {type(function).__name__}")
        self.stack[-1] = function(*arguments)

    def load_object(self) -> None:
        raise _RefusedError("makes objects")

    dispatch[pickle.BUILD[0]] = load_build
    dispatch[pickle.REDUCE[0]] = load_reduce
    for _code in (pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.OBJ, pickle.INST):
        dispatch[_code[0]] = load_object


def _plain(value: Any, known: dict[int, Any], depth: int) -> Any:
    """The same with arrays for what stands for them. What occurs twice stays one object."""
    if id(value) in known:
        return known[id(value)]
    if depth > DEEPEST or len(known) > MOST:
        raise _RefusedError(f"is nested over {DEEPEST} deep, or holds over {MOST} objects")
    made: Any
    if isinstance(value, _Array):
        made = value.array
    elif isinstance(value, dict):
        made = {_plain(key, known, depth + 1): _plain(one, known, depth + 1) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        made = type(value)(_plain(one, known, depth + 1) for one in value)
    elif value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    else:
        raise _RefusedError(f"holds a {type(value).__name__}")
    known[id(value)] = made
    return made
