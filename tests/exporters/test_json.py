"""The Audio2Face JSON, read by nothing but the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exporters import read_clip, write_clip
from rigs import AnimationClip

ClipMaker = Callable[..., AnimationClip]


@pytest.mark.parametrize(("fps", "written"), [(60, "60"), (29.97, "29.97"), (30.0, "30"), (23.976, "23.976")])
def test_facts_of_the_form(tmp_path: Path, make_clip: ClipMaker, fps: float, written: str) -> None:
    clip = make_clip(45, fps, audio="take 1.wav")
    text = write_clip(clip, tmp_path / "clip.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert list(document) == ["exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat"]
    assert f'"exportFps":{written},' in text
    assert (document["numPoses"], document["numFrames"], document["trackPath"]) == (52, 45, "take 1.wav")
    assert document["facsNames"] == list(clip.names)
    assert len(document["weightMat"]) == 45
    assert {len(row) for row in document["weightMat"]} == {52}
    np.testing.assert_allclose(document["weightMat"], clip.weights, atol=5.1e-7)


def test_compact_and_rounded(tmp_path: Path) -> None:
    clip = AnimationClip(("a", "ü"), np.array([[1 / 3, -1e-9], [1, 0.25]]), 30)
    text = write_clip(clip, tmp_path / "clip.json").read_text(encoding="utf-8")
    assert text == (
        '{"exportFps":30,"trackPath":"","numPoses":2,"numFrames":2,"facsNames":["a","ü"],'
        '"weightMat":[[0.333333,0.0],[1.0,0.25]]}\n'
    )


@pytest.mark.parametrize("head", [False, True])
def test_reading_back(tmp_path: Path, make_clip: ClipMaker, head: bool) -> None:
    clip = make_clip(33, 29.97, head=head, audio="söund.wav")
    back = read_clip(write_clip(clip, tmp_path / "clip.json"))
    assert (back.names, back.fps, back.audio) == (clip.names, 29.97, "söund.wav")
    np.testing.assert_allclose(back.weights, clip.weights, atol=5.1e-7)
    assert (back.head is None) == (not head)
    if back.head is not None:
        np.testing.assert_allclose(back.head, clip.head, atol=2e-6)


def test_a_written_file_reads_and_writes_the_same(tmp_path: Path, make_clip: ClipMaker) -> None:
    first = write_clip(make_clip(head=True), tmp_path / "first.json")
    second = write_clip(read_clip(first), tmp_path / "second.json")
    assert first.read_bytes() == second.read_bytes()


def test_a_file_of_another_program(tmp_path: Path) -> None:
    """Other keys, spaces, a byte-order mark, integers among the weights."""
    file = tmp_path / "a2f_export_bsweight.json"
    document = {
        "exportFps": 60.0,
        "trackPath": "C:\\voice.wav",
        "numPoses": 2,
        "numFrames": 2,
        "facsNames": ["browDownLeft", "jawOpen"],
        "weightMat": [[0, 0.5], [1, 0]],
        "joints": ["jaw"],
    }
    file.write_text(json.dumps(document, indent=4), encoding="utf-8-sig")
    clip = read_clip(file)
    assert (clip.names, clip.fps, clip.audio) == (("browDownLeft", "jawOpen"), 60, "C:\\voice.wav")
    np.testing.assert_array_equal(clip.weights, [[0, 0.5], [1, 0]])
