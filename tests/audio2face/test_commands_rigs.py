"""`--rig` and `audio2face rigs`: what users type, what they get, and what they are told."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import heroes
import numpy as np
import pytest

from exporters import read_clip
from rigs import ARKIT_NAMES, AnimationClip, load_rig

Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]
DRIVEN = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "browInnerUp")


def test_your_own_file_comes_back_animated(line: Path, here: Path, run: Run, run_node: Any) -> None:
    heroes.hero(here / "hero.glb")
    done = run("animate", "line.wav", "--rig", "hero.glb", "-o", "hero_line.glb")
    assert (done.code, done.out) == (0, "")
    assert "1 channel of hero.glb is driven by nothing: Fat\n" in done.err
    assert "48 channels of the face reach nothing: eyeBlinkLeft, eyeLookDownLeft, " in done.err
    assert done.err.splitlines()[-1].startswith("hero_line.glb: 60 frames, 1.00 s at ")
    assert run("animate", "line.wav", "-o", "plain.npz").code == 0
    plain = read_clip(here / "plain.npz")
    seen = run_node("three-hero.mjs", here / "hero_line.glb", "Speech", 0.5)
    weights = next(mesh["weights"] for mesh in seen["played"][0] if mesh["name"] == "Face")
    expected = [float(plain.channel(name)[30]) for name in DRIVEN]
    np.testing.assert_allclose(weights, [*expected, expected[-1], 0.25], atol=1e-5)


def test_json_tells_what_is_left_over(line: Path, here: Path, run: Run) -> None:
    heroes.hero(here / "hero.glb")
    done = run("animate", "line.wav", "--rig", "hero.glb", "-o", "a.glb", "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)["rig"]
    assert (told["rig"], told["driven"], told["undriven"]) == ("hero.glb", 6, ["Fat"])
    assert set(told["unreached"]) == set(ARKIT_NAMES) - set(DRIVEN)
    assert "rig" not in json.loads(run("animate", "line.wav", "-o", "b.json", "--json").out)


@pytest.mark.parametrize("rig", ["vrm0", "vrm1", "oculus", "facegood", "unified", "livelink", "arkit"])
def test_named_rigs(line: Path, here: Path, run: Run, rig: str) -> None:
    done = run("animate", "line.wav", "--rig", rig, "-o", "a.json", "--fps", "30")
    assert done.code == 0
    clip = read_clip(here / "a.json")
    assert clip.names == load_rig(rig).names
    assert clip.weights.max() > 0.05
    assert ("driven by nothing" in done.err) == (rig in ("vrm0", "vrm1", "facegood", "unified"))


def test_the_arkit_rig_changes_nothing(line: Path, here: Path, run: Run) -> None:
    assert run("animate", "line.wav", "-o", "a.glb").code == 0
    assert run("animate", "line.wav", "-o", "b.glb", "--rig", "arkit").code == 0
    assert (here / "a.glb").read_bytes() == (here / "b.glb").read_bytes()


def test_a_map_is_written_changed_and_used(line: Path, here: Path, run: Run, refused: Refused) -> None:
    (here / "rigs").mkdir()
    heroes.hero(here / "rigs" / "hero.glb")
    (here / "maps").mkdir()
    done = run("rigs", "rigs/hero.glb", "-o", "maps/hero.toml")
    assert done.code == 0 and "mouthSmile_L   mouthSmileLeft\n" in done.out
    path = here / "maps" / "hero.toml"
    text = path.read_text("utf-8")
    assert 'rig = "../rigs/hero.glb"\nsource = "arkit"\n' in text and "\nFat = { offset = 0.25 }\n" in text
    assert "is there already" in refused("rigs", "rigs/hero.glb", "-o", "maps/hero.toml")
    path.write_text(
        text.replace('jawOpen = "jawOpen"', 'jawOpen = { from = "jawOpen", gain = 0.5 }').replace(
            "Fat = { offset = 0.25 }", 'Fat = "cheekPuff"'
        ),
        encoding="utf-8",
    )
    done = run("animate", "line.wav", "--rig", "maps/hero.toml", "-o", "a.npz")
    assert done.code == 0 and "driven by nothing" not in done.err
    clip = read_clip(here / "a.npz")
    assert run("animate", "line.wav", "-o", "plain.npz").code == 0
    plain = read_clip(here / "plain.npz").channel("jawOpen")
    np.testing.assert_allclose(clip.channel("jawOpen"), plain / 2, atol=1e-6)
    np.testing.assert_allclose(clip.channel("Jaw_Open"), plain, atol=1e-6)
    assert run("animate", "line.wav", "--rig", "maps/hero.toml", "-o", "line.glb").code == 0
    assert "Idle" in (here / "line.glb").read_bytes().decode("latin1")


def test_warnings_reach_the_user(line: Path, here: Path, run: Run) -> None:
    (here / "map.toml").write_text(
        '[channels]\nSmile_L = "mouthSmileRight"\nJaw = { from = "jawOpen", gain = 40 }\n', encoding="utf-8"
    )
    done = run("animate", "line.wav", "--rig", "map.toml", "-o", "a.json")
    assert "check map.toml: Smile_L looks like a left shape and follows mouthSmileRight\n" in done.err
    assert "check map.toml: Jaw follows with a gain of 40; more than 4 is rare\n" in done.err


def test_rigs_shows_one(here: Path, run: Run) -> None:
    heroes.avatar(here / "ann.vrm", 1)
    done = run("rigs", "ann.vrm", "--json")
    told = json.loads(done.out)
    assert (told["rig"], told["driven"], told["vertices"], told["map"]) == ("ann.vrm", 7, 49, None)
    assert told["head"] == "J_Bip_C_Head"
    assert told["channels"]["Fcl_EYE_Close_L"] == "eyeBlinkLeft"
    assert run("rigs", "-o", "a.toml").code == 2
    assert "write them" not in run("rigs").out


@pytest.mark.parametrize(
    ("rig", "said"),
    [
        ("hero.glb", "cannot read hero.glb: there is no such file or folder"),
        ("hreo", "no rig named 'hreo'; known rigs are arkit, livelink, oculus, vrm0, vrm1"),
        (
            "strange.txt",
            "no channel of strange.txt is a spelling of eyeBlinkLeft, eyeLookDownLeft …: write a map",
        ),
        ("none.txt", "cannot read none.txt: it has no names"),
        ("cut.glb", "cannot read cut.glb: it is cut off"),
        (
            "bad.toml",
            "bad.toml line 2: 'Jaw' follows 'jawOpn', which is no source channel; nearest is 'jawOpen'",
        ),
    ],
)
def test_bad_rigs_are_told_in_one_line(
    line: Path, here: Path, refused: Refused, names: Names, rig: str, said: str
) -> None:
    (here / "strange.txt").write_text("Fat\nEars\n", encoding="utf-8")
    (here / "none.txt").write_text("\n", encoding="utf-8")
    (here / "cut.glb").write_bytes(b"glTF\2\0\0\0")
    (here / "bad.toml").write_text('[channels]\nJaw = "jawOpn"\n', encoding="utf-8")
    before = names(here)
    assert refused("animate", "line.wav", "--rig", rig, "-o", "a.glb").startswith(said)
    assert names(here) == before


def test_the_rig_is_not_written_over(line: Path, here: Path, refused: Refused) -> None:
    data = heroes.hero(here / "hero.glb").read_bytes()
    said = refused("animate", "line.wav", "--rig", "hero.glb", "-o", "hero.glb")
    assert said.startswith("hero.glb is an input and would be overwritten")
    assert (here / "hero.glb").read_bytes() == data


def test_live_gives_the_same_on_a_rig(line: Path, here: Path, run: Run) -> None:
    heroes.hero(here / "hero.glb")
    for rig in ("hero.glb", "oculus"):
        assert run("live", "--file", line, "--rig", rig, "--record", "live.npz").code == 0
        assert run("animate", line, "--model", "live", "--rig", rig, "-o", "batch.npz").code == 0
        live, batch = read_clip(here / "live.npz"), read_clip(here / "batch.npz")
        assert live.names == batch.names
        np.testing.assert_allclose(live.weights, batch.weights, atol=1e-5)


def test_live_records_your_own_head(line: Path, here: Path, run: Run) -> None:
    heroes.hero(here / "hero.glb")
    done = run("live", "--file", line, "--rig", "hero.glb", "--record", "live.glb")
    assert done.code == 0 and "1 channel of hero.glb is driven by nothing: Fat" in done.err
    content, _ = heroes.read_glb(here / "live.glb")
    assert [entry["name"] for entry in content["animations"]] == ["Idle", "Speech"]


@pytest.mark.parametrize("scheme", ["livelink", "ifacialmocap", "osc"])
def test_protocols_with_fixed_names_refuse_another_rig(line: Path, here: Path, run: Run, scheme: str) -> None:
    heroes.hero(here / "hero.glb")
    uri = f"{scheme}://127.0.0.1:9" + ("?form=facecap" if scheme == "osc" else "")
    done = run("live", "--file", line, "--rig", "hero.glb", "--to", uri)
    (told,) = [text for text in done.err.splitlines() if "refuse" in text or "sends ARKit channels" in text]
    assert "sends ARKit channels; this stream has Jaw_Open, mouthSmile_L, mouthSmile_R …" in told
    assert "use the arkit rig" in told


def test_head_motion_without_a_head_is_told(
    line: Path, here: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models give no head motion yet: here one is put into the clip on its way."""
    module = importlib.import_module("audio2face.commands.animate")

    content, blob = heroes.read_glb(heroes.hero(here / "hero.glb"))
    plain = module.animate_sound

    def nodding(*arguments: Any, **options: Any) -> AnimationClip:
        clip = plain(*arguments, **options)
        return AnimationClip(clip.names, clip.weights, clip.fps, head=np.ones((clip.frames, 3)))

    monkeypatch.setattr(module, "animate_sound", nodding)
    assert "left out" not in run("animate", "line.wav", "--rig", "hero.glb", "-o", "a.glb").err
    content["nodes"][2]["name"] = "Skull"
    heroes.write_glb(here / "hero.glb", content, blob)
    said = run("animate", "line.wav", "--rig", "hero.glb", "-o", "a.glb").err
    assert "head motion is left out, as the rig's file has no node called head" in said
    assert "the head turns with: nothing, as no node is called head" in run("rigs", "hero.glb").err
