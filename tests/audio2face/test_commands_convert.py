"""`audio2face convert`, and --reduce of `animate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import read_clip, write_clip
from rigs import ARKIT_NAMES, AnimationClip, default_head, load_rig, vertices_of
from rigs.lips import lips_closed

ClipMaker = Callable[..., AnimationClip]
Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]


@pytest.fixture
def take(here: Path, make_clip: ClipMaker) -> AnimationClip:
    clip = make_clip(60, 60)
    write_clip(clip, here / "take.csv")
    return clip


def test_a_file_becomes_another(take: AnimationClip, here: Path, run: Run, names: Names) -> None:
    done = run("convert", "take.csv", "take.usda")
    assert (done.code, done.out) == (0, "")
    assert done.err == "take.usda: 60 frames of 52 channels at 60 a second\n"
    assert names(here) == ["take.csv", "take.usda"]
    np.testing.assert_allclose(read_clip(here / "take.usda").weights, take.weights, atol=1e-6)


def test_through_every_form_and_back(take: AnimationClip, here: Path, run: Run) -> None:
    chain = ["a.anim", "b.anim", "c.py", "d.csv", "e_BS_value.npy", "f.glb", "g.json"]
    named = {"a.anim": "maya-anim", "b.anim": "unity-anim", "d.csv": "a2f-csv"}
    source = "take.csv"
    for target in chain:
        rate = ["--from-fps", "60"] if source.endswith(".npy") else []
        kind = ["--format", named[target]] if target in named else []
        assert run("convert", source, target, *rate, *kind).code == 0, target
        source = target
    back = read_clip(here / "g.json")
    assert (back.names, back.fps) == (ARKIT_NAMES, 60)
    np.testing.assert_allclose(back.weights, take.weights, atol=4e-6)


def test_another_rate(take: AnimationClip, here: Path, run: Run) -> None:
    done = run("convert", "take.csv", "slow.json", "--fps", "23.976", "--json")
    assert json.loads(done.out) == {
        **{"input": "take.csv", "output": "slow.json", "frames": 24, "channels": 52, "fps": 23.976}
    }
    clip = read_clip(here / "slow.json")
    np.testing.assert_allclose(clip.channel("browInnerUp")[0], take.channel("browInnerUp")[0], atol=1e-5)


def test_fewer_keys(take: AnimationClip, here: Path, run: Run) -> None:
    assert run("convert", "take.csv", "full.anim", "--format", "unity-anim").code == 0
    assert run("convert", "take.csv", "few.anim", "--format", "unity-anim", "--reduce", "0.02").code == 0
    few = read_clip(here / "few.anim")
    assert np.abs(few.weights - take.weights).max() <= 0.02 + 1e-6
    np.testing.assert_array_equal(lips_closed(few.weights, few.names), lips_closed(take.weights, take.names))
    assert (here / "few.anim").stat().st_size < (here / "full.anim").stat().st_size


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("take.csv", "take.anim"), "--format maya-anim"),
        (("take.csv", "take.bvh"), "unknown suffix '.bvh'"),
        (("take.csv", "take.json", "--format", "bvh"), "unknown format 'bvh'"),
        (("take.csv", "out.json", "--from", "json"), "cannot read take.csv: it is no whole JSON"),
        (("take.csv", "out.json", "--reduce", "0.1"), "maya-script, maya-anim, unity-anim have keys"),
        (
            ("take.csv", "out.py", "--reduce", "-1"),
            "the error for fewer keys is -1.0; expected a number from 0",
        ),
        (("take.csv", "out.json", "--fps", "0"), "fps is 0.0; expected a number from 1 to 1000"),
        (("take.csv", "out.json", "--from-fps", "24"), "csv files hold their own rate"),
        (("take.csv", "take.csv"), "take.csv is the input and would be overwritten"),
        (("none.csv", "out.json"), "cannot read none.csv: No such file or directory"),
        (("take.csv", "no/out.json"), "the folder no does not exist; create it first"),
    ],
)
def test_what_cannot_be_done(
    take: AnimationClip, here: Path, refused: Refused, names: Names, words: tuple[str, ...], message: str
) -> None:
    assert message in refused("convert", *words)
    assert names(here) == ["take.csv"]


def test_animate_with_fewer_keys(line: Path, here: Path, run: Run, refused: Refused) -> None:
    words = ["animate", "line.wav", "-o", "few.py", "--reduce", "0.01"]
    assert run(*words).code == 0
    assert read_clip(here / "few.py").frames == 60
    message = refused("animate", "line.wav", "-o", "few.json", "--reduce", "0.01")
    assert "json holds all channels of every frame" in message


def test_formats_of_one_suffix_go_to_files_of_their_own(
    line: Path, here: Path, run: Run, names: Names
) -> None:
    kinds = ["maya-anim", "unity-anim", "csv", "a2f-csv", "usd"]
    words = [word for kind in kinds for word in ("--format", kind)]
    wanted = ["line.a2f-csv.csv", "line.csv", "line.maya-anim.anim", "line.unity-anim.anim", "line.usdc"]
    assert run("animate", "line.wav", "-o", "out", *words).code == 0
    assert names(here / "out") == wanted
    assert run("animate", "line.wav", "-o", "line.usda", *words).code == 0
    assert names(here) == sorted([*wanted[:-1], "line.usda", "line.wav", "out"])


def test_formats_say_how_exact_they_are(run: Run) -> None:
    rows = {row["name"]: row for row in json.loads(run("formats", "--json").out)}
    assert rows["npz"]["precision"] == 0
    assert rows["unity-anim"]["sparse"] and rows["unity-anim"]["named_only"]
    assert rows["usd"]["suffixes"] == [".usdc", ".usda", ".usd", ".usdz"]
    assert "maya-anim" in run("formats").out


def test_the_channels_of_another_rig(here: Path, run: Run, make_clip: ClipMaker) -> None:
    write_clip(make_clip(names=ARKIT_NAMES), here / "take.json")
    done = run("convert", "take.json", "take.npz", "--rig", "vrm0", "--json")
    assert done.code == 0, done.err
    assert read_clip(here / "take.npz").names == load_rig("vrm0").names
    assert json.loads(done.out)["rig"]["driven"] > 5


def test_vertices_become_weights(here: Path, run: Run) -> None:
    head = default_head()
    assert head.mesh is not None
    weights = np.zeros((12, len(ARKIT_NAMES)), np.float32)
    weights[:, ARKIT_NAMES.index("jawOpen")] = np.linspace(0, 0.6, 12)
    np.save(here / "scan.npy", vertices_of(head.mesh, weights, ARKIT_NAMES))
    done = run("convert", "scan.npy", "scan.json", "--from", "vertices", "--from-fps", 25)
    assert done.code == 0, done.err
    clip = read_clip(here / "scan.json")
    assert clip.fps == 25
    np.testing.assert_allclose(clip.channel("jawOpen"), weights[:, ARKIT_NAMES.index("jawOpen")], atol=0.03)
