"""A glTF file taken apart without losing anything: its JSON as it stands, and the bytes of its buffers.

pygltflib keeps only the properties that it knows, so the JSON is read and written here as plain dicts.
glTF 2.0, "4.4 GLB File Format"; "3.6.1.1 GLB-stored Buffer".
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rigs.errors import RigError

Json = dict[str, Any]

_JSON, _BIN = 0x4E4F534A, 0x004E4942
LARGEST = 2**32 - 1
"""Bytes of the largest file that is read: what the length in a GLB's head can say."""


@dataclass(frozen=True, eq=False)
class Document:
    """A glTF file.

    path     where it was read from
    json     its JSON; not to be changed
    buffers  the bytes of each buffer; None where it has none, as the fallbacks of compression have
    extra    chunks of a GLB after those two, as they stand
    """

    path: Path
    json: Json
    buffers: tuple[bytes | None, ...]
    extra: bytes = b""

    def items(self, key: str) -> list[Json]:
        """A list at the top of the JSON. Raises RigError when it is something else."""
        return objects(self.json, key)

    def item(self, key: str, index: Any) -> Json:
        """One of a list at the top of the JSON. Raises RigError when it points outside."""
        items = self.items(key)
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(items):
            raise RigError(f"{key} {str(index)[:20]} of {len(items)}: it points outside")
        return items[index]


def objects(parent: Json, key: str) -> list[Json]:
    """The list of objects under a key, empty when there is none. Raises RigError for anything else."""
    items = parent.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise RigError(f"its {key} are no list of objects")
    return items


def read_document(path: Path) -> Document:
    """Reads a .glb, .gltf or .vrm with all its buffers. Raises RigError when it is damaged, or OSError."""
    size = path.stat().st_size
    if size > LARGEST:
        raise RigError(f"it is {size} bytes; glTF files of at most {LARGEST} are read")
    data = path.read_bytes()
    blob: bytes | None = None
    extra = b""
    if data[:4] == b"glTF":
        data, blob, extra = _chunks(data)
    elif path.suffix.lower() != ".gltf":
        raise RigError("it is no glb (it does not start with 'glTF')")
    content = _parse(data)
    buffers = tuple(
        _buffer(path, place, entry, blob) for place, entry in enumerate(objects(content, "buffers"))
    )
    return Document(path, content, buffers, extra)


def _chunks(data: bytes) -> tuple[bytes, bytes | None, bytes]:
    """JSON, binary part and whatever follows."""
    if len(data) < 20:
        raise RigError("it is cut off: a glb has at least 20 bytes")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2 or length > len(data):
        raise RigError(
            f"glb version {version}, {length} bytes by its head and {len(data)} here; "
            "expected version 2 and a whole file"
        )
    found: list[tuple[int, bytes]] = []
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise RigError(f"a chunk of {size} bytes reaches beyond the file's {length}")
        found.append((kind, data[at : at + 8 + size]))
        at += 8 + size
    if not found or found[0][0] != _JSON:
        raise RigError("it is a glb without JSON")
    rest = found[1:]
    blob = rest[0][1][8:] if rest and rest[0][0] == _BIN else None
    return found[0][1][8:], blob, b"".join(chunk for _, chunk in (rest if blob is None else rest[1:]))


def _parse(data: bytes) -> Json:
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RigError(f"its JSON cannot be read: {' '.join(str(error).split())[:120]}") from error
    asset = content.get("asset") if isinstance(content, dict) else None
    if not isinstance(asset, dict) or not str(asset.get("version", "")).startswith("2."):
        raise RigError("it is no glTF 2 (its asset names no version 2.x)")
    return dict(content)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _buffer(path: Path, place: int, entry: Json, blob: bytes | None) -> bytes | None:
    """The bytes of one buffer."""
    length, uri = entry.get("byteLength"), entry.get("uri")
    if isinstance(length, bool) or not isinstance(length, int) or not 0 < length <= LARGEST:
        raise RigError(f"buffer {place} has byteLength {str(length)[:24]}; expected 1 to {LARGEST}")
    data = (blob if place == 0 else None) if uri is None else linked(path, uri, f"buffer {place}")
    if data is None:
        if place == 0 and not entry.get("extensions"):
            raise RigError("buffer 0 has neither a uri nor a binary part")
        return None
    if len(data) < length:
        raise RigError(f"buffer {place} has {len(data)} of its {length} bytes; the file is cut off")
    return data[:length]


def linked(path: Path, uri: Any, what: str) -> bytes:
    """The bytes behind a uri: data in the uri itself, or a file in the folder of `path` or below."""
    if not isinstance(uri, str):
        raise RigError(f"{what} has a uri that is no text")
    if uri.startswith("data:"):
        head, comma, body = uri.partition(",")
        if not comma or not head.endswith(";base64"):
            raise RigError(f"{what} has a data uri that is not base64")
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise RigError(f"{what} has a data uri that is not base64") from error
    file = path.parent / unquote(uri)
    if urlsplit(uri).scheme or not file.resolve().is_relative_to(path.parent.resolve()):
        raise RigError(f"{what} is {uri[:80]!r}; only files beside it are read")
    if not file.is_file():
        raise RigError(f"{what} is {uri[:80]!r}, and there is no such file beside it")
    if file.stat().st_size > LARGEST:
        raise RigError(f"{what} is {file.stat().st_size} bytes; at most {LARGEST} are read")
    return file.read_bytes()
