"""What the command line shows: demo, doctor, the tables and the help."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face.checks import Finding, installed
from audio2face.commands.main import COMMANDS
from audio2face.emotion import INTENSITIES, PRESETS
from audio2face.models import bundled
from audio2face.models.bundle import BUNDLES
from exporters import formats as known_formats
from exporters import read_clip
from rigs.catalogue import catalogue

Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


def test_demo(here: Path, run: Run, names: Names) -> None:
    done = run("demo", "-o", "demo")
    assert (done.code, done.out) == (0, "")
    assert len(done.err.splitlines()) == 7
    assert "5.2 s of speech became 312 frames of 52 ARKit weights" in done.err
    suffixes = ("csv", "fbx", "glb", "html", "json", "npz", "png")
    assert names(here / "demo") == [f"talk.{suffix}" for suffix in suffixes]
    assert "</html>" in (here / "demo" / "talk.html").read_text("utf-8")
    assert (here / "demo" / "talk.png").read_bytes().startswith(b"\x89PNG")
    clips = [read_clip(here / "demo" / f"talk{suffix}") for suffix in (".json", ".csv", ".npz", ".glb")]
    assert {clip.frames for clip in clips} == {312}
    assert np.ptp(clips[0].channel("jawOpen")) > 0.1


def test_demo_in_a_place_that_is_taken(here: Path, refused: Refused) -> None:
    (here / "taken").write_bytes(b"mine")
    assert (
        refused("demo", "-o", "taken")
        == "cannot make the folder taken: a file of that name is there; choose another"
    )


@pytest.fixture
def no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of this computer's microphones and ports."""
    doctor = importlib.import_module("audio2face.commands.doctor")
    monkeypatch.setattr(doctor, "check_microphone", lambda *_: Finding("microphone", "ok", "heard"))
    monkeypatch.setattr(doctor, "check_ports", list)
    monkeypatch.setattr(installed, "_graphics", list)  # OpenGL and TensorFlow cannot share a process
    monkeypatch.setattr(doctor, "check_studio", lambda: Finding("port 8001", "ok", "answers"))


def test_doctor(run: Run, no_machine: None) -> None:
    done = run("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    found = {row["what"]: row for row in json.loads(done.out)}
    assert {row["state"] for row in found.values()} <= {"ok", "missing"}
    for name in bundled():
        assert found[f"model {name}"]["detail"].startswith("runs; ")
    for row in found.values():
        if row["state"] == "missing":
            assert "get it with: pip install 'audio2face[" in row["detail"]
    table = run("doctor")
    assert (table.code, len(table.out.splitlines())) == (0, len(found))


def test_doctor_finds_a_broken_model(
    here: Path, monkeypatch: pytest.MonkeyPatch, run: Run, no_machine: None
) -> None:
    shutil.copytree(BUNDLES, here / "bundles")
    (here / "bundles" / "live" / "model.tflite").write_bytes(b"")
    monkeypatch.setattr("audio2face.models.bundle.BUNDLES", here / "bundles")
    done = run("doctor", "--json")
    assert (done.code, done.err) == (1, "audio2face: 1 broken: model live\n")
    found = {row["what"]: row for row in json.loads(done.out)}
    assert "does not match the checksum" in found["model live"]["detail"]
    assert found["model studio"]["state"] == "ok"


def test_formats_table(run: Run) -> None:
    done = run("formats")
    assert (done.code, done.err) == (0, "")
    rows = done.out.splitlines()
    assert [row.split()[:2] for row in rows] == [[entry.name, entry.suffix] for entry in known_formats()]
    listed = json.loads(run("formats", "--json").out)
    assert [row["name"] for row in listed] == [entry.name for entry in known_formats()]


def test_models_table(run: Run) -> None:
    done = run("models")
    assert (done.code, done.err) == (0, "")
    table, presets = done.out.split("\n\n")
    assert [row.split()[0] for row in table.splitlines()] == ["name", *bundled()]
    assert [row.split()[1] for row in table.splitlines()] == ["network", *("formant" for _ in bundled())]
    words = [row.split()[0] for row in presets.splitlines()[1:]]
    assert words == [*(f"NAME:{word}" for word in INTENSITIES), *PRESETS, "auto"]
    listed = json.loads(run("models", "--json").out)
    assert [row["name"] for row in listed] == list(bundled())
    assert all(row["licence"] and row["channels"] for row in listed)


def test_rigs_table(run: Run) -> None:
    done = run("rigs")
    assert (done.code, done.err) == (0, "")
    assert [row.split()[0] for row in done.out.splitlines()] == [entry.name for entry in catalogue()]
    listed = json.loads(run("rigs", "--json").out)
    assert listed[0]["name"] == "arkit" and listed[0]["channels"] == 52


def test_help_of_every_command(run: Run) -> None:
    listed = run("--help")
    for name in COMMANDS:
        assert f"  {name} " in listed.out
        done = run(name, "--help")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Usage: ")
        assert "--json" in done.out or name == "dataset"
    for verb in ("check", "track"):
        assert "--json" in run("dataset", verb, "--help").out
