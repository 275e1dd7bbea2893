"""`audio2face evaluate` on folders of every form."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from audio2face import measures
from audio2face.features import SAMPLE_RATE
from audio2face.measures.alterations import ALTERATIONS

from .conftest import SAMPLE, Names, Refused, Run

PHONES = [
    ["SIL", 0.0, 0.2],
    ["B", 0.2, 0.3],
    ["AA", 0.3, 0.6],
    ["F", 0.6, 0.7],
    ["UW", 0.7, 0.9],
    ["T", 0.9, 0.97],
]
MEASURES = {"recall", "false closure", "other closure", "teeth recall", "teeth precision", "rounding"}


def speech(seconds: float) -> np.ndarray:
    samples, _ = soundfile.read(SAMPLE, frames=round(seconds * SAMPLE_RATE), dtype="float32")
    return np.asarray(samples)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two speakers, one clip each, with emotions."""
    folder = tmp_path / "labelled"
    folder.mkdir()
    rows = []
    for name, who, mood in (("a1", "ann", "joy"), ("b1", "bob", "anger")):
        soundfile.write(folder / f"{name}.flac", speech(1.0), SAMPLE_RATE)
        rows.append(json.dumps({"id": name, "actor": who, "emotion": mood, "phones": PHONES}))
    (folder / "manifest.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def filmed(tmp_path: Path) -> Path:
    """A filmed speaker of two clips whose lips open and close twice a second."""
    folder = tmp_path / "filmed"
    (folder / "audio").mkdir(parents=True)
    points = np.zeros((25, 6, 3))
    points[:, 1, 1] = 10 * np.abs(np.sin(2 * np.pi * np.arange(25) / 25)) / 288
    points[:, 3, 0] = (55 + np.sin(np.arange(25))) / 360
    points[:, 5, 0] = 100 / 360
    marks = np.round(points * 20_000).astype(np.int16)
    index = np.array([13, 14, 61, 291, 33, 263])
    np.savez(folder / "s9.npz", landmark_index=index, **{f"{name}/landmarks": marks for name in ("a1", "b1")})
    for name in ("a1", "b1"):
        soundfile.write(folder / "audio" / f"{name}.ogg", speech(1.0), SAMPLE_RATE)
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


def test_a_table_for_each_folder(run: Run, labelled: Path, filmed: Path, exported: Path) -> None:
    done = run("evaluate", "live", "--data", labelled, "--data", filmed, "--data", exported)
    assert done.code == 0, done
    lines = done.out.splitlines()
    assert "labelled: 2 clips, 2 speakers, 2 p b m, 2 vowels, 2 f v" in lines
    assert "filmed: 2 clips, 1 speaker" in lines and "rig: 1 clips, 1 speaker" in lines
    assert max(map(len, lines)) <= 110
    heads = [" ".join(line.split()) for line in lines if "goal" in line]
    assert heads == ["mean pose loudness teacher live 95 % interval goal"] + 2 * [
        "mean pose loudness live 95 % interval goal"
    ]


def test_json_has_every_measure_of_every_system(run: Run, labelled: Path) -> None:
    report = json.loads(run("evaluate", "live", "--data", labelled, "--json").out)["labelled"]
    assert set(report) == {"mean pose", "loudness", "teacher", "model"}
    assert not MEASURES - set(report["model"]) and not MEASURES - set(report["model"]["intervals"])
    assert report["teacher"]["recall"] == 1.0
    assert report["model"]["p b m"] == report["model"]["vowels"] == 2
    assert report["model"]["drift"] <= 0.01


def test_phones_of_filmed_clips(run: Run, filmed: Path, labelled: Path) -> None:
    found = json.loads(run("evaluate", "live", "--data", filmed, "--phones", labelled, "--json").out)[
        "filmed"
    ]
    assert found["teacher"]["recall"] == 1.0 and found["teacher"]["opening r"] is not None
    assert found["mean pose"]["opening r"] is None


def test_every_other_filmed_clip(run: Run, filmed: Path, refused: Refused) -> None:
    done = run("evaluate", "live", "--data", filmed, "--every", 2)
    assert done.out.startswith("filmed: 1 clips, 1 speaker")
    assert refused("evaluate", "live", "--data", filmed, "--every", 0) == "--every is 0; expected 1 or more"


def test_some_speakers_only_and_a_breakdown(run: Run, labelled: Path, refused: Refused) -> None:
    done = run("evaluate", "live", "--data", labelled, "--speakers", "bob", "--by", "emotion", "--json")
    report = json.loads(done.out)["labelled"]
    assert report["model"]["p b m"] == 1
    assert list(report["by emotion"]) == ["anger"] and report["by emotion"]["anger"]["clips"] == 1
    text = run("evaluate", "live", "--data", labelled, "--by", "speaker").out.splitlines()
    at = next(number for number, line in enumerate(text) if line.startswith("speaker  clips"))
    assert [line.split()[0] for line in text[at + 1 : at + 3]] == ["ann", "bob"]
    said = refused("evaluate", "live", "--data", labelled, "--speakers", "eve")
    assert said.startswith("no recording of eve") and said.endswith("its speakers are ann, bob")


def test_emotion_changes_the_figures_and_must_be_known(run: Run, labelled: Path, refused: Refused) -> None:
    plain = json.loads(run("evaluate", "live", "--data", labelled, "--json").out)
    moved = json.loads(run("evaluate", "live", "--data", labelled, "--emotion", "surprise=1", "--json").out)
    assert plain != moved
    assert "unknown emotion 'envy'" in refused("evaluate", "live", "--data", labelled, "--emotion", "envy=1")


def test_folders_of_one_name_are_kept_apart(run: Run, labelled: Path, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / "labelled"
    shutil.copytree(labelled, twin)
    report = json.loads(run("evaluate", "live", "--data", labelled, "--data", twin, "--json").out)
    assert list(report) == ["labelled", "elsewhere-labelled"]


def test_stress_adds_rows(run: Run, labelled: Path) -> None:
    report = json.loads(run("evaluate", "live", "--data", labelled, "--stress", "--json").out)["labelled"]
    lost = {name for name in report["model"] if name.endswith(", lost")}
    assert lost == {f"{what}, lost" for what in ALTERATIONS}
    assert report["loudness"]["telephone, lost"] is None


def test_output_holds_the_report_and_plots(
    run: Run, labelled: Path, filmed: Path, exported: Path, tmp_path: Path, names: Names
) -> None:
    folders = [word for folder in (labelled, filmed, exported) for word in ("--data", folder)]
    done = run("evaluate", "live", *folders, "--phones", labelled, "-o", tmp_path / "out")
    assert done.code == 0, done
    plots = {
        "labelled": ("closures", "curves"),
        "filmed": ("closures", "curves", "scatter"),
        "rig": ("curves", "scatter"),
    }
    pictures = [f"{folder}-{what}.png" for folder, kinds in plots.items() for what in kinds]
    assert names(tmp_path / "out") == sorted(["report.json", "report.txt", *pictures])
    for picture in pictures:
        with Image.open(tmp_path / "out" / picture) as image:
            assert min(image.size) >= 200 and len(image.convert("RGB").getcolors(1 << 20) or ()) > 20
    assert (tmp_path / "out" / "report.txt").read_text(encoding="utf-8") == done.out.rstrip("\n") + "\n"
    assert set(json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))) == set(plots)


def test_without_matplotlib_the_install_line_is_told(
    labelled: Path, tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("plots", "pictures"):
        monkeypatch.delitem(sys.modules, f"audio2face.measures.{name}", raising=False)
        monkeypatch.delattr(measures, name, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = refused("evaluate", "live", "--data", labelled, "-o", tmp_path / "out")
    assert said == "drawing plots needs an optional part; install it with: pip install 'audio2face[plot]'"
    assert not (tmp_path / "out").exists()
