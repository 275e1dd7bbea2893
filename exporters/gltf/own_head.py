"""A user's own glTF file given back with a clip as an animation in it.

Everything else stays: nodes, meshes, materials, pictures, skins, other animations, extras, extensions,
unknown ones too, as values of the JSON, and the bytes of the buffers before ours. Buffers and pictures in
files of their own are packed into the one file. An animation that this module put in before is replaced.

glTF 2.0, "3.11 Animations"; "3.6.1.1 GLB-stored Buffer".
"""

from __future__ import annotations

import copy
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.gltf.blob import data_uri
from exporters.gltf.own_head_turn import head_turns
from exporters.rates import whole
from rigs import AnimationClip, Rig, RigError
from rigs.loading.document import Document, Json, linked, objects, read_document
from rigs.loading.files import BROKEN
from rigs.loading.morphs import mesh_names, rest_weights
from rigs.loading.scene import head_node

Array = np.ndarray[Any, Any]

NAME = "Speech"
MARK = "audio2face"
"""Stands in the extras of our animations."""

_LARGEST = 2**32 - 1
_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"} | {
    ".ktx2": "image/ktx2",
    ".ktx": "image/ktx2",
}


def write_own_head(clip: AnimationClip, file: Path, rig: Rig) -> None:
    """Writes the rig's own file with the clip in it, as a GLB, or as text with all within for a `.gltf`.

    Every mesh with a morph target of the clip's names is driven, targets that the clip lacks stay as the file
    has them; a node called head turns with the clip's head. Raises FormatError when none of the names is in
    the file, the file is gone or changed, or the result is too large for a GLB.
    """
    assert rig.origin is not None
    try:
        document = read_document(rig.origin.path)
        data = _Packed(document)
        data.animate(clip)
        file.write_bytes(data.gltf() if file.suffix.lower() == ".gltf" else data.glb())
    except RigError as error:
        raise FormatError(f"{rig.origin.path} cannot be given back: {error}") from error
    except BROKEN as error:
        said = f"{type(error).__name__} {' '.join(str(error).split())[:80]}"
        raise FormatError(
            f"{rig.origin.path} cannot be given back: its structure is broken: {said}"
        ) from error


class _Packed:
    """A copy of the JSON, and one buffer to which bytes are added at the end."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.json: Json = copy.deepcopy(document.json)
        self._bytes = bytearray()
        self._extra = document.extra
        self._pack_buffers()
        self._pack_images()
        self._drop_ours()

    def animate(self, clip: AnimationClip) -> None:
        """Adds the clip."""
        channels: list[Json] = []
        samplers: list[Json] = []
        times = self._floats(clip.times.astype("<f4"), bounds=True)

        def track(node: int, path: str, values: Array) -> None:
            samplers.append({"input": times, "output": self._floats(values), "interpolation": "LINEAR"})
            channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": path}})

        for place, weights in self._weights(clip):
            track(place, "weights", weights)
        if not channels:
            raise FormatError(
                f"none of the clip's channels ({', '.join(clip.names[:3])} …) is a morph target of the file"
            )
        head = head_node(self._document) if clip.head is not None else None
        if head is not None and clip.head is not None:
            track(head, "rotation", head_turns(self._document, head, clip.head))
            self._plain_node(head)
        extras: Json = {"fps": whole(clip.fps), "by": MARK}
        if clip.audio is not None:
            extras["audio"] = clip.audio
        entry = {"name": NAME, "channels": channels, "samplers": samplers, "extras": extras}
        self.json.setdefault("animations", []).append(entry)

    def gltf(self) -> bytes:
        """The whole file as text, its buffer within."""
        self._pad()
        self.json["buffers"][0]["uri"] = data_uri(self._bytes)
        return self._text()

    def glb(self) -> bytes:
        """The whole file."""
        self._pad()
        text = self._text()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + 8 + len(self._bytes) + len(self._extra)
        if size > _LARGEST:
            raise FormatError(f"the file would have {size} bytes; a glb has at most {_LARGEST}")
        return b"".join(
            [
                b"glTF" + struct.pack("<II", 2, size),
                struct.pack("<I", len(text)) + b"JSON" + text,
                struct.pack("<I", len(self._bytes)) + b"BIN\0" + self._bytes,
                self._extra,
            ]
        )

    def _pad(self) -> None:
        self._bytes += bytes(-len(self._bytes) % 4)
        self.json["buffers"][0]["byteLength"] = len(self._bytes)

    def _text(self) -> bytes:
        return json.dumps(self.json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def _weights(self, clip: AnimationClip) -> list[tuple[int, Array]]:
        """(node, [frames × targets]) of every node whose mesh has a target of the clip's names."""
        columns = {name: place for place, name in enumerate(clip.names)}
        found = []
        for place, node in enumerate(self._document.items("nodes")):
            if "mesh" not in node:
                continue
            mesh = self._document.item("meshes", node["mesh"])
            names = mesh_names(self._document, mesh)
            if not set(names) & columns.keys():
                continue
            count = len(objects(objects(mesh, "primitives")[0], "targets"))
            rest = rest_weights(mesh, names, node)
            weights = np.zeros((clip.frames, count), "<f4")
            for target, name in enumerate(names):
                weights[:, target] = (
                    clip.weights[:, columns[name]] if name in columns else rest.get(name, 0.0)
                )
            found.append((place, weights.reshape(-1)))
        return found

    def _plain_node(self, place: int) -> None:
        """A node that turns must not have a matrix: it becomes what the matrix stands for."""
        node = self.json["nodes"][place]
        if "matrix" in node:
            matrix = np.array(node.pop("matrix"), np.float64).reshape(4, 4).T
            node["translation"] = matrix[:3, 3].tolist()
            node["scale"] = np.linalg.norm(matrix[:3, :3], axis=0).tolist()

    def _floats(self, values: Array, bounds: bool = False) -> int:
        """An accessor to [n] or [n, 4] floats at the end of the buffer."""
        view = self._view(values.astype("<f4").tobytes())
        kind = "VEC4" if values.ndim == 2 else "SCALAR"
        entry: Json = {"bufferView": view, "componentType": 5126, "count": len(values), "type": kind}
        if bounds:
            entry |= {"min": [float(values.min())], "max": [float(values.max())]}
        return self._add("accessors", entry)

    def _view(self, data: bytes) -> int:
        self._bytes += bytes(-len(self._bytes) % 4)
        start = len(self._bytes)
        self._bytes += data
        return self._add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data)})

    def _add(self, key: str, entry: Json) -> int:
        items: list[Json] = self.json.setdefault(key, [])
        items.append(entry)
        return len(items) - 1

    def _pack_buffers(self) -> None:
        """All buffers with bytes become the first one; others keep their place after it."""
        starts: dict[int, int] = {}
        numbers: dict[int, int] = {}
        kept: list[Json] = []
        entries: list[Json] = self.json.get("buffers", [])
        for place, (entry, data) in enumerate(zip(entries, self._document.buffers, strict=True)):
            if data is None:
                kept.append(entry)
                numbers[place] = len(kept)
            else:
                self._bytes += bytes(-len(self._bytes) % 16)
                starts[place], numbers[place] = len(self._bytes), 0
                self._bytes += data
        first = next((entry for place, entry in enumerate(entries) if place in starts), {})
        self.json["buffers"] = [{key: value for key, value in first.items() if key != "uri"}, *kept]
        for view in objects(self.json, "bufferViews"):
            for part in (view, *_compressed(view)):
                buffer: Any = part.get("buffer")
                if starts.get(buffer):
                    part["byteOffset"] = part.get("byteOffset", 0) + starts[buffer]
                part["buffer"] = numbers.get(buffer, buffer)

    def _pack_images(self) -> None:
        """Pictures in files become buffer views; those in data uris stay."""
        for place, image in enumerate(objects(self.json, "images")):
            uri = image.get("uri")
            if isinstance(uri, str) and not uri.startswith("data:"):
                kind = image.get("mimeType") or _KINDS.get(Path(uri).suffix.lower())
                if kind is None:
                    raise FormatError(f"picture {uri[:60]!r} is of no known kind; use png or jpg")
                image["bufferView"] = self._view(linked(self._document.path, uri, f"picture {place}"))
                image["mimeType"] = kind
                del image["uri"]

    def _drop_ours(self) -> None:
        """Takes out our animation of before, and its numbers where they are the last of the file."""
        animations = objects(self.json, "animations")
        ours = [a for a in animations if a.get("name") == NAME and _extras(a).get("by") == MARK]
        if not ours:
            return
        self.json["animations"] = [entry for entry in animations if entry not in ours]
        if not self.json["animations"]:
            del self.json["animations"]
        ends = {
            end for entry in ours for s in objects(entry, "samplers") for end in (s["input"], s["output"])
        }
        accessors = self.json.get("accessors", [])
        while accessors and len(accessors) - 1 in ends and self._last_view(accessors[-1]):
            view = self.json["bufferViews"].pop()
            del self._bytes[view.get("byteOffset", 0) :]
            accessors.pop()

    def _last_view(self, accessor: Json) -> bool:
        """Whether the accessor is all that uses the last buffer view, at the end of the buffer."""
        views = self.json.get("bufferViews", [])
        last = len(views) - 1
        if last < 0 or accessor.get("bufferView") != last or views[last].get("buffer") != 0:
            return False
        end = views[last].get("byteOffset", 0) + views[last].get("byteLength", 0)
        return len(self._bytes) - end < 4


def _compressed(view: Json) -> list[Json]:
    """The descriptions of compressed bytes in a view, which name a buffer of their own."""
    extensions = view.get("extensions")
    parts = extensions.values() if isinstance(extensions, dict) else ()
    return [part for part in parts if isinstance(part, dict) and "buffer" in part]


def _extras(entry: Json) -> Json:
    extras = entry.get("extras")
    return extras if isinstance(extras, dict) else {}
