"""Reading FBX's records, from files of any program, without believing what their bytes do not bear out.

Arrays stay packed until they are asked for. Layout: `exporters.fbx.record`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.fbx.record import MAGIC

Array = np.ndarray[Any, Any]

LARGEST = 1 << 30
"""Bytes that one array may unpack to."""
_RECORDS, _DEPTH = 2_000_000, 64
"""More records, or records deeper inside each other, than any scene has."""
_OLDEST, _WIDE, _NEWEST = 7000, 7500, 8000
_HEADS = {False: struct.Struct("<IIIB"), True: struct.Struct("<QQQB")}
_PLAIN = {"C": "<B", "B": "<B", "Z": "<b", "Y": "<h", "I": "<i", "L": "<q", "F": "<f", "D": "<d"}
_ARRAYS = {"i": "<i4", "l": "<i8", "f": "<f4", "d": "<f8", "b": "u1", "c": "u1"}
_ARRAY_HEAD = struct.Struct("<III")


@dataclass(frozen=True)
class Packed:
    """An array as it lies in the file."""

    kind: str
    count: int
    zipped: bool
    data: memoryview

    def unpack(self) -> Array:
        """The numbers. Raises FormatError when there are others than the count says, or too many."""
        size = self.count * np.dtype(_ARRAYS[self.kind]).itemsize
        if size > LARGEST:
            raise FormatError(f"an array claims {size} bytes; the most that is read is {LARGEST}")
        data: Any = self.data
        if self.zipped:
            try:
                data = zlib.decompressobj().decompress(data, size + 1)
            except zlib.error as error:
                raise FormatError(f"a packed array is damaged ({error})") from error
        if len(data) != size:
            raise FormatError(f"an array of {self.count} values has not the bytes for them")
        return np.frombuffer(data, _ARRAYS[self.kind])


@dataclass(frozen=True)
class Node:
    """A record that was read: numbers, texts, bytes and packed arrays as properties."""

    name: str
    properties: list[Any]
    children: list[Node]

    def child(self, name: str) -> Node | None:
        """The first record of that name below this."""
        return next((node for node in self.children if node.name == name), None)

    def array(self, name: str) -> Array:
        """The array in a record below. Raises FormatError when there is none."""
        return self._packed(name).unpack()

    def count(self, name: str) -> int:
        """How many numbers that array claims to have."""
        return self._packed(name).count

    def _packed(self, name: str) -> Packed:
        node = self.child(name)
        if node is None or not node.properties or not isinstance(node.properties[0], Packed):
            raise FormatError(f"a record {self.name} has no array {name}")
        return node.properties[0]

    def table(self) -> dict[str, list[Any]]:
        """{name: values} of the property table."""
        rows = self.child("Properties70")
        entries = [node.properties for node in rows.children if node.name == "P"] if rows else []
        return {entry[0]: entry[4:] for entry in entries if entry and isinstance(entry[0], str)}


def parse(data: bytes) -> Node:
    """A file as one record of all. Raises FormatError when it is no binary FBX 7, cut off or broken."""
    if data[: len(MAGIC)] != MAGIC:
        text = "; save it as binary FBX" if b"FBX" in data[:100] else ""
        raise FormatError(f"it is no binary fbx{text}")
    if len(data) < len(MAGIC) + 4:
        raise FormatError("it is an fbx that is cut off")
    (version,) = struct.unpack_from("<I", data, len(MAGIC))
    if not _OLDEST <= version < _NEWEST:
        raise FormatError(f"it is fbx version {version}; known are {_OLDEST} to {_NEWEST - 1}")
    return Node("", [], _Parser(data, version >= _WIDE).records(len(MAGIC) + 4, len(data), 0))


class _Parser:
    """The bytes of one file, and how many records were found in it."""

    def __init__(self, data: bytes, wide: bool) -> None:
        self.data, self.head, self.found = memoryview(data), _HEADS[wide], 0

    def records(self, start: int, end: int, depth: int) -> list[Node]:
        """The records from `start` to the one of zeros, or to `end`; a file without its last is cut off."""
        if depth > _DEPTH:
            raise FormatError(f"its records lie more than {_DEPTH} deep")
        nodes: list[Node] = []
        while start < end:
            if start + self.head.size > end:
                break
            stop, count, size, letters = self.head.unpack_from(self.data, start)
            if stop == 0:
                return nodes
            nodes.append(self._record(start, stop, count, size, letters, end, depth))
            start = stop
        if depth == 0 or start != end:
            raise FormatError(f"it ends at byte {end} inside its records; the file is cut off")
        return nodes

    def _record(
        self, start: int, stop: int, count: int, size: int, letters: int, end: int, depth: int
    ) -> Node:
        named = start + self.head.size + letters
        if not named + size <= stop <= end:
            raise FormatError(f"a record at byte {start} reaches byte {max(stop, named + size)} of {end}")
        self.found += 1
        if self.found > _RECORDS:
            raise FormatError(f"it has more than {_RECORDS} records")
        name = bytes(self.data[named - letters : named]).decode("utf-8", "replace")
        properties = self._properties(named, named + size, count)
        return Node(name, properties, self.records(named + size, stop, depth + 1))

    def _properties(self, at: int, end: int, count: int) -> list[Any]:
        if 2 * count > end - at:
            raise FormatError(f"a record claims {count} properties in {end - at} bytes")
        values = []
        for _ in range(count):
            value, at = self._property(at, end)
            values.append(value)
        return values

    def _property(self, at: int, end: int) -> tuple[Any, int]:
        """The value at a byte, and where the next one is."""
        kind, at = chr(self._bytes(at, 1, end)[0]), at + 1
        if kind in _PLAIN:
            size = struct.calcsize(_PLAIN[kind])
            return struct.unpack(_PLAIN[kind], self._bytes(at, size, end))[0], at + size
        if kind in "SR":
            (size,) = struct.unpack("<I", self._bytes(at, 4, end))
            data = bytes(self._bytes(at + 4, size, end))
            return data.decode("utf-8", "replace") if kind == "S" else data, at + 4 + size
        if kind in _ARRAYS:
            count, zipped, size = _ARRAY_HEAD.unpack(self._bytes(at, _ARRAY_HEAD.size, end))
            at += _ARRAY_HEAD.size
            size = size if zipped else count * np.dtype(_ARRAYS[kind]).itemsize
            return Packed(kind, count, bool(zipped), self._bytes(at, size, end)), at + size
        raise FormatError(f"a property at byte {at - 1} is of the unknown kind {kind!r}")

    def _bytes(self, at: int, size: int, end: int) -> memoryview:
        if at + size > end:
            raise FormatError(f"a property at byte {at} claims {size} bytes of {end - at}")
        return self.data[at : at + size]
