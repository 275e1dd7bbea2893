"""The command line: exit codes, words, and what is left behind."""

from __future__ import annotations

import errno
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import audio2face
from audio2face.commands.main import COMMANDS, main
from audio2face.models import bundled
from audio2face.models.bundle import BUNDLES
from exporters import formats as known_formats
from exporters import read_clip
from rigs import ARKIT_NAMES
from rigs.catalogue import catalogue

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"


class Done(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: object) -> Done:
    """Runs the program in this process."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def refused(*arguments: object) -> str:
    """The one line on stderr with which the program fails; nothing is on stdout."""
    done = run(*arguments)
    assert done.code == 1, done
    assert done.out == ""
    assert done.err.startswith("audio2face: ")
    assert done.err.count("\n") == 1 and done.err.endswith("\n"), done.err
    return done.err.removeprefix("audio2face: ").rstrip("\n")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@lru_cache
def line_bytes() -> bytes:
    """A wav file of one second of the bundled speech."""
    samples, rate = soundfile.read(SAMPLE, start=8000, frames=16_000)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV")
    return buffer.getvalue()


@pytest.fixture
def line(here: Path) -> Path:
    path = here / "line.wav"
    path.write_bytes(line_bytes())
    return path


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
def test_bad_sound_is_refused_and_nothing_is_left(here: Path, kind: str) -> None:
    make, name, words = BAD[kind]
    make(here / name)
    (here / "out").mkdir()
    assert refused("animate", name, "-o", "out/line.json").startswith(words)
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize("kind", BAD)
def test_one_bad_file_of_many_does_not_stop_the_others(line: Path, here: Path, kind: str) -> None:
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


def options() -> Iterator[tuple[list[str], str]]:
    """Arguments that cannot work, and the whole line that says so (or its start, before an ellipsis)."""
    formats = ", ".join(entry.name for entry in known_formats())
    suffixes = ", ".join(entry.suffix for entry in known_formats())
    feelings = "neutral, joy, sadness, anger, fear, disgust, surprise"
    to = ["-o", "out/line.json"]
    yield (
        ["-o", "none/line.json"],
        "cannot write none/line.json: the folder none does not exist; create it first",
    )
    yield (
        ["-o", "line.wav/line.json"],
        "cannot write line.wav/line.json: the folder line.wav is no folder; create it first",
    )
    yield ["-o", "line.wav/out"], "cannot make the folder line.wav/out: Not a directory"
    yield (
        ["-o", "out/line.fbx9"],
        f"out/line.fbx9: unknown suffix '.fbx9'; known are {suffixes} (or name the format)",
    )
    yield [*to, "--format", "bvh"], f"unknown format 'bvh'; known are {formats}"
    yield [*to, "--emotion", "boredom=1"], f"unknown emotion 'boredom'; studio has {feelings}"
    yield [*to, "--emotion", "joy=1.5"], "emotion joy has strength 1.5; expected 0 to 1"
    yield [*to, "--emotion", "joy=-0.1"], "emotion joy has strength -0.1; expected 0 to 1"
    yield [*to, "--emotion", "joy=nan"], "emotion 'joy=nan' is not a finite number"
    yield [*to, "--emotion", "joy"], "emotion 'joy' is not of the form NAME=NUMBER"
    yield [*to, "--emotion", "joy=high"], "emotion 'joy=high' is not of the form NAME=NUMBER"
    yield (
        [*to, "--model", "nobody"],
        "no model 'nobody': neither one of live, studio nor a folder that holds card.json",
    )
    yield [*to, "--gain", "jaw=2"], "no channel 'jaw' to apply a gain to; the rig has …"
    yield [*to, "--gain", "jawOpen=-1"], "gain jawOpen is -1; expected 0 or more"
    yield [*to, "--gain", "jawOpen=inf"], "gain 'jawOpen=inf' is not a finite number"
    yield [*to, "--fps", "0"], "--fps is 0; expected 1 to 120"
    yield [*to, "--fps", "-24"], "--fps is -24; expected 1 to 120"
    yield [*to, "--fps", "nan"], "--fps is nan; expected 1 to 120"
    yield [*to, "--fps", "121"], "--fps is 121; expected 1 to 120"


@pytest.mark.parametrize(("arguments", "words"), list(options()), ids=lambda value: str(value)[:40])
def test_impossible_options(line: Path, here: Path, arguments: list[str], words: str) -> None:
    (here / "out").mkdir()
    said = refused("animate", "line.wav", *arguments)
    if words.endswith("…"):
        assert said.startswith(words[:-1])
    else:
        assert said == words
    assert sorted(file.name for file in here.iterdir()) == ["line.wav", "out"]
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["animate"],
        ["animate", "line.wav"],
        ["animate", "-o", "line.json"],
        ["animate", "line.wav", "-o", "line.json", "--fps", "fast"],
        ["animate", "line.wav", "-o", "line.json", "--loud"],
        ["dance"],
        ["train", "none", "-o", "out"],
        ["train", "."],
        ["train", ".", "-o", "out", "--seed", "-1"],
        ["evaluate"],
        ["evaluate", "studio", "--data", "none"],
        ["models", "all"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(line: Path, here: Path, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: ")
    assert list(here.iterdir()) == [line]


def test_model_with_a_damaged_file(line: Path, here: Path) -> None:
    shutil.copytree(BUNDLES / "studio", here / "mine")
    with (here / "mine" / "model.tflite").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    said = refused("animate", "line.wav", "-o", "line.json", "--model", "mine")
    assert said == "model mine: model.tflite does not match the checksum in card.json; copy it anew"
    (here / "mine" / "card.json").write_text("{}", encoding="utf-8")
    said = refused("animate", "line.wav", "-o", "line.json", "--model", "mine")
    assert said.startswith("model mine: card.json or model.tflite is damaged")
    assert not (here / "line.json").exists()


def test_two_inputs_that_would_become_one_file(line: Path, here: Path) -> None:
    (here / "other").mkdir()
    (here / "other" / "line.flac").write_bytes(line.read_bytes())
    said = refused("animate", "line.wav", "other/line.flac", "-o", "out")
    assert said == "two inputs would both be written to out/line.json; rename one, or use two folders"
    assert not (here / "out").exists()


def names(place: Path) -> list[str]:
    return sorted(file.name for file in place.iterdir())


@pytest.mark.parametrize("output", ["line.wav", "./line.wav", "link.wav", "sub/../line.wav"])
def test_sound_is_not_overwritten(line: Path, here: Path, output: str) -> None:
    (here / "sub").mkdir()
    (here / "link.wav").symlink_to(line)
    before = line.read_bytes()
    said = refused("animate", "line.wav", "-o", output, "--format", "json")
    assert said == f"{Path(output)} is an input and would be overwritten; choose another output"
    assert line.read_bytes() == before
    assert names(here) == ["line.wav", "link.wav", "sub"]


def test_sound_of_a_wrong_name_is_not_overwritten(line: Path, here: Path) -> None:
    line.rename(here / "line.npz")
    before = (here / "line.npz").read_bytes()
    for arguments in (
        ["-o", "line.npz"],
        ["-o", ".", "--format", "npz"],
        ["-o", "line.x", "--format", "npz", "--format", "csv"],
    ):
        said = refused("animate", "line.npz", *arguments)
        assert said == "line.npz is an input and would be overwritten; choose another output"
        assert (here / "line.npz").read_bytes() == before
        assert names(here) == ["line.npz"]


def test_other_input_is_not_overwritten(line: Path, here: Path) -> None:
    (here / "line.json").write_bytes(line.read_bytes())
    assert "two inputs" in refused("animate", "line.wav", "line.json", "-o", ".", "--format", "json")


def test_debug_shows_the_traceback(here: Path) -> None:
    command = [sys.executable, "-m", "audio2face", "animate", "none.wav", "-o", "line.json"]
    plain, debug = (
        subprocess.run(
            [*command, *more], capture_output=True, text=True, encoding="utf-8", cwd=here, check=False
        )
        for more in ([], ["--debug"])
    )
    assert (plain.returncode, debug.returncode) == (1, 1)
    line = "Cannot read none.wav: there is no such file; check the name"
    assert plain.stderr == f"audio2face: {line}\n"
    assert debug.stderr.startswith("Traceback (most recent call last)")
    assert line in debug.stderr.splitlines()[-1]
    assert plain.stdout == debug.stdout == ""


def test_one_file_becomes_one_file(line: Path, here: Path) -> None:
    done = run("animate", "line.wav", "-o", "talk.json")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("talk.json: 60 frames, 1.00 s at ")
    assert names(here) == ["line.wav", "talk.json"]
    clip = read_clip(here / "talk.json")
    assert (clip.names, clip.frames, clip.fps, clip.audio) == (ARKIT_NAMES, 60, 60, "line.wav")


@pytest.mark.parametrize(
    ("asked", "written"), [("24", "24"), ("29.97", "29.97"), ("30", "30"), ("60.0", "60")]
)
def test_rate_appears_in_the_file_as_asked(line: Path, here: Path, asked: str, written: str) -> None:
    assert run("animate", "line.wav", "-o", "talk.json", "--fps", asked).code == 0
    text = (here / "talk.json").read_text(encoding="utf-8")
    assert f'"exportFps":{written},' in text
    assert json.loads(text)["numFrames"] == round(float(asked))


def test_json_goes_to_stdout_and_nothing_else(line: Path) -> None:
    done = run("animate", "line.wav", "-o", "talk.csv", "--json", "--fps", "29.97")
    assert (done.code, done.err) == (0, "")
    (row,) = json.loads(done.out)["done"]
    assert (row["input"], row["outputs"], row["frames"], row["fps"]) == ("line.wav", ["talk.csv"], 30, 29.97)
    assert json.loads(done.out)["failed"] == []


def test_several_formats_of_one_file(line: Path, here: Path) -> None:
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


def test_format_overrides_the_suffix(line: Path, here: Path) -> None:
    assert run("animate", "line.wav", "-o", "talk.anim", "--format", "json").code == 0
    assert json.loads((here / "talk.anim").read_text(encoding="utf-8"))["numFrames"] == 60


def test_many_files_go_to_a_folder_that_is_made(line: Path, here: Path) -> None:
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


def test_emotion_and_gain_reach_the_file(line: Path, here: Path) -> None:
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


def test_models_can_be_named_or_be_folders(line: Path, here: Path) -> None:
    shutil.copytree(BUNDLES / "live", here / "mine")
    for model, output in (("live", "a.npz"), ("mine", "b.npz")):
        assert run("animate", "line.wav", "-o", output, "--model", model).code == 0
    assert np.array_equal(read_clip(here / "a.npz").weights, read_clip(here / "b.npz").weights)


@pytest.mark.parametrize("where", ["write_text", "write_array"])
def test_full_disk_leaves_nothing(
    line: Path, here: Path, monkeypatch: pytest.MonkeyPatch, where: str
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


def test_locked_folder(line: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched, since an administrator may write everywhere."""

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_text", locked)
    assert "no permission in" in refused("animate", "line.wav", "-o", "talk.json")
    monkeypatch.setattr(Path, "mkdir", locked)
    said = refused("animate", "line.wav", "-o", "out")
    assert said == "cannot make the folder out: Permission denied"
    assert names(here) == ["line.wav"]


def test_demo(here: Path) -> None:
    done = run("demo", "-o", "demo")
    assert (done.code, done.out) == (0, "")
    assert len(done.err.splitlines()) == 5
    assert "5.2 s of speech became 312 frames of 52 ARKit weights" in done.err
    assert names(here / "demo") == ["talk.csv", "talk.glb", "talk.json", "talk.npz", "talk.png"]
    assert (here / "demo" / "talk.png").read_bytes().startswith(b"\x89PNG")
    clips = [read_clip(here / "demo" / f"talk{suffix}") for suffix in (".json", ".csv", ".npz", ".glb")]
    assert {clip.frames for clip in clips} == {312}
    assert np.ptp(clips[0].channel("jawOpen")) > 0.1


def test_demo_in_a_place_that_is_taken(here: Path) -> None:
    (here / "taken").write_bytes(b"mine")
    assert refused("demo", "-o", "taken") == "cannot make the folder taken: File exists"


def test_doctor() -> None:
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


def test_doctor_finds_a_broken_model(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BUNDLES, here / "bundles")
    (here / "bundles" / "live" / "model.tflite").write_bytes(b"")
    monkeypatch.setattr("audio2face.models.bundle.BUNDLES", here / "bundles")
    done = run("doctor", "--json")
    assert (done.code, done.err) == (1, "audio2face: 1 broken: model live\n")
    found = {row["what"]: row for row in json.loads(done.out)}
    assert "does not match the checksum" in found["model live"]["detail"]
    assert found["model studio"]["state"] == "ok"


def test_formats_table() -> None:
    done = run("formats")
    assert (done.code, done.err) == (0, "")
    rows = done.out.splitlines()
    assert [row.split()[:2] for row in rows] == [[entry.name, entry.suffix] for entry in known_formats()]
    listed = json.loads(run("formats", "--json").out)
    assert [row["name"] for row in listed] == [entry.name for entry in known_formats()]


def test_models_table() -> None:
    done = run("models")
    assert (done.code, done.err) == (0, "")
    assert [row.split()[0] for row in done.out.splitlines()] == ["name", *bundled()]
    listed = json.loads(run("models", "--json").out)
    assert [row["name"] for row in listed] == list(bundled())
    assert all(row["licence"] and row["channels"] for row in listed)


def test_rigs_table() -> None:
    done = run("rigs")
    assert (done.code, done.err) == (0, "")
    assert [row.split()[0] for row in done.out.splitlines()] == [entry.name for entry in catalogue()]
    listed = json.loads(run("rigs", "--json").out)
    assert listed[0]["name"] == "arkit" and listed[0]["channels"] == 52


def test_help_of_every_command() -> None:
    listed = run("--help")
    for name in COMMANDS:
        assert f"  {name} " in listed.out
        done = run(name, "--help")
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Usage: ") and "--json" in done.out


def test_training_without_its_extra_tells_how_to_install_it(here: Path) -> None:
    code = (
        "import sys; sys.modules['keras'] = None; sys.argv = ['audio2face', 'train', '.', '-o', 'out'];"
        "from audio2face.commands.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=here, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    line = "training needs an optional part; install it with: pip install 'audio2face[train]'"
    assert done.stderr == f"audio2face: {line}\n"
    assert names(here) == []


@pytest.mark.parametrize("milliseconds", ["nan", "inf", "-1", "1001"])
def test_impossible_look_ahead(here: Path, milliseconds: str) -> None:
    said = refused("train", ".", "-o", "out", "--look-ahead", milliseconds)
    assert said == f"--look-ahead is {float(milliseconds):g} ms; expected 0 to 1000"
    assert names(here) == []


@pytest.mark.parametrize("rate", ["nan", "0", "-1", "2"])
def test_impossible_learning_rate(here: Path, rate: str) -> None:
    assert refused("train", ".", "-o", "out", "--rate", rate).startswith(
        f"--rate is {float(rate):g}; expected"
    )


def test_evaluate_on_a_folder_without_clips(here: Path) -> None:
    (here / "empty").mkdir()
    said = refused("evaluate", "studio", "--data", "empty")
    assert said == "empty holds no manifest.jsonl and no pairs of .flac and .json"
