"""Small glTF files of heads, written by hand: several meshes, skins, pictures, sparse arrays."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

Json = dict[str, Any]


def picture() -> bytes:
    """A PNG of two by two pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([200, 150, 130] * 2) for _ in range(2))
    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class Builder:
    """A glTF document in the making."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.json: Json = {
            "asset": {"version": "2.0", "generator": "tests", "extras": {"artist": "Jo"}},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
        }

    def add(self, key: str, entry: Json) -> int:
        self.json.setdefault(key, []).append(entry)
        return len(self.json[key]) - 1

    def view(self, data: bytes, **more: Any) -> int:
        self.blob += bytes(-len(self.blob) % 4)
        start = len(self.blob)
        self.blob += data
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data), **more})

    def array(self, values: Any, kind: str, dtype: str = "<f4", bounds: bool = False, **more: Any) -> int:
        data = np.asarray(values, dtype)
        types = {"<f4": 5126, "<u2": 5123, "<u1": 5121, "<i2": 5122, "<i1": 5120, "<u4": 5125}
        entry = {"bufferView": self.view(data.tobytes()), "componentType": types[dtype]}
        if kind == "SCALAR" and dtype != "<f4":
            self.json["bufferViews"][-1]["target"] = 34963
        entry |= {"count": len(data), "type": kind, **more}
        if bounds:
            entry |= {"min": data.min(0).tolist(), "max": data.max(0).tolist()}
        return self.add("accessors", entry)

    def sparse(self, count: int, rows: Any, deltas: Any, **more: Any) -> int:
        """[count, 3], zero but for some rows."""
        deltas = np.asarray(deltas, "<f4")
        whole = np.zeros((count, 3), "<f4")
        whole[np.asarray(rows)] = deltas
        part = {
            "count": len(deltas),
            "indices": {"bufferView": self.view(np.asarray(rows, "<u2").tobytes()), "componentType": 5123},
            "values": {"bufferView": self.view(deltas.tobytes())},
        }
        entry = {"componentType": 5126, "count": count, "type": "VEC3", "sparse": part, **more}
        return self.add("accessors", entry | {"min": whole.min(0).tolist(), "max": whole.max(0).tolist()})

    def glb(self, path: Path, extra: bytes = b"") -> Path:
        self.blob += bytes(-len(self.blob) % 4)
        self.json["buffers"] = [{"byteLength": len(self.blob)}]
        return write_glb(path, self.json, bytes(self.blob), extra)

    def gltf(self, path: Path, inside: bool = False) -> Path:
        """As text with its buffer beside it, or in a data uri."""
        uri = "hero%20data.bin"
        if inside:
            uri = "data:application/octet-stream;base64," + base64.b64encode(self.blob).decode()
        else:
            (path.parent / "hero data.bin").write_bytes(self.blob)
        self.json["buffers"] = [{"uri": uri, "byteLength": len(self.blob)}]
        path.write_text(json.dumps(self.json), encoding="utf-8")
        return path


def write_glb(path: Path, content: Json, blob: bytes, extra: bytes = b"") -> Path:
    text = json.dumps(content, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    size = 12 + 8 + len(text) + 8 + len(blob) + len(extra)
    path.write_bytes(
        b"glTF"
        + struct.pack("<II", 2, size)
        + struct.pack("<I", len(text))
        + b"JSON"
        + text
        + struct.pack("<I", len(blob))
        + b"BIN\0"
        + blob
        + extra
    )
    return path


def read_glb(path: Path) -> tuple[Json, bytes]:
    """JSON and binary part."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    (size,) = struct.unpack_from("<I", data, 20 + length)
    return json.loads(data[20 : 20 + length]), data[28 + length : 28 + length + size]


SIDE = np.linspace(-0.1, 0.1, 7)
GRID_X, GRID_Y = (values.ravel() for values in np.meshgrid(SIDE, SIDE))
FACE = np.stack([GRID_X, GRID_Y + 1.5, 0.1 - GRID_X**2], axis=1).astype(np.float32)
CORNERS = (np.arange(6)[:, None] * 7 + np.arange(6)).ravel()
FACE_TRIANGLES = np.concatenate(
    [
        np.stack([CORNERS, CORNERS + 1, CORNERS + 8], axis=1),
        np.stack([CORNERS, CORNERS + 8, CORNERS + 7], axis=1),
    ]
)
LOW, LEFT, RIGHT = (np.flatnonzero(part) for part in (GRID_Y < 0, GRID_X > 0.01, GRID_X < -0.01))
TEETH = np.array([[-0.02, 0, 0], [0.02, 0, 0], [0.02, 0.01, 0], [-0.02, 0.01, 0]], np.float32)
TEETH_TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]])


def moved(rows: np.ndarray[Any, Any], delta: tuple[float, float, float]) -> np.ndarray[Any, Any]:
    """[49, 3] float32."""
    deltas = np.zeros_like(FACE)
    deltas[rows] = delta
    return deltas


FACE_SHAPES = {
    "jawOpen": (LOW, (0.0, -0.03, -0.01)),
    "mouthSmile_L": (LEFT, (0.01, 0.01, 0.0)),
    "mouthSmile_R": (RIGHT, (-0.01, 0.01, 0.0)),
    "browInnerUp_L": (LEFT[-6:], (0.0, 0.01, 0.0)),
    "browInnerUp_R": (RIGHT[-6:], (0.0, 0.01, 0.0)),
    "Fat": (np.arange(49), (0.0, 0.0, 0.02)),
}


def hero(path: Path, suffix_form: str = "glb") -> Path:
    """A skinned, textured face with an animation of its own, teeth under a scaled node, a hat without shapes.

    The face rests with Fat at 0.25. The head joint hangs turned under a neck. Buffers and the picture are
    inside, or for `gltf` beside the file.
    """
    b = Builder()
    if suffix_form == "gltf":
        (path.parent / "skin.png").write_bytes(picture())
        image: Json = {"uri": "skin.png"}
    else:
        image = {"bufferView": b.view(picture()), "mimeType": "image/png"}
    b.add("images", image)
    b.add("samplers", {})
    b.add("textures", {"source": 0, "sampler": 0})
    b.add("materials", {"name": "Skin", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}})
    face = _face_mesh(b)
    teeth = _teeth_mesh(b)
    hat_points = b.array(TEETH, "VEC3", bounds=True)
    hat = b.add(
        "meshes",
        {"name": "Hat", "primitives": [{"attributes": {"POSITION": hat_points}, "mode": 5}]},
    )
    half = float(np.sqrt(0.5))
    nodes = [
        {"name": "Armature", "children": [1], "extras": {"keep": ["me", 1]}},
        {"name": "Neck", "translation": [0, 1.4, 0], "rotation": [half, 0, 0, half], "children": [2]},
        {"name": "Head", "translation": [0, 0.1, 0], "rotation": [0, 0, half, half], "children": [3]},
        {"name": "Teeth", "mesh": teeth, "scale": [2, 2, 2], "translation": [0.0, 0.02, 0.03]},
        {"name": "Face", "mesh": face, "skin": 0},
        {"name": "HatNode", "mesh": hat, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1.7, 0, 1]},
    ]
    b.json["nodes"] = nodes
    b.json["nodes"][2]["children"] += [5]
    b.json["scenes"][0]["nodes"] = [0, 4]
    worlds = _bind_worlds()
    inverse = [np.linalg.inv(world).T.ravel() for world in worlds]
    b.add("skins", {"joints": [1, 2], "inverseBindMatrices": b.array(inverse, "MAT4"), "skeleton": 0})
    nod = {"input": b.array([0.0, 1.0], "SCALAR", bounds=True), "interpolation": "LINEAR"}
    b.json["accessors"][-1] |= {"min": [0.0], "max": [1.0]}
    nod["output"] = b.array([[half, 0, 0, half], [0.8, 0, 0, 0.6]], "VEC4")
    b.add(
        "animations",
        {
            "name": "Idle",
            "samplers": [nod],
            "channels": [{"sampler": 0, "target": {"node": 1, "path": "rotation"}}],
        },
    )
    if suffix_form == "glb":
        return b.glb(path)
    return b.gltf(path, inside=suffix_form == "data")


def _bind_worlds() -> list[np.ndarray[Any, Any]]:
    """Where neck and head stand at rest: turned by 90° about x, then about z."""
    neck = np.array([[1, 0, 0, 0], [0, 0, -1, 1.4], [0, 1, 0, 0], [0, 0, 0, 1]], np.float64)
    head = np.array([[0, -1, 0, 0], [1, 0, 0, 0.1], [0, 0, 1, 0], [0, 0, 0, 1]], np.float64)
    return [neck, neck @ head]


def _face_mesh(b: Builder) -> int:
    attributes = {
        "POSITION": b.array(FACE, "VEC3", bounds=True),
        "NORMAL": b.array(np.tile([0, 0, 1], (49, 1)), "VEC3"),
        "TEXCOORD_0": b.array(np.stack([GRID_X, GRID_Y], axis=1) * 5 + 0.5, "VEC2"),
        "JOINTS_0": b.array(np.tile([0, 1, 0, 0], (49, 1)), "VEC4", "<u1"),
        "WEIGHTS_0": b.array(np.tile([64, 191, 0, 0], (49, 1)), "VEC4", "<u1", normalized=True),
    }
    targets = [
        {"POSITION": b.sparse(49, rows, np.tile(delta, (len(rows), 1)))}
        for rows, delta in FACE_SHAPES.values()
    ]
    primitive = {
        "attributes": attributes,
        "indices": b.array(FACE_TRIANGLES.ravel(), "SCALAR", "<u2"),
        "material": 0,
        "targets": targets,
    }
    weights = [0.0, 0.0, 0.0, 0.0, 0.0, 0.25]
    entry = {"name": "Face", "primitives": [primitive], "weights": weights}
    return b.add("meshes", entry | {"extras": {"targetNames": list(FACE_SHAPES), "tag": 7}})


def _teeth_mesh(b: Builder) -> int:
    """Named by its accessors, positions and deltas interleaved in one view."""
    deltas = np.array([[0, -0.01, 0]] * 4, "<f4")
    mixed = np.concatenate([TEETH, deltas], axis=1).astype("<f4")
    view = b.view(mixed.tobytes(), byteStride=24, target=34962)
    common = {"bufferView": view, "componentType": 5126, "count": 4, "type": "VEC3"}
    low, high = TEETH.min(0).tolist(), TEETH.max(0).tolist()
    position = b.add("accessors", {**common, "byteOffset": 0, "min": low, "max": high})
    jaw = b.add("accessors", {**common, "byteOffset": 12, "name": "Jaw_Open"})
    b.json["accessors"][jaw] |= {"min": deltas.min(0).tolist(), "max": deltas.max(0).tolist()}
    primitive = {
        "attributes": {"POSITION": position},
        "indices": b.array(TEETH_TRIANGLES.ravel(), "SCALAR", "<u2"),
        "targets": [{"POSITION": jaw}],
    }
    return b.add("meshes", {"name": "Teeth", "primitives": [primitive]})


VRM_SHAPES = (
    "Fcl_MTH_A",
    "Fcl_MTH_I",
    "Fcl_MTH_U",
    "Fcl_MTH_E",
    "Fcl_MTH_O",
    "Fcl_EYE_Close_L",
    "Fcl_EYE_Close_R",
)


def avatar(path: Path, version: int) -> Path:
    """A minimal VRM avatar whose shapes are named as VRoid names them, with its expressions."""
    b = Builder()
    targets = [
        {"POSITION": b.array(moved(LOW, (0.0, -0.01 * (i + 1), 0.0)), "VEC3", bounds=True)}
        for i in range(len(VRM_SHAPES))
    ]
    primitive: Json = {
        "attributes": {"POSITION": b.array(FACE, "VEC3", bounds=True)},
        "indices": b.array(FACE_TRIANGLES.ravel(), "SCALAR", "<u2"),
        "targets": targets,
        "extras": {"targetNames": list(VRM_SHAPES)},
    }
    b.add("meshes", {"name": "Face", "primitives": [primitive]})
    b.json["nodes"] = [{"name": "J_Bip_C_Head", "children": [1]}, {"name": "Face", "mesh": 0}]
    b.json["scenes"][0]["nodes"] = [0]
    if version == 0:
        presets = ("a", "i", "u", "e", "o", "blink_l", "blink_r")
        groups = [
            {"name": p.upper(), "presetName": p, "binds": [{"mesh": 0, "index": i, "weight": 100}]}
            for i, p in enumerate(presets)
        ]
        vrm: Json = {
            "humanoid": {"humanBones": [{"bone": "head", "node": 0}]},
            "blendShapeMaster": {"blendShapeGroups": groups},
        }
        b.json |= {"extensionsUsed": ["VRM"], "extensions": {"VRM": vrm}}
    else:
        presets = ("aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight")
        preset = {
            p: {"morphTargetBinds": [{"node": 1, "index": i, "weight": 1.0}], "isBinary": False}
            for i, p in enumerate(presets)
        }
        vrm = {
            "specVersion": "1.0",
            "meta": {"name": "Ann", "authors": ["Jo"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
            "humanoid": {"humanBones": {"head": {"node": 0}}},
            "expressions": {"preset": preset, "custom": {}},
        }
        b.json |= {"extensionsUsed": ["VRMC_vrm"], "extensions": {"VRMC_vrm": vrm}}
    return b.glb(path)
