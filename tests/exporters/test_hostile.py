"""Readers given files that are damaged, cut off, wrong or made to hurt: one line, no long wait."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import AnimationClip, Rig

ClipMaker = Callable[..., AnimationClip]
Refusal = Callable[..., None]

GOOD = {"exportFps": 30, "facsNames": ["a", "b"], "numPoses": 2, "numFrames": 1, "weightMat": [[0, 1]]}


@pytest.mark.parametrize("suffix", [".json", ".csv", ".npz", ".glb"])
@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"hello, world\n", bytes(range(256)) * 9, b"\xff\xfe\x00", b"[" * 99999]
)
def test_no_such_file_at_all(tmp_path: Path, suffix: str, content: bytes, refused: Refusal) -> None:
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
def test_json_that_cannot_be_right(
    tmp_path: Path, change: dict[str, Any], message: str, refused: Refusal
) -> None:
    refused(tmp_path / "clip.json", json.dumps(GOOD | change).encode(), message)


def test_csv_that_cannot_be_right(tmp_path: Path, make_clip: ClipMaker, refused: Refusal) -> None:
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
