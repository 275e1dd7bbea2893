"""The parts of an FBX document: objects with ids, what is connected to what, and what every file must say.

Autodesk's SDK shows an empty scene, without a word, where `Definitions`, `FileId`, `CreationTime`, `Creator`
or the footer is missing; Blender loses curves without `GlobalSettings`.
"""

from __future__ import annotations

from collections import Counter

from exporters.fbx.record import (
    CREATION_TIME,
    FILE_ID,
    VERSION,
    Record,
    double,
    file_bytes,
    int32,
    int64,
    raw,
    text,
)

CREATOR = "audio2face"
_FIRST_ID = 1_000_000
_SEPARATOR = "\x00\x01"


class Document:
    """Collects objects and connections; the ids count up, so that the same clip gives the same bytes."""

    def __init__(self) -> None:
        self._objects: list[Record] = []
        self._connections: list[Record] = []

    def add(self, kind: str, name: str, kind_in_name: str, subtype: str, *children: Record) -> int:
        """Adds an object, such as "Deformer", "jawOpen", "SubDeformer", "BlendShapeChannel"; gives its id."""
        number = _FIRST_ID + len(self._objects)
        head = (int64(number), text(name + _SEPARATOR + kind_in_name), text(subtype))
        self._objects.append(Record(kind, head, children, block=True))
        return number

    def connect(self, child: int, parent: int = 0, property: str | None = None) -> None:
        """Hangs an object below another (0 is the scene), or drives a property of it."""
        kind = (text("OO"),) if property is None else (text("OP"),)
        end = () if property is None else (text(property),)
        self._connections.append(Record("C", (*kind, int64(child), int64(parent), *end)))

    def encode(self, settings: Record, takes: Record) -> bytes:
        """The whole file."""
        return file_bytes(
            (
                _header(),
                Record("FileId", (raw(FILE_ID),)),
                Record("CreationTime", (text(CREATION_TIME),)),
                Record("Creator", (text(CREATOR),)),
                settings,
                _documents(takes),
                Record("References"),
                self._definitions(),
                Record("Objects", children=tuple(self._objects)),
                Record("Connections", children=tuple(self._connections)),
                takes,
            )
        )

    def _definitions(self) -> Record:
        """How many objects of each kind there are."""
        counts = {"GlobalSettings": 1, **Counter(record.name for record in self._objects)}
        types = (
            Record("ObjectType", (text(kind),), (Record("Count", (int32(count),)),))
            for kind, count in counts.items()
        )
        version, total = Record("Version", (int32(100),)), Record("Count", (int32(sum(counts.values())),))
        return Record("Definitions", children=(version, total, *types))


def properties(*entries: Record) -> Record:
    """The property table of an object."""
    return Record("Properties70", children=entries)


def entry(name: str, kind: str, label: str, flags: str, *values: bytes) -> Record:
    """A row of a property table. Flags: A may be animated, U is the user's own."""
    return Record("P", (text(name), text(kind), text(label), text(flags), *values))


def integer(name: str, value: int, kind: str = "int") -> Record:
    """A row with an int32; enums are of kind "enum"."""
    return entry(name, kind, "" if kind == "enum" else "Integer", "", int32(value))


def number(name: str, value: float, flags: str = "") -> Record:
    """A row with a double."""
    return entry(name, "Number" if flags else "double", "" if flags else "Number", flags, double(value))


def switch(name: str, value: bool) -> Record:
    """A row with a bool."""
    return entry(name, "bool", "", "", int32(int(value)))


def time(name: str, ticks: int) -> Record:
    """A row with a time."""
    return entry(name, "KTime", "Time", "", int64(ticks))


def vector(name: str, kind: str, values: tuple[float, float, float]) -> Record:
    """A row with three doubles that may be animated."""
    return entry(name, kind, "", "A", *map(double, values))


def _header() -> Record:
    parts = zip(
        ("Version", "Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond"),
        (1000, 1970, 1, 1, 10, 0, 0, 0),
        strict=True,
    )
    return Record(
        "FBXHeaderExtension",
        children=(
            Record("FBXHeaderVersion", (int32(1003),)),
            Record("FBXVersion", (int32(VERSION),)),
            Record("EncryptionType", (int32(0),)),
            Record("CreationTimeStamp", children=tuple(Record(name, (int32(at),)) for name, at in parts)),
            Record("Creator", (text(CREATOR),)),
        ),
    )


def _documents(takes: Record) -> Record:
    """One scene, which plays the current take."""
    current = takes.children[0].properties[0]
    scene = Record(
        "Document",
        (int64(_FIRST_ID - 1), text("Scene"), text("Scene")),
        (
            properties(
                entry("SourceObject", "object", "", ""),
                Record("P", (text("ActiveAnimStackName"), text("KString"), text(""), text(""), current)),
            ),
            Record("RootNode", (int64(0),)),
        ),
    )
    return Record("Documents", children=(Record("Count", (int32(1),)), scene))
