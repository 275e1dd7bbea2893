"""FBX's binary form: records of a name, properties and children, and the frame around them.

A record is `u32 end | u32 properties | u32 their bytes | u8 n + name | properties | children`, little-endian,
`end` counted from the start of the file. Children end with a record of zeros. From version 7500 on the three
numbers are u64. A property is a letter and its value: C bool, I int32, L int64, D double, S text and R bytes
behind a u32 length, and the arrays i, l, f, d as `u32 count | u32 encoding | u32 bytes | data`, encoding 1
being zlib.

Described at https://code.blender.org/2013/08/fbx-binary-file-format-specification/.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exporters.errors import FormatError

Array = np.ndarray[Any, Any]

MAGIC = b"Kaydara FBX Binary  \x00\x1a\x00"
VERSION = 7400
LARGEST = (1 << 31) - 1
"""Bytes of a file that is written: version 7400 counts in u32, and some readers in int32."""

# Autodesk's readers check these three against each other; they are a set that is known to fit.
CREATION_TIME = "1970-01-01 10:00:00:000"
FILE_ID = bytes.fromhex("28b32aebb624ccc2bfc8b02aa92bfcf1")
_FOOTER_ID = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
_FOOTER_END = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")

_HEAD = struct.Struct("<III")
_NULL = bytes(_HEAD.size + 1)
_LETTERS = {np.dtype("<i4"): b"i", np.dtype("<i8"): b"l", np.dtype("<f4"): b"f", np.dtype("<f8"): b"d"}
_SHORT = 128
"""Bytes of an array below which packing does not pay."""


@dataclass(frozen=True)
class Record:
    """A record; `block` asks for an end of children where there are none, as Autodesk's own files have it.

    `size` is bytes of the whole record.
    """

    name: str
    properties: tuple[bytes, ...] = ()
    children: tuple[Record, ...] = ()
    block: bool = False
    size: int = field(init=False)

    def __post_init__(self) -> None:
        # Added up here, as there are thousands of records in a file and each is asked several times.
        size = _HEAD.size + 1 + len(self.name.encode()) + sum(map(len, self.properties))
        for child in self.children:
            size += child.size
        object.__setattr__(self, "size", size + (len(_NULL) if self._ends else 0))

    @property
    def _ends(self) -> bool:
        return self.block or bool(self.children) or not self.properties

    def write(self, start: int, chunks: list[bytes]) -> None:
        """Appends the bytes of the record, whose first is byte `start` of the file."""
        name, length = self.name.encode(), sum(map(len, self.properties))
        head = _HEAD.pack(start + self.size, len(self.properties), length)
        chunks += (head, bytes((len(name),)), name, *self.properties)
        start += _HEAD.size + 1 + len(name) + length
        for child in self.children:
            child.write(start, chunks)
            start += child.size
        if self._ends:
            chunks.append(_NULL)


def flag(value: bool) -> bytes:
    """A property of one byte."""
    return b"C" + bytes([value])


def int32(value: int) -> bytes:
    """A property of 32 bits."""
    return b"I" + struct.pack("<i", value)


def int64(value: int) -> bytes:
    """A property of 64 bits: ids and times."""
    return b"L" + struct.pack("<q", value)


def double(value: float) -> bytes:
    """A property of a double."""
    return b"D" + struct.pack("<d", value)


def text(value: str) -> bytes:
    """A property of UTF-8 text."""
    data = value.encode()
    return b"S" + struct.pack("<I", len(data)) + data


def raw(value: bytes) -> bytes:
    """A property of bytes."""
    return b"R" + struct.pack("<I", len(value)) + value


def array(values: Array) -> bytes:
    """A property of int32, int64, float32 or float64 in a row, packed unless short."""
    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
    data = values.tobytes()
    packed = zlib.compress(data, 1) if len(data) >= _SHORT else data
    head = struct.pack("<III", values.size, len(data) >= _SHORT, len(packed))
    return _LETTERS[values.dtype] + head + packed


def file_bytes(records: Iterable[Record]) -> bytes:
    """A whole file. Raises FormatError when it would be too large for the format."""
    chunks, start = [MAGIC + struct.pack("<I", VERSION)], len(MAGIC) + 4
    for record in records:
        if start + record.size <= LARGEST:
            record.write(start, chunks)
        start += record.size
    if start > LARGEST:
        raise FormatError(
            f"an fbx of {start / 1e9:.1f} GB is more than the format counts (2.1 GB); "
            "write a shorter clip, or fewer keys with --reduce"
        )
    chunks += (_NULL, _footer(start + len(_NULL)))
    return b"".join(chunks)


def _footer(start: int) -> bytes:
    """What Autodesk's readers look for at the end: ids, the version, and zeros up to multiples of 16."""
    zeros = 16 - (start + len(_FOOTER_ID) + 4) % 16
    return _FOOTER_ID + bytes(4 + zeros) + struct.pack("<I", VERSION) + bytes(120) + _FOOTER_END
