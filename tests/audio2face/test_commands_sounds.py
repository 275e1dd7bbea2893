"""Sounds that cannot be read: refused in one line, the others still animated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

Run = Callable[..., Any]
Refused = Callable[..., str]


def noise(seconds: float = 2.0) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.3, 0.3, round(seconds * 16_000))


def text_file(path: Path) -> None:
    path.write_text("These are the notes of a meeting.\n" * 20, encoding="utf-8")


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def cut_flac(path: Path) -> None:
    soundfile.write(path, noise(), 16_000, format="FLAC")
    path.write_bytes(path.read_bytes()[:20_000])


def nan_wav(path: Path) -> None:
    samples = noise()
    samples[8000] = np.nan
    soundfile.write(path, samples, 16_000, subtype="FLOAT")


def no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0), 16_000)


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    del path


BAD: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "missing": (nothing, "bad.wav", "Cannot read bad.wav: there is no such file; check the name"),
    "empty": (
        empty_file,
        "bad.wav",
        "Cannot read bad.wav: the file is empty (0 bytes); copy or export it again",
    ),
    "text": (text_file, "bad.wav", "Cannot read bad.wav: it is no sound file of a known kind, or damaged; "),
    "cut": (cut_flac, "bad.flac", "bad.flac is damaged or cut off: it reads up to "),
    "nan": (nan_wav, "bad.wav", "bad.wav holds a sample that is nan at 0.500 s (sample 8000); "),
    "no samples": (
        no_samples,
        "bad.wav",
        "bad.wav holds no sound: its header states 0 samples; export it again",
    ),
    "folder": (folder, "bad.wav", "Cannot read bad.wav: it is a folder; give one sound file "),
}
"""What makes a bad input, its name, and how the line about it begins."""


@pytest.mark.parametrize("kind", BAD)
def test_bad_sound_is_refused_and_nothing_is_left(here: Path, kind: str, refused: Refused) -> None:
    make, name, words = BAD[kind]
    make(here / name)
    (here / "out").mkdir()
    assert refused("animate", name, "-o", "out/line.json").startswith(words)
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize("kind", BAD)
def test_one_bad_file_of_many_does_not_stop_the_others(line: Path, here: Path, kind: str, run: Run) -> None:
    make, name, words = BAD[kind]
    make(here / name)
    (here / "line2.wav").write_bytes(line.read_bytes())
    done = run("animate", "line.wav", name, "line2.wav", "-o", "out", "--json")
    assert done.code == 1
    assert sorted(file.name for file in (here / "out").iterdir()) == ["line.json", "line2.json"]
    lines = done.err.splitlines()
    assert lines[0].startswith(f"audio2face: {words}")
    assert lines[1:] == ["audio2face: 1 of 3 files failed; the others are written"]
    report = json.loads(done.out)
    assert [Path(row["input"]).name for row in report["done"]] == ["line.wav", "line2.wav"]
    assert [row["input"] for row in report["failed"]] == [name]
    assert report["failed"][0]["error"].startswith(words)
