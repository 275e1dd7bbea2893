"""`audio2face preview`, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face.preview import page_sound, sound_strip
from exporters import write_clip
from rigs import AnimationClip, default_head, load_rig

from .conftest import SAMPLE

Run = Callable[..., Any]
Refused = Callable[..., str]


def inside(page: Path) -> Any:
    """The data of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"))
    assert found is not None
    return json.loads(found[1])


def test_a_sound_becomes_a_page(here: Path, run: Run, line: Path) -> None:
    done = run("preview", "line.wav", "-o", "a page.html", "--emotion", "joy=0.6", "--fps", "30", "--json")
    told = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert (told["frames"], told["fps"], told["sound_kind"]) == (30, 30, "audio/wav")
    assert told["emotions"][0] == "joy=0.6" and "anger" in told["emotions"]
    data = inside(here / "a page.html")
    assert data["command"] == "audio2face preview line.wav --fps 30 --emotion joy=0.6 -o 'a page.html'"
    assert data["clip"]["moods"][0]["name"] == "joy=0.6"
    assert [mood["asked"] for mood in data["clip"]["moods"]] == [True] + [False] * 6
    assert told["bytes"] == (here / "a page.html").stat().st_size


def test_the_page_is_small_and_needs_nothing_else(here: Path, run: Run) -> None:
    told = json.loads(run("preview", SAMPLE, "-o", "page.html", "--json").out)
    assert told["bytes"] - told["sound_bytes"] * 4 / 3 < 1_500_000
    text = (here / "page.html").read_text("utf-8")
    assert not re.search(r"https?://|\bimport\b[^;]*from|<link[^>]*stylesheet|src=\"", text)


def test_without_output_the_browser_is_opened(run: Run, line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or False)
    done = run("preview", line)
    page = done.err.split(":")[0]
    assert opened == [Path(page).as_uri()] and Path(page).is_file()
    assert "no browser was found" in done.err
    shutil.rmtree(Path(page).parent)


def test_an_animation_finds_its_sound(here: Path, run: Run, line: Path) -> None:
    assert run("animate", line, "-o", "line.json").code == 0
    assert json.loads(run("preview", "line.json", "-o", "a.html", "--json").out)["sound"] == str(line)
    line.rename(here / "other.wav")
    done = run("preview", "line.json", "-o", "b.html")
    assert "no sound" in done.err and "name one with --sound" in done.err
    told = json.loads(run("preview", "line.json", "-o", "c.html", "--sound", "other.wav", "--json").out)
    assert (told["sound"], told["emotions"]) == ("other.wav", [])


def test_names_of_another_rig_are_retargeted(here: Path, run: Run) -> None:
    names = load_rig("facegood").names
    assert not set(names) & set(default_head().names)
    write_clip(AnimationClip(names, np.eye(len(names)), 30), here / "vowels.json")
    assert run("preview", "vowels.json", "-o", "a.html").code == 0
    assert set(inside(here / "a.html")["clip"]["names"]) <= set(default_head().names)


def test_an_own_mesh_is_shown(here: Path, run: Run, line: Path) -> None:
    assert run("animate", line, "-o", "hero.glb").code == 0
    assert run("preview", line, "--rig", "hero.glb", "-o", "a.html").code == 0
    mesh = inside(here / "a.html")["mesh"]
    assert mesh["join"] and len(mesh["targets"]) == 52


def test_refusals(here: Path, refused: Refused, line: Path) -> None:
    assert "no such file" in refused("preview", "none.wav", "-o", "a.html")
    write_clip(AnimationClip(("jawOpen",), np.zeros((2, 1)), 30), here / "jaw.json")
    write_clip(AnimationClip(("flap", "wheel"), np.zeros((2, 2)), 30), here / "car.json")
    assert "no such file" in refused("preview", "jaw.json", "--sound", "none.wav", "-o", "a.html")
    assert "flap" in refused("preview", "car.json", "-o", "a.html")
    assert "--emotion is for sound" in refused("preview", "jaw.json", "--emotion", "joy=1", "-o", "a.html")
    assert "--sound is for animation" in refused("preview", line, "--sound", line, "-o", "a.html")
    assert "no mesh to show" in refused("preview", line, "--rig", "vrm0", "-o", "a.html")
    assert "expected 1 to 120" in refused("preview", line, "--fps", "0", "-o", "a.html")
    assert "is a folder" in refused("preview", line, "-o", here)
    assert not (here / "a.html").exists()


def test_large_sound_is_encoded_anew(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, (48_000 * 10, 2))
    soundfile.write(tmp_path / "long.wav", samples, 48_000)
    sound = page_sound(tmp_path / "long.wav")
    assert sound.kind == "audio/ogg" and len(sound.data) < 600_000
    (tmp_path / "again.ogg").write_bytes(sound.data)
    assert soundfile.info(tmp_path / "again.ogg").frames == len(samples)


def test_the_strip_shows_a_tone_and_its_peak(tmp_path: Path) -> None:
    time = np.arange(16_000) / 16_000
    soundfile.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), 16_000)
    strip = sound_strip(tmp_path / "tone.wav", 1.0)
    assert strip.rate == 120 and 118 <= len(strip.wave) <= 120
    middle = slice(20, 100)
    assert np.all(np.abs(strip.wave[middle].astype(int) - 128) <= 1)
    mel = 2595 * np.log10(1 + np.array([60, 1000, 7800]) / 700)
    place = 1 + (mel[1] - mel[0]) / (mel[2] - mel[0]) * 254
    assert np.all(np.abs(strip.formants[middle, 0] - place) < 4)
    assert abs(int(np.argmax(strip.bands[50])) - (place - 1) / 254 * 49 + 1) < 2
    assert len(sound_strip(tmp_path / "tone.wav", 600.0).wave) <= 4
