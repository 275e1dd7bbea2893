"""Readers given files that are damaged, cut off, wrong or made to hurt: one line, no long wait."""

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

from exporters import FormatError, read_clip, write_clip
from rigs import AnimationClip, Rig

ClipMaker = Callable[..., AnimationClip]

GOOD = {"exportFps": 30, "facsNames": ["a", "b"], "numPoses": 2, "numFrames": 1, "weightMat": [[0, 1]]}


def refused(file: Path, content: bytes, message: str = "") -> None:
    """Reading that content ends with one line that names the file."""
    file.write_bytes(content)
    with pytest.raises(FormatError, match=message or None) as caught:
        read_clip(file)
    assert str(caught.value).startswith(f"cannot read {file}: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(file)) + 400


@pytest.mark.parametrize("suffix", [".json", ".csv", ".npz", ".glb"])
@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"hello, world\n", bytes(range(256)) * 9, b"\xff\xfe\x00", b"[" * 99999]
)
def test_no_such_file_at_all(tmp_path: Path, suffix: str, content: bytes) -> None:
    refused(tmp_path / f"clip{suffix}", content)


@pytest.mark.parametrize("suffix", [".json", ".csv", ".npz", ".glb"])
def test_cut_off_anywhere(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, suffix: str) -> None:
    content = write_clip(make_clip(4, head=True), tmp_path / f"good{suffix}", rig=tiny_rig).read_bytes()
    file = tmp_path / f"clip{suffix}"
    for length in np.linspace(0, len(content) - 30, 60).astype(int).tolist():
        try:
            file.write_bytes(content[:length])
            clip = read_clip(file)
        except FormatError:
            continue
        assert suffix == ".csv", f"{length} of {len(content)} bytes were read"
        assert clip.frames < 4  # whole rows of a table are a table


@pytest.mark.parametrize("suffix", [".json", ".csv", ".npz", ".glb"])
def test_damaged_anywhere(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig, suffix: str) -> None:
    content = write_clip(make_clip(4, head=True), tmp_path / f"good{suffix}", rig=tiny_rig).read_bytes()
    file = tmp_path / f"clip{suffix}"
    random = np.random.default_rng(3)
    for _ in range(300):
        damaged = bytearray(content)
        for place in random.integers(
            0, min(len(content), 4000 if random.random() < 0.5 else len(content)), 3
        ):
            damaged[place] = random.integers(256)
        file.write_bytes(damaged)
        try:
            assert isinstance(read_clip(file), AnimationClip)
        except FormatError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weightMat": [[0, 1], [0]]}, "weightMat has rows of different lengths"),
        ({"weightMat": [[0, 1, 2]]}, r"weights has shape \(1, 3\)"),
        ({"weightMat": []}, "numFrames says 1, but the file has 0"),
        ({"weightMat": [[[0], [1]]]}, "other than rows of numbers"),
        ({"weightMat": [["0", "1"]]}, "other than rows of numbers"),
        ({"weightMat": [[10**400, 1]]}, "other than rows of numbers"),
        ({"weightMat": [[1e300, 1]]}, "NaN or infinite"),
        ({"weightMat": [[float("nan"), 1]]}, "NaN or infinite"),
        ({"weightMat": {"0": 1}}, "weightMat is no list of lists"),
        ({"weightMat": None}, "weightMat is no list of lists"),
        ({"numFrames": 10**18}, "numFrames says 1000000000000000000, but the file has 1"),
        ({"numPoses": 3}, "numPoses says 3, but the file has 2"),
        ({"facsNames": ["a", "a"]}, "channel names appear twice: a"),
        ({"facsNames": [1, 2]}, "facsNames is no list of names"),
        ({"exportFps": 0}, "fps is 0"),
        ({"exportFps": "30"}, "exportFps is '30'"),
        ({"exportFps": float("inf")}, "exportFps is .inf"),
        ({"exportFps": 5000}, "fps is 5000"),
        ({"exportFps": 10**400}, "exportFps is '1000"),
        ({"weightMat": [], "numFrames": 0}, r"weights has shape \(0,\)"),
        ({"weightMat": [[]], "facsNames": ["a"], "numPoses": 1}, r"weights has shape \(1, 0\)"),
        ({"exportFps": True}, "exportFps is 'True'"),
        ({"headRotation": [[1, 2]]}, r"head has shape \(1, 2\)"),
    ],
)
def test_json_that_cannot_be_right(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    refused(tmp_path / "clip.json", json.dumps(GOOD | change).encode(), message)


def test_csv_that_cannot_be_right(tmp_path: Path, make_clip: ClipMaker) -> None:
    text = write_clip(make_clip(4), tmp_path / "good.csv").read_text(encoding="ascii")
    header, *rows = text.splitlines()
    first, second = rows[:2]

    def refuse(lines: list[str], message: str) -> None:
        refused(tmp_path / "clip.csv", "\n".join(lines).encode(), message)

    refuse([header], "it has no rows")
    refuse([header.replace("Timecode", "Time"), first], "header starts 'Time,BlendShapeCount'")
    refuse([header.replace("JawOpen", "Jaw"), first], "unknown Jaw")
    refuse([header.replace(",JawOpen", ""), first], "missing JawOpen")
    refuse([header.replace("JawOpen", "JawLeft"), first], "missing JawOpen")
    refuse([header + ",Extra", first], "unknown Extra")
    refuse([header, first + ",0"], "row 2: 64 columns; expected 63")
    refuse([header, first, second.rsplit(",", 1)[0]], "row 3: 62 columns; expected 63")
    refuse([header, first.rsplit(",", 1)[0] + ","], "row 2: could not convert")
    refuse([header, first.rsplit(",", 1)[0] + ",nan"], "row 2: NaN or infinite")
    refuse([header, first.rsplit(",", 1)[0] + ",1e999"], "row 2: NaN or infinite")
    refuse([header, first.rsplit(",", 1)[0] + ",1e99"], "NaN or infinite")
    refuse([header, "25" + first[2:]], "row 2: timecode '25:00:00:00.000' is no time of day")
    refuse([header, "now" + first], "row 2: timecode 'now00")
    refuse([header, second, first], "row 3: its timecode does not come after the row above")
    refuse([header, first.split(",", 1)[0] + ",0"], "no row has a face")
    refuse([header, *rows[:3], "23:00:00:00.000,0"], "span 2484000 frames at 30 fps; split the recording")
    refuse([header, first + "," + "x" * 200_000], "it is no table|columns")


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
def test_npz_that_cannot_be_right(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    good = {"names": np.array(["a", "b"]), "weights": np.zeros((1, 2)), "fps": np.array(30)}
    refused(tmp_path / "clip.npz", npz(**(good | change)), message)


def test_npz_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.clip_npz.LARGEST", 100_000)
    content = npz(names=np.array(["a"]), weights=np.zeros((100_000, 1)), fps=np.array(30))
    assert len(content) < 3000
    refused(tmp_path / "clip.npz", content, r"weights\.npy unpacks to 800128 bytes")


def test_npz_of_other_kinds(tmp_path: Path) -> None:
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
def test_glb_that_cannot_be_right(tmp_path: Path, content: bytes, message: str) -> None:
    refused(tmp_path / "clip.glb", content, message)


def test_glb_with_other_keys_says_what_to_do(tmp_path: Path) -> None:
    document = moving()
    document["animations"][0]["samplers"][0]["interpolation"] = "CUBICSPLINE"
    refused(tmp_path / "clip.glb", glb(document, BLOB), "its keys are CUBICSPLINE; bake them to LINEAR first")
