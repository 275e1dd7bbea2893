"""What the command line refuses to do: exit codes, words, and nothing left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audio2face.models.bundle import BUNDLES
from exporters import formats as known_formats

Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


def options() -> Iterator[tuple[list[str], str]]:
    """Arguments that cannot work, and the whole line that says so (or its start, before an ellipsis)."""
    formats = ", ".join(entry.name for entry in known_formats())
    suffixes = ", ".join(dict.fromkeys(suffix for entry in known_formats() for suffix in entry.suffixes))
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
    yield [*to, "--emotion", "joy"], "emotion 'joy' is not of the form NAME=NUMBER; or say auto, a preset …"
    yield (
        [*to, "--emotion", "joy=high"],
        "emotion 'joy=high' is not of the form NAME=NUMBER; or say auto, a preset …",
    )
    yield [*to, "--emotion", "auto:loud=1"], "emotion 'auto:loud=1': auto has no setting 'loud'; it has …"
    yield [*to, "--emotion", "no.csv"], "cannot read the emotion track no.csv: No such file or directory"
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
def test_impossible_options(
    line: Path, here: Path, arguments: list[str], words: str, refused: Refused
) -> None:
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
def test_wrong_usage_exits_2(line: Path, here: Path, arguments: list[str], run: Run) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: ")
    assert list(here.iterdir()) == [line]


def test_model_with_a_damaged_file(line: Path, here: Path, refused: Refused) -> None:
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


def test_two_inputs_that_would_become_one_file(line: Path, here: Path, refused: Refused) -> None:
    (here / "other").mkdir()
    (here / "other" / "line.flac").write_bytes(line.read_bytes())
    said = refused("animate", "line.wav", "other/line.flac", "-o", "out")
    assert said == "two inputs would both be written to out/line.json; rename one, or use two folders"
    assert not (here / "out").exists()


@pytest.mark.parametrize("output", ["line.wav", "./line.wav", "link.wav", "sub/../line.wav"])
def test_sound_is_not_overwritten(
    line: Path, here: Path, output: str, refused: Refused, names: Names
) -> None:
    (here / "sub").mkdir()
    (here / "link.wav").symlink_to(line)
    before = line.read_bytes()
    said = refused("animate", "line.wav", "-o", output, "--format", "json")
    assert said == f"{Path(output)} is an input and would be overwritten; choose another output"
    assert line.read_bytes() == before
    assert names(here) == ["line.wav", "link.wav", "sub"]


def test_sound_of_a_wrong_name_is_not_overwritten(
    line: Path, here: Path, refused: Refused, names: Names
) -> None:
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


def test_other_input_is_not_overwritten(line: Path, here: Path, refused: Refused) -> None:
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
