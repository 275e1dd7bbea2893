"""npz and glb that are damaged, wrong or made to hurt."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import read_clip

Refusal = Callable[..., None]


def npz(**arrays: Any) -> bytes:
    """The bytes of an archive; a value that is bytes is stored as it is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in arrays.items():
            member = io.BytesIO()
            if not isinstance(value, bytes):
                np.save(member, value)
            archive.writestr(f"{name}.npy", value if isinstance(value, bytes) else member.getvalue())
    return stream.getvalue()


def claims(shape: str) -> bytes:
    """An array file that claims a shape and holds a few bytes."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(64)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": np.array(["a"], dtype=object)}, "plain arrays: Object arrays"),
        ({"names": np.array([1, 2])}, "names is int"),
        ({"names": np.array([["a", "b"]])}, "names is .* of shape"),
        ({"names": np.array(["a", "b", "c"])}, "weights has shape"),
        ({"weights": np.zeros((0, 2))}, "no frames"),
        ({"weights": np.zeros(2)}, "weights has shape"),
        ({"weights": np.full((1, 2), np.nan)}, "NaN"),
        ({"weights": np.full((1, 2), 1e300)}, "infinite"),
        ({"weights": np.array([["a", "b"]])}, "weights is <U1"),
        ({"weights": claims("(10000000000000, 2)")}, "no whole npz"),
        ({"weights": claims("(-1, 2)")}, ""),
        ({"weights": claims("__import__('os')")}, "no whole npz"),
        ({"weights": b"text"}, ""),
        ({"fps": np.array([30, 60])}, "fps is"),
        ({"fps": np.array(np.nan)}, "fps is"),
        ({"fps": np.array("30")}, "fps is"),
        ({"fps": np.array(0)}, "fps is 0"),
        ({"head": np.zeros((2, 3))}, "head has shape"),
        ({"head": np.array([["a", "b", "c"]])}, "head is <U1; expected numbers"),
    ],
    ids=str,
)
def test_npz_that_cannot_be_right(
    tmp_path: Path, change: dict[str, Any], message: str, refused: Refusal
) -> None:
    good = {"names": np.array(["a", "b"]), "weights": np.zeros((1, 2)), "fps": np.array(30)}
    refused(tmp_path / "clip.npz", npz(**(good | change)), message)


def test_npz_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Refusal
) -> None:
    monkeypatch.setattr("exporters.clip_npz.LARGEST", 100_000)
    content = npz(names=np.array(["a"]), weights=np.zeros((100_000, 1)), fps=np.array(30))
    assert len(content) < 3000
    refused(tmp_path / "clip.npz", content, r"weights\.npy unpacks to 800128 bytes")


def test_npz_of_other_kinds(tmp_path: Path, refused: Refusal) -> None:
    plain = io.BytesIO()
    np.save(plain, np.zeros(3))
    refused(tmp_path / "clip.npz", plain.getvalue(), "no whole npz")
    refused(tmp_path / "clip.npz", pickle.dumps({"weights": [[0]]}), "no whole npz")
    refused(tmp_path / "clip.npz", npz(), "it has no names, weights, fps; it has nothing")
    refused(tmp_path / "clip.npz", npz(weights=np.zeros((1, 1))), "it has no names, fps; it has weights")


def glb(document: Any, blob: bytes = bytes(64), version: int = 2) -> bytes:
    """A glb of that JSON."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
    return b"glTF" + struct.pack("<II", version, 12 + len(body)) + body


def moving(**accessor: Any) -> dict[str, Any]:
    """A small animation of one target over two keys; `accessor` changes that of the weights."""
    weights = {"bufferView": 0, "byteOffset": 8, "componentType": 5126, "count": 2, "type": "SCALAR"}
    return {
        "asset": {"version": "2.0"},
        "nodes": [{"mesh": 0}],
        "meshes": [{"extras": {"targetNames": ["jawOpen"]}}],
        "accessors": [weights | {"byteOffset": 0}, weights | accessor],
        "bufferViews": [{"buffer": 0, "byteLength": 16}],
        "animations": [
            {
                "channels": [{"sampler": 0, "target": {"node": 0, "path": "weights"}}],
                "samplers": [{"input": 0, "output": 1}],
            }
        ],
    }


BLOB = struct.pack("<4f", 0, 0.04, 0.5, 1)


def test_a_small_glb_by_hand_is_read(tmp_path: Path) -> None:
    file = tmp_path / "clip.glb"
    file.write_bytes(glb(moving(), BLOB))
    clip = read_clip(file)
    assert (clip.names, clip.fps, clip.weights.tolist(), clip.head) == (
        ("jawOpen",),
        25,
        [[0.5], [1.0]],
        None,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (glb(moving(), BLOB, version=1), "glb version 1"),
        (glb(b"{]"), "without readable JSON"),
        (glb(b"[" * 100_000), ""),
        (glb([]), "structure is broken"),
        (glb({}), "no animation of morph-target weights"),
        (glb({"animations": 5}), "structure is broken"),
        (glb(moving() | {"meshes": [{}]}, BLOB), "does not name its morph targets"),
        (glb(moving() | {"meshes": []}, BLOB), "structure is broken"),
        (glb(moving() | {"nodes": [{"mesh": -1}]}, BLOB), "'-1' where a count or index belongs"),
        (glb(moving(count=10**12), BLOB), "reaches byte .*; the file is cut off"),
        (glb(moving(count=10**400), BLOB), "where a count or index belongs"),
        (glb(moving(count=-1), BLOB), "'-1' where a count or index belongs"),
        (glb(moving(count=1.5), BLOB), "'1.5' where a count or index belongs"),
        (glb(moving(count=1), BLOB), "1 weights for 2 times of 1 targets"),
        (glb(moving(byteOffset=-8), BLOB), "'-8' where a count or index belongs"),
        (glb(moving(componentType=5121), BLOB), "does not hold plain floats"),
        (glb(moving(type="VEC3"), BLOB), "does not hold plain floats"),
        (glb(moving(bufferView="x"), BLOB), "'x' where a count or index belongs"),
        (glb(moving(), struct.pack("<4f", 0, 0.04, float("nan"), 1)), "NaN"),
        (glb(moving(), struct.pack("<4f", 0, float("nan"), 0, 1)), "not evenly spaced"),
        (glb(moving(), struct.pack("<4f", 1, 1, 0, 1)), "not evenly spaced"),
        (glb(moving(), struct.pack("<4f", 0, 1e-9, 0, 1)), "fps is"),
        (glb(moving(), struct.pack("<4f", 0, 1e9, 0, 1)), "fps is"),
    ],
)
def test_glb_that_cannot_be_right(tmp_path: Path, content: bytes, message: str, refused: Refusal) -> None:
    refused(tmp_path / "clip.glb", content, message)


def test_glb_with_other_keys_says_what_to_do(tmp_path: Path, refused: Refusal) -> None:
    document = moving()
    document["animations"][0]["samplers"][0]["interpolation"] = "CUBICSPLINE"
    refused(tmp_path / "clip.glb", glb(document, BLOB), "its keys are CUBICSPLINE; bake them to LINEAR first")
