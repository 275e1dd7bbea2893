"""`audio2face animate`: the files it writes, and a place that cannot be written to."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face.models.bundle import BUNDLES
from exporters import read_clip
from rigs import ARKIT_NAMES

Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


def test_one_file_becomes_one_file(line: Path, here: Path, run: Run, names: Names) -> None:
    done = run("animate", "line.wav", "-o", "talk.json")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("talk.json: 60 frames, 1.00 s at ")
    assert names(here) == ["line.wav", "talk.json"]
    clip = read_clip(here / "talk.json")
    assert (clip.names, clip.frames, clip.fps, clip.audio) == (ARKIT_NAMES, 60, 60, "line.wav")


@pytest.mark.parametrize(
    ("asked", "written"), [("24", "24"), ("29.97", "29.97"), ("30", "30"), ("60.0", "60")]
)
def test_rate_appears_in_the_file_as_asked(
    line: Path, here: Path, asked: str, written: str, run: Run
) -> None:
    assert run("animate", "line.wav", "-o", "talk.json", "--fps", asked).code == 0
    text = (here / "talk.json").read_text(encoding="utf-8")
    assert f'"exportFps":{written},' in text
    assert json.loads(text)["numFrames"] == round(float(asked))


def test_json_goes_to_stdout_and_nothing_else(line: Path, run: Run) -> None:
    done = run("animate", "line.wav", "-o", "talk.csv", "--json", "--fps", "29.97")
    assert (done.code, done.err) == (0, "")
    (row,) = json.loads(done.out)["done"]
    assert (row["input"], row["outputs"], row["frames"], row["fps"]) == ("line.wav", ["talk.csv"], 30, 29.97)
    assert json.loads(done.out)["failed"] == []


def test_several_formats_of_one_file(line: Path, here: Path, run: Run, names: Names) -> None:
    arguments = [
        "--format",
        "json",
        "--format",
        "CSV",
        "--format",
        "npz",
        "--format",
        "glb",
        "--format",
        "csv",
    ]
    assert run("animate", "line.wav", "-o", "talk.json", *arguments).code == 0
    assert names(here) == ["line.wav", "talk.csv", "talk.glb", "talk.json", "talk.npz"]
    clips = [read_clip(here / f"talk.{suffix}") for suffix in ("json", "csv", "npz", "glb")]
    for clip in clips:
        jaw = clip.channel("jawOpen")
        assert len(jaw) == 60
        np.testing.assert_allclose(jaw, clips[0].channel("jawOpen"), atol=1e-5)


def test_format_overrides_the_suffix(line: Path, here: Path, run: Run) -> None:
    assert run("animate", "line.wav", "-o", "talk.anim", "--format", "json").code == 0
    assert json.loads((here / "talk.anim").read_text(encoding="utf-8"))["numFrames"] == 60


def test_many_files_go_to_a_folder_that_is_made(line: Path, here: Path, run: Run, names: Names) -> None:
    (here / "Zweite Zeile.v2.wav").write_bytes(line.read_bytes())
    arguments = [
        "animate",
        "line.wav",
        "Zweite Zeile.v2.wav",
        "-o",
        "a/b",
        "--format",
        "json",
        "--format",
        "csv",
    ]
    assert run(*arguments).code == 0
    wanted = ["Zweite Zeile.v2.csv", "Zweite Zeile.v2.json", "line.csv", "line.json"]
    assert names(here / "a" / "b") == wanted


def test_emotion_and_gain_reach_the_file(line: Path, here: Path, run: Run) -> None:
    assert run("animate", "line.wav", "-o", "plain.npz").code == 0
    mood = [
        "--emotion",
        "joy=0.8, surprise=0.1",
        "--gain",
        "jawOpen=0.5",
        "--gain",
        "mouthPucker=0,mouthFunnel=0",
    ]
    assert run("animate", "line.wav", "-o", "moved.npz", *mood).code == 0
    assert run("animate", "line.wav", "-o", "wide.npz", "--emotion", "joy=0.8,surprise=0.1").code == 0
    plain, moved, wide = (read_clip(here / f"{name}.npz") for name in ("plain", "moved", "wide"))
    assert moved.channel("mouthSmileLeft").mean() > plain.channel("mouthSmileLeft").mean() + 0.03
    assert not moved.channel("mouthPucker").any() and not moved.channel("mouthFunnel").any()
    np.testing.assert_allclose(moved.channel("jawOpen"), 0.5 * wide.channel("jawOpen"), atol=1e-6)


def test_models_can_be_named_or_be_folders(line: Path, here: Path, run: Run) -> None:
    shutil.copytree(BUNDLES / "live", here / "mine")
    for model, output in (("live", "a.npz"), ("mine", "b.npz")):
        assert run("animate", "line.wav", "-o", output, "--model", model).code == 0
    assert np.array_equal(read_clip(here / "a.npz").weights, read_clip(here / "b.npz").weights)


@pytest.mark.parametrize("where", ["write_text", "write_array"])
def test_full_disk_leaves_nothing(
    line: Path, here: Path, monkeypatch: pytest.MonkeyPatch, where: str, refused: Refused, names: Names
) -> None:
    def full(target: Any, *_: object, **__: object) -> None:
        target.write_bytes(b"half") if isinstance(target, Path) else target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    (here / "out").mkdir()
    (here / "out" / "talk.json").write_bytes(b"old")
    if where == "write_text":
        monkeypatch.setattr(Path, "write_text", full)
        said = refused("animate", "line.wav", "-o", "out/talk.json")
        assert said.startswith("cannot write out/talk.json: the disk of out is full")
    else:
        monkeypatch.setattr(np.lib.format, "write_array", full)
        said = refused("animate", "line.wav", "-o", "out/talk.npz")
        assert said.startswith("cannot write out/talk.npz: the disk of out is full")
    assert names(here / "out") == ["talk.json"]
    assert (here / "out" / "talk.json").read_bytes() == b"old"


def test_locked_folder(
    line: Path, here: Path, monkeypatch: pytest.MonkeyPatch, refused: Refused, names: Names
) -> None:
    """Patched, since an administrator may write everywhere."""

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_text", locked)
    assert "no permission in" in refused("animate", "line.wav", "-o", "talk.json")
    monkeypatch.setattr(Path, "mkdir", locked)
    said = refused("animate", "line.wav", "-o", "out")
    assert said == "cannot make the folder out: Permission denied"
    assert names(here) == ["line.wav"]


def test_emotions_that_move_reach_the_file(line: Path, here: Path, run: Run) -> None:
    (here / "moods.csv").write_text("time,surprise\n0.2,0\n0.6,1\n")
    words = ("--emotion", "auto:strength=0.5", "--emotion", "moods.csv", "--emotion", "joy:soft")
    assert run("animate", "line.wav", "-o", "moved.npz", "--no-eyes", *words).code == 0
    assert run("animate", "line.wav", "-o", "still.npz", "--no-eyes", "--emotion", "joy=0.35").code == 0
    moved, still = read_clip(here / "moved.npz"), read_clip(here / "still.npz")
    brow = (moved.weights - still.weights)[:, moved.names.index("browOuterUpLeft")]
    assert np.abs(brow[:8]).max() < 0.1 and brow[40:].min() > 0.7
