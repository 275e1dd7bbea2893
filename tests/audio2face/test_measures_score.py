"""Recordings of every form are read, heard once, and scored by all systems."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2face.errors import OptionError, TrainingError
from audio2face.features import SAMPLE_RATE
from audio2face.measures import systems
from audio2face.measures.figures import counts, figures
from audio2face.measures.recordings import read_recordings, read_samples, restrict, within
from audio2face.measures.report import as_json, as_rows
from audio2face.measures.score import score
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import ArraySource
from audio2face.teacher import Segment

from .conftest import SAMPLE

PHONES = [
    ["SIL", 0.0, 0.2],
    ["B", 0.2, 0.3],
    ["AA", 0.3, 0.6],
    ["F", 0.6, 0.7],
    ["UW", 0.7, 0.9],
    ["T", 0.9, 0.97],
]


def speech(seconds: float = 1.0) -> np.ndarray:
    samples, rate = soundfile.read(SAMPLE, frames=round(seconds * 16_000), dtype="float32")
    assert rate == SAMPLE_RATE
    return np.asarray(samples)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two speakers, one clip each, with emotions."""
    folder = tmp_path / "labelled"
    folder.mkdir()
    rows = [("a1", "ann", "joy"), ("b1", "bob", "anger")]
    for name, _, _ in rows:
        soundfile.write(folder / f"{name}.flac", speech(), SAMPLE_RATE)
    lines = [
        json.dumps({"id": name, "actor": who, "emotion": mood, "phones": PHONES}) for name, who, mood in rows
    ]
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A take of rig weights at 30 fps with its sound."""
    folder = tmp_path / "rig"
    folder.mkdir()
    soundfile.write(folder / "one.flac", speech(2.0), SAMPLE_RATE)
    jaw = np.abs(np.sin(np.arange(60) / 5)).astype(np.float32)
    np.save(folder / "one_BS_value.npy", np.stack([jaw, 0 * jaw], axis=1))
    np.save(folder / "BS_name.npy", np.array(["mouth_stretch_c", "mouth_press"]))
    return folder


def test_heard_once_gives_what_animate_gives() -> None:
    for name in ("studio", "live"):
        model = load_model(name)
        samples = speech(3.3)
        heard = systems.hear(samples, model)
        clip = systems.model(heard, model, {"joy": 0.5})
        other = animate(ArraySource(samples, SAMPLE_RATE, block_seconds=0.7), model, 120, {"joy": 0.5})
        assert clip.frames == other.frames == heard.frames
        np.testing.assert_allclose(clip.weights, other.weights, atol=2e-3)


def test_labelled_folders_have_speakers_emotions_and_phones(labelled: Path) -> None:
    found = read_recordings(labelled)
    assert [(one.name, one.speaker, one.emotion, len(one.phones)) for one in found] == [
        ("a1", "ann", "joy", 6),
        ("b1", "bob", "anger", 6),
    ]
    assert [one.name for one in restrict(found, ["bob"], labelled)] == ["b1"]
    with pytest.raises(OptionError, match=r"no recording of eve in .*; its speakers are ann, bob"):
        restrict(found, ["eve"], labelled)


def test_phones_beyond_the_sound_are_left_out() -> None:
    phones = [Segment("B", 0.1, 0.2), Segment("AA", 0.2, 1.0), Segment("M", 1.0, 1.1)]
    assert [phone.label for phone in within(phones, 1.0)] == ["B", "AA"]
    assert len(within(phones, None)) == 3


def test_all_systems_are_scored_on_the_same_clips(labelled: Path) -> None:
    scores = score(read_recordings(labelled), load_model("live"))
    table = figures(scores)
    assert list(table["recall"]) == ["mean pose", "loudness", "teacher", "model"]
    assert table["recall"]["teacher"].value == 1.0 and table["recall"]["mean pose"].value == 0.0
    assert table["teeth recall"]["teacher"].value == 1.0
    assert table["rounding"]["teacher"].value > 0.9
    assert counts(scores) == {"p b m": 2, "vowels": 2, "f v": 2}
    report = as_json(table, counts(scores))
    assert report["teacher"]["recall"] == 1.0 and report["model"]["p b m"] == 2
    json.dumps(report, allow_nan=False)
    rows = as_rows(table, 0.06, "live")
    assert rows[0] == ("", "mean pose", "loudness", "teacher", "live", "95 % interval", "goal")
    assert rows[1][0] == "p b m closed" and rows[1][3] == "100.0%" and rows[1][-1].startswith("≥ 95.0%")


def test_figures_of_some_clips_only(labelled: Path) -> None:
    scores = score(read_recordings(labelled), load_model("live"))
    everything = figures(scores)["recall"]["teacher"]
    assert figures(scores, lambda one: one.speaker == "ann")["recall"]["teacher"].value == everything.value
    assert figures(scores, lambda one: one.speaker == "eve") == {}


def test_exported_rig_motion_is_read(exported: Path) -> None:
    (take,) = read_recordings(exported)
    assert take.rig is not None and take.rig.fps == 30 and take.rig.names[0] == "mouth_stretch_c"
    assert len(read_samples(take.audio)) == 2 * SAMPLE_RATE
    table = figures(score([take], load_model("live")))
    assert list(table) == ["jaw r"] and list(table["jaw r"]) == ["mean pose", "loudness", "model"]


def test_damaged_rig_motion_is_refused(exported: Path) -> None:
    (exported / "BS_name.npy").write_bytes(b"no array")
    with pytest.raises(TrainingError, match=r"BS_name\.npy is no whole \.npy array"):
        read_recordings(exported)
