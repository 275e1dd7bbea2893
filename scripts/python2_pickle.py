"""Writes pickles as Python 2 and its NumPy did: texts of bytes, modules of old names, protocol 2.

Python 3 cannot: it writes texts as Unicode and bytes as calls. For dictionaries, texts, whole numbers and
arrays of numbers. Opcodes: https://docs.python.org/3/library/pickletools.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np


def dumps(value: Any) -> bytes:
    """The pickle of a value."""
    return b"\x80\x02" + b"".join(_written(value)) + b"."


def _written(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        yield b"}("
        for key, one in value.items():
            yield from _written(key)
            yield from _written(one)
        yield b"u"
    elif isinstance(value, str | bytes):
        raw = value.encode("latin1") if isinstance(value, str) else value
        yield b"U" + bytes([len(raw)]) + raw if len(raw) < 256 else b"T" + struct.pack("<i", len(raw)) + raw
    elif isinstance(value, int):
        yield b"J" + struct.pack("<i", value)
    elif isinstance(value, np.ndarray):
        yield from _array(np.ascontiguousarray(value))
    else:
        raise TypeError(f"cannot write {type(value).__name__}")


def _array(array: np.ndarray[Any, Any]) -> Iterator[bytes]:
    """_reconstruct(ndarray, (0,), "b"), then its state: version, shape, type, order, bytes."""
    yield b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
    yield b"K\x00\x85U\x01b\x87R("
    yield b"K\x01(" + b"".join(b"J" + struct.pack("<i", size) for size in array.shape) + b"t"
    code = array.dtype.str[1:].encode()
    yield b"cnumpy\ndtype\n(U" + bytes([len(code)]) + code + b"K\x00K\x01tR("
    order = array.dtype.str[0].replace("|", "<").encode()
    yield b"K\x03U\x01" + order + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    yield b"\x89"
    yield from _written(array.tobytes())
    yield b"tb"
