"""Anchor points as files: read back by numpy, csv and json, within the precision that is documented."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio2face.commands.demo import SAMPLE
from audio2face.commands.main import main
from exporters import FormatError, find_format, read_clip, write_clip
from rigs import AnimationClip, Rig, default_head
from rigs.anchors import LAYOUTS, anchor_positions

ClipMaker = Callable[..., AnimationClip]


def expected(clip: AnimationClip, layout: str) -> np.ndarray:
    return anchor_positions(default_head(), clip.weights, layout, clip.names)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_npz_is_exact(tmp_path: Path, make_clip: ClipMaker, layout: str) -> None:
    clip = make_clip(frames=600, fps=29.97, head=True)
    file = write_clip(clip, tmp_path / "line.npz", layout)
    with np.load(file, allow_pickle=False) as archive:
        assert sorted(archive.files) == ["fps", "head", "layout", "positions"]
        np.testing.assert_array_equal(archive["positions"], expected(clip, layout))
        np.testing.assert_array_equal(archive["head"], clip.head)
        assert (archive["fps"], archive["layout"]) == (29.97, layout)
    first = file.read_bytes()
    assert write_clip(clip, tmp_path / "line.npz", layout).read_bytes() == first


@pytest.mark.parametrize("layout", LAYOUTS)
def test_csv_is_within_a_micrometre(tmp_path: Path, make_clip: ClipMaker, layout: str) -> None:
    clip = make_clip(frames=40, fps=30)
    file = write_clip(clip, tmp_path / "line.csv", layout)
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert len(rows) == 40
    places = expected(clip, layout)
    assert list(rows[0])[:4] == ["time", "0.x", "0.y", "0.z"]
    for point in (0, 13, places.shape[1] - 1):
        found = [[float(row[f"{point}.{axis}"]) for axis in "xyz"] for row in rows]
        np.testing.assert_allclose(found, places[:, point], atol=6e-7)
    np.testing.assert_allclose([float(row["time"]) for row in rows], clip.times, atol=6e-7)


@pytest.mark.parametrize("frames", [1, 300])
def test_json_is_within_a_micrometre(tmp_path: Path, make_clip: ClipMaker, frames: int) -> None:
    clip = make_clip(frames=frames, head=True)
    content = json.loads(write_clip(clip, tmp_path / "line.json", "anchors68").read_text(encoding="utf-8"))
    np.testing.assert_allclose(content["positions"], expected(clip, "anchors68"), atol=6e-7)
    assert (content["layout"], content["unit"], content["points"]) == ("anchors68", "metre", 68)
    np.testing.assert_allclose(content["head"], clip.head, atol=1e-5)


def test_they_must_be_asked_for_by_name() -> None:
    assert find_format(Path("line.npz")).name == "npz"
    assert find_format(Path("line.csv")).name == "csv"
    assert find_format(Path("line.npz"), "anchors478").name == "anchors478"


def test_what_cannot_be_is_one_line(tmp_path: Path, make_clip: ClipMaker, tiny_rig: Rig) -> None:
    with pytest.raises(FormatError, match=r"anchors68 come as .npz, .csv, .json, not as '.txt'"):
        write_clip(make_clip(), tmp_path / "line.txt", "anchors68")
    with pytest.raises(FormatError, match=r"head of \d{5} vertices; this rig has 144"):
        write_clip(make_clip(), tmp_path / "line.npz", "anchors68", rig=tiny_rig)
    with pytest.raises(FormatError, match="the head has none of the clip's channels"):
        write_clip(make_clip(names=("A", "B")), tmp_path / "line.npz", "anchors68")
    with pytest.raises(FormatError, match="anchors68 files are written only"):
        read_clip(tmp_path / "line.npz", "anchors68")
    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("line.npz", "line.csv", "line.json"):
        main(
            ["animate", str(SAMPLE), "-o", str(tmp_path / name), "--format", "anchors478"],
            standalone_mode=False,
        )
    with np.load(tmp_path / "line.npz") as archive:
        positions = archive["positions"]
    assert positions.shape == (312, 478, 3)
    opening = positions[:, 13, 1] - positions[:, 14, 1]
    assert opening.max() > 0.005  # the mouth of the sentence opens
    assert len((tmp_path / "line.csv").read_text(encoding="utf-8").splitlines()) == 313


def test_formats_of_one_suffix_are_named_apart(tmp_path: Path) -> None:
    output = tmp_path / "line.npz"
    with pytest.raises(SystemExit):
        main(["animate", str(SAMPLE), "-o", str(output), "--format", "npz", "--format", "anchors68"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["line.anchors68.npz", "line.npz"]
