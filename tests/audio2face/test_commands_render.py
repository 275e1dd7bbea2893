"""`audio2face render`: films, strips and sheets."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import clap
import heroes
import numpy as np
import pytest
import soundfile
from PIL import Image

from audio2face.checks import Finding, installed
from exporters import write_clip
from exporters.picture import telling_times
from exporters.video import NoGraphicsError
from rigs import AnimationClip, default_head, load_rig

NEEDS = "needs the extra render; install it with: pip install 'audio2face[render]'"
pytest.importorskip("moderngl", reason=NEEDS)
pytest.importorskip("imageio_ffmpeg", reason=NEEDS)
NEEDS_AV = "needs PyAV; install it with: pip install 'audio2face[video]'"

Run = Callable[..., Any]
Refused = Callable[..., str]
Names = Callable[[Path], list[str]]
SMALL = ("--size", "48")


@pytest.fixture
def hero(here: Path) -> Path:
    """A user's own file."""
    return heroes.hero(here / "hero.glb")


def test_a_sound_becomes_a_film_with_its_sound(here: Path, run: Run, line: Path, names: Names) -> None:
    av = pytest.importorskip("av", reason=NEEDS_AV)
    done = run("render", line, "-o", "a film.mp4", "--fps", "12", *SMALL, "--seed", "3", "--json")
    told = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert (told["kind"], told["pictures"], told["sound"]) == ("film", 12, str(line))
    assert told["bytes"] == (here / "a film.mp4").stat().st_size
    assert names(here) == ["a film.mp4", "line.wav"]
    with av.open("a film.mp4") as film:
        assert sorted(stream.codec_context.name for stream in film.streams) == ["aac", "h264"]
        assert film.streams.video[0].average_rate == 12
        # Players go by these; without them reds are not those that were drawn.
        assert film.streams.video[0].codec_context.colorspace == 1, "BT.709"
    said = run("render", line, "-o", "a film.mp4", "--fps", "12", *SMALL).err
    assert said.startswith("a film.mp4: 12 pictures of 48x48, the default head, 1.00 s with sound, drawn by ")


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_a_clap_is_seen_when_it_is_heard(here: Path, run: Run, kind: str) -> None:
    pytest.importorskip("av", reason=NEEDS_AV)
    write_clip(clap.clap_clip(30.0), here / "clap.json")
    samples, rate = soundfile.read(clap.clap_sound(here / "clap.wav"))
    soundfile.write(here / f"clap.{kind}", samples, rate)
    assert run("render", "clap.json", "--sound", f"clap.{kind}", "-o", "clap.mp4", *SMALL).code == 0
    assert clap.heard_at(here / "clap.mp4") == pytest.approx(clap.MOMENT, abs=0.003)
    assert abs(clap.seen_at(here / "clap.mp4") - clap.heard_at(here / "clap.mp4")) < 1 / 30


def test_an_animation_finds_its_sound(here: Path, run: Run, line: Path) -> None:
    assert run("animate", line, "-o", "line.json", "--fps", "10").code == 0
    told = json.loads(run("render", "line.json", "-o", "a.mp4", *SMALL, "--json").out)
    assert (told["sound"], told["pictures"]) == (str(line), 10)
    line.rename(here / "other.wav")
    done = run("render", "line.json", "-o", "b.mp4", *SMALL)
    assert "name one with --sound" in done.err and "with no sound" in done.err
    assert run("render", "line.json", "-o", "c.gif", *SMALL).err.startswith("c.gif: 25 pictures")


def test_a_strip_shows_telling_moments_or_those_asked_for(here: Path, run: Run, line: Path) -> None:
    assert run("render", line, "-o", "strip.png", *SMALL).code == 0
    assert Image.open("strip.png").size == (8 * 48, 48 + 14)
    run("render", line, "-o", "five.png", *SMALL, "--strip", "5", "--columns", "3", "--no-labels")
    assert Image.open("five.png").size == (3 * 48, 2 * 48)
    run("render", line, "-o", "one.webp", "--size", "48x32", "--at", "0.5", "--background", "transparent")
    picture = np.asarray(Image.open("one.webp"))
    assert picture.shape == (32 + 14, 48, 4) and {0, 255} <= set(np.unique(picture[..., 3]))


def test_closed_and_open_moments_look_different(here: Path, run: Run, line: Path) -> None:
    """The mouth of the strip's second moment, which is open, differs from the first, which is closed."""
    how = ("--size", "64", "--no-labels", "--camera", "mouth", "--no-head", "--no-eyes", "--strip", "2")
    assert run("render", line, "-o", "two.png", *how).code == 0
    closed, wide = np.split(np.asarray(Image.open("two.png")).astype(int), 2, axis=1)
    change = np.abs(closed - wide).max(axis=2)
    assert change[20:].mean() > 3 * change[:10].mean()
    assert change[20:].mean() > 10


def test_telling_times_alternate() -> None:
    gap = np.tile([0.0, 0.1, 0.6, 0.2], 8).astype(np.float32)[:, None]
    times = telling_times(AnimationClip(("jawOpen",), gap, 10.0), 4)
    assert [float(gap[round(time * 10), 0]) for time in times] == pytest.approx(
        [0.0, 0.6, 0.0, 0.6], abs=0.11
    )


def test_a_rig_becomes_a_sheet_of_its_shapes(here: Path, run: Run, line: Path) -> None:
    told = json.loads(run("render", "arkit", "-o", "sheet.png", "--size", "16", "--json").out)
    assert (told["kind"], told["pictures"], told["shows"]) == ("sheet", 53, "the default head")
    assert Image.open("sheet.png").size == (8 * 16, 7 * (16 + 14))
    assert run("animate", line, "-o", "hero.glb").code == 0
    told = json.loads(run("render", "hero.glb", "--shapes", "-o", "own.png", "--size", "16", "--json").out)
    assert (told["kind"], told["shows"]) == ("sheet", "hero.glb")
    told = json.loads(run("render", "hero.glb", "-o", "moves.png", "--size", "32", "--json").out)
    assert (told["kind"], told["shows"]) == ("strip", "the default head")


def test_a_file_without_animation_is_a_rig(here: Path, run: Run, refused: Refused, hero: Path) -> None:
    told = json.loads(run("render", hero, "-o", "sheet.png", "--size", "32", "--json").out)
    assert (told["kind"], told["shows"]) == ("sheet", hero.name)
    assert "has no animation to film: give a sound and --rig" in refused("render", hero, "-o", "a.mp4")
    assert "--at is for what moves" in refused("render", hero, "-o", "a.png", "--at", "1")


def test_an_own_mesh_is_filmed(here: Path, run: Run, line: Path, hero: Path) -> None:
    how = ("--fps", "5", *SMALL, "--json")
    assert json.loads(run("render", line, "--rig", hero, "-o", "a.gif", *how).out)["shows"] == hero.name
    assert run("animate", line, "--rig", hero, "-o", "moving.glb").code == 0
    assert json.loads(run("render", "moving.glb", "-o", "b.gif", *how).out)["shows"] == "moving.glb"


def test_names_of_another_rig_are_retargeted(here: Path, run: Run) -> None:
    names = load_rig("facegood").names
    write_clip(AnimationClip(names, np.eye(len(names)), 30), here / "vowels.json")
    assert run("render", "vowels.json", "-o", "a.png", *SMALL, "--strip", "2").code == 0


def test_the_processor_draws_where_it_is_asked_to(run: Run, line: Path) -> None:
    done = run("render", line, "-o", "a.png", *SMALL, "--strip", "1", "--renderer", "software")
    assert done.err.startswith("a.png: 1 picture of 48x48, the default head, drawn by the processor in ")


def test_without_opengl_it_says_what_draws(run: Run, line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    done = run("render", line, "-o", "a.png", *SMALL, "--strip", "1")
    assert done.code == 0
    assert "drawn by the processor, which takes longer: drawing by OpenGL needs an optional part" in done.err
    assert "pip install 'audio2face[render]'" in done.err


def test_without_ffmpeg_it_says_how_to_get_it(
    refused: Refused, line: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    said = refused("render", line, "-o", "a.mp4")
    assert said == "films need an optional part; install it with: pip install 'audio2face[render]'"


def test_other_commands_lead_to_it(refused: Refused, line: Path) -> None:
    said = refused("animate", line, "-o", "talk.mp4")
    assert said == "talk.mp4: films and pictures are made by: audio2face render IN -o talk.mp4"


def test_doctor_says_what_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise NoGraphicsError("no OpenGL 3.3 here")

    assert installed._graphics()[0].what == "OpenGL"
    monkeypatch.setattr(installed, "open_context", none)
    told = Finding("OpenGL", "missing", "films are drawn by the processor: no OpenGL 3.3 here")
    assert installed._graphics() == [told]


def test_refusals(here: Path, refused: Refused, line: Path, names: Names) -> None:
    write_clip(AnimationClip(("jawOpen",), np.zeros((2, 1)), 30), here / "jaw.json")
    before = names(here)
    for words, said in (
        (("none.wav", "-o", "a.mp4"), "no such file"),
        (
            (line, "-o", "a.avi"),
            "unknown suffix '.avi'; films end in .mp4, .mov, .webm, .gif and pictures in",
        ),
        ((line, "-o", "none/a.mp4"), "the folder none does not exist"),
        ((line, "-o", "a.mp4", "--size", "big"), "--size is 'big'; expected a number such as 512"),
        ((line, "-o", "a.mp4", "--size", "4"), "expected 16 to 7680"),
        ((line, "-o", "a.mp4", "--size", "65x64"), ".mp4 films have even sides; 65x64 is odd"),
        ((line, "-o", "a.mp4", "--background", "transparent"), ".mp4 films cannot be transparent"),
        ((line, "-o", "a.png", "--background", "pink"), "no background 'pink'"),
        (
            (line, "-o", "a.jpg", "--background", "transparent", "--strip", "1"),
            "end its name with .png or .webp",
        ),
        ((line, "-o", "a.mp4", "--strip", "3"), "--strip is for strips and sheets"),
        ((line, "-o", "a.png", "--strip", "3", "--at", "1"), "give one of them"),
        ((line, "-o", "a.png", "--at", "soon"), "--at is 'soon'; expected seconds"),
        ((line, "-o", "a.png", "--at", "9"), "no frame at 9 s"),
        ((line, "-o", "a.mp4", "--fps", "0"), "expected 1 to 120"),
        ((line, "-o", "a.mp4", "--sound", line), "--sound is for animation files"),
        ((line, "-o", "a.mp4", "--rig", "vrm0"), "no mesh to show"),
        (("jaw.json", "-o", "a.mp4", "--emotion", "joy=1"), "--emotion is for sound files"),
        (("jaw.json", "-o", "a.mp4", "--no-head"), "--no-head is for sound files"),
        (("vrm0", "-o", "a.png"), "no mesh to show"),
        (("arkit", "-o", "a.mp4"), "arkit has no animation to film"),
    ):
        assert said in refused("render", *words)
    assert names(here) == before


def test_ctrl_c_leaves_nothing_half_written(here: Path, line: Path, names: Names) -> None:
    command = [sys.executable, "-m", "audio2face", "render", line, "-o", "a.mp4", "--renderer", "software"]
    group = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, cwd=here, env=None, creationflags=group, text=True
    )
    until = time.monotonic() + 60
    while not list(here.glob(".audio2face-*.mp4")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.split()[-1]) == (130, "stopped")
    assert names(here) == ["line.wav"]


def test_shapes_of_the_default_head_are_all_shown() -> None:
    head = default_head()
    assert head.mesh is not None and set(head.mesh.targets) == set(head.names)
