"""What Blender's add-on does without Blender: spelling, frames, the port, takes, the archive."""

from __future__ import annotations

import ast
import importlib.util
import math
import re
import socket
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np
import pytest

from audio2face.commands.main import main as program
from exporters.rotations import quaternions
from livelink import osc
from livelink.destination import parse
from rigs import ARKIT_NAMES

Part = Callable[[str], ModuleType]
ROOT = Path(__file__).parents[2]
ADDON = ROOT / "livelink" / "blender"

SPELT = {
    "jawOpen": (
        "jawOpen",
        "JawOpen",
        "jaw_open",
        "Jaw Open",
        "blendShape1.jawOpen",
        "jawOpen.001",
        "rig:jawOpen",
    ),
    "mouthSmileLeft": (
        *(
            "mouthSmileLeft",
            "MouthSmile_L",
            "mouthSmile.L",
            "mouthSmileL",
            "mouth_smile_left",
            "mouth_smile_l",
        ),
        *("bs.mouthSmile_L", "mouthSmile.L.002", "mouthSmile-L"),
    ),
    "browDownRight": ("browDownRight", "browDown_R", "BrowDownR", "brow_down_right"),
    "jawLeft": ("jawLeft", "JawLeft", "jaw_left", "jaw_L"),
}


@pytest.mark.parametrize("name", SPELT)
def test_spellings_of_one_name_are_one(addon_part: Part, name: str) -> None:
    letters = addon_part("spelling").letters
    assert {letters(spelt) for spelt in SPELT[name]} == {name.lower()}


def test_no_two_arkit_names_are_taken_for_one(addon_part: Part) -> None:
    letters = addon_part("spelling").letters
    every = [*ARKIT_NAMES, "A", "I", "U", "E", "O", "Joy", "Blink_L", "あ", "aa", "L", "", "...", "001"]
    assert len({letters(name) for name in every}) == len(every) - 1  # "" and "..." are both nothing


def test_the_exact_name_is_preferred(addon_part: Part) -> None:
    faces = {"face": ["JawOpen", "jawOpen"], "teeth": ["blendShape1.jawOpen"]}
    wiring = addon_part("spelling").Wiring(faces)
    wiring.learn(["jawOpen", "headYaw", "leftEyeYaw", "Nothing", "JAWOPEN"])
    assert wiring.pairs["face"] == {"jawOpen": "jawOpen", "JAWOPEN": "JawOpen"}
    assert set(wiring.pairs["teeth"].values()) == {"blendShape1.jawOpen"}
    assert (wiring.unmatched, wiring.matched) == (("Nothing",), 2)


def test_frames_end_where_a_name_comes_again(addon_part: Part) -> None:
    packet = addon_part("packets").Packet
    assembler = addon_part("frames").Assembler()
    assert assembler.add(packet("OSC", {"a": 1.0}), 10.0) == []
    assert assembler.shown == {"a": 1.0}
    assert assembler.add(packet("OSC", {"b": 2.0}), 10.1) == []
    assert assembler.add(packet("OSC", {"a": 3.0}), 11.0) == [(10.0, None, {"a": 1.0, "b": 2.0})]
    assert assembler.close() == [(11.0, None, {"a": 3.0})]
    assert assembler.close() == []


def test_vmc_shows_whole_frames_only(addon_part: Part) -> None:
    packet = addon_part("packets").Packet
    assembler = addon_part("frames").Assembler()
    assert assembler.add(packet("VMC", {}, False, 7.0), 0.9) == []
    assert assembler.add(packet("VMC", {"a": 1.0}, False), 1.0) == []
    assert assembler.shown == {}
    assert assembler.add(packet("VMC", {"b": 2.0}, True), 1.1) == [(1.0, 7.0, {"a": 1.0, "b": 2.0})]
    assert assembler.shown == {"a": 1.0, "b": 2.0}


def test_a_sender_of_endless_names_is_bounded(addon_part: Part) -> None:
    frames, packet = addon_part("frames"), addon_part("packets").Packet
    assembler = frames.Assembler()
    for number in range(3 * frames.MOST_NAMES):
        assembler.add(packet("OSC", {f"name{number}": 1.0}), 0.0)
    assert len(assembler.shown) == frames.MOST_NAMES


def test_a_port_is_read_without_waiting_and_freed(addon_part: Part) -> None:
    receiver = addon_part("receiver").Receiver("127.0.0.1", 0)
    assert receiver.poll() == []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for value in (0.25, 0.5, 0.75):
            sender.sendto(osc.prefix("/x/jawOpen", "f") + osc.floats(value), ("127.0.0.1", receiver.port))
        sender.sendto(b"nonsense", ("127.0.0.1", receiver.port))
        frames = []
        while receiver.datagrams < 4:
            frames += receiver.poll(5.0)
    assert [frame.values for frame in frames] == [{"jawOpen": 0.25}, {"jawOpen": 0.5}]
    assert (receiver.shown, receiver.bad, receiver.senders(5.0)) == ({"jawOpen": 0.75}, 1, 1)
    assert receiver.senders(8.0) == 0
    with pytest.raises(addon_part("errors").CannotListen, match="another program has this port"):
        addon_part("receiver").Receiver("127.0.0.1", receiver.port)
    receiver.close()
    addon_part("receiver").Receiver("localhost", receiver.port).close()


@pytest.mark.parametrize("host", ["", "face.example", "999.1.1.1", "é" * 300])
def test_an_address_is_a_number(addon_part: Part, host: str) -> None:
    with pytest.raises(addon_part("errors").CannotListen, match=r"is none; 127\.0\.0\.1 hears"):
        addon_part("receiver").Receiver(host, 0)


def test_a_take_has_its_rows_at_the_frames_of_the_scene(addon_part: Part) -> None:
    take, frame = addon_part("take").Take(100.0, 10.0, 24.0), addon_part("frames").Frame
    for number in range(61):
        take.add(frame(100.0 + number / 60, None, {"a": number / 60}))
    rows = list(take.rows(whole=True))
    assert [row.frame for row in rows] == list(range(10, 35))
    assert all(abs(row.values[0] - (row.frame - 10) / 24) <= 0.5 / 60 + 1e-6 for row in rows)
    assert len(list(take.rows(whole=False))) == 61


def test_the_senders_clock_wins_until_it_is_set_anew(addon_part: Part) -> None:
    frame = addon_part("frames").Frame
    late = [0.3, 0.31, 0.32, 0.4]  # arrivals, after something held Blender up
    clock = [86399.9, 86399.95, 86400.0, 0.05]  # the sender's, which passes midnight
    for stream, wanted in ((True, [3.0, 3.5, 4.0, 4.0]), (False, [3.0, 3.1, 3.2, 4.0])):
        take = addon_part("take").Take(0.0, 0.0, 10.0, stream)
        for arrival, time in zip(late, clock, strict=True):
            take.add(frame(arrival, time, {"a": arrival}))
        frames = [row.frame for row in take.rows(whole=False)]
        assert frames == pytest.approx(sorted(set(wanted)))


@pytest.mark.parametrize("start", [0.0083333, 0.25, 7.1249])
def test_a_stream_of_the_scenes_rate_is_keyed_at_every_frame(addon_part: Part, start: float) -> None:
    """Clocks that are off by a little, wherever between two frames of the scene the stream began."""
    take, frame = addon_part("take").Take(0.0, 1.0, 60.0), addon_part("frames").Frame
    stray = np.random.default_rng(4).uniform(-0.001, 0.001, 100)
    for number in range(100):
        take.add(frame(start + number / 60, 3600 + number / 60 + stray[number], {"a": number}))
    rows = list(take.rows(whole=True))
    assert [row.values[0] for row in rows] == list(range(100))
    assert rows[-1].frame - rows[0].frame == 99


def test_a_value_that_comes_late_has_no_rows_before(addon_part: Part) -> None:
    take, frame = addon_part("take").Take(0.0, 1.0, 10.0), addon_part("frames").Frame
    take.add(frame(0.0, None, {"a": 0.5}))
    take.add(frame(0.1, None, {"b": 0.25}))
    assert [list(row.values) for row in take.rows(whole=True)] == [[0.5], [0.5, 0.25]]


def test_a_take_has_an_end(addon_part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addon_part("take"), "MOST_ROWS", 5)
    take, frame = addon_part("take").Take(0.0, 1.0, 10.0), addon_part("frames").Frame
    for number in range(9):
        take.add(frame(number, None, {"a": 0.5}))
    assert len(take) == 5 and take.full


def test_turns_are_those_of_the_exporters(addon_part: Part) -> None:
    angles = np.random.default_rng(3).uniform(-80, 80, (50, 3))
    for (yaw, pitch, roll), wanted in zip(np.radians(angles), quaternions(angles), strict=True):
        w, x, y, z = addon_part("turns").quaternion(yaw, pitch, roll)
        assert abs(np.dot([x, y, z, w], wanted)) == pytest.approx(1.0, abs=1e-6)
    quarter = addon_part("turns").quaternion(math.pi / 2, 0, 0)
    assert addon_part("turns").z_up(quarter) == pytest.approx((math.sqrt(0.5), 0, 0, math.sqrt(0.5)))


def build() -> Any:
    """The script that makes the archive, as a module."""
    spec = importlib.util.spec_from_file_location("build_addon", ROOT / "scripts" / "build_blender_addon.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_archive_is_always_the_same_and_complete(tmp_path: Path) -> None:
    first = build().build(tmp_path / "a" / "b")
    assert first.name == "audio2face_live-0.1.0.zip"
    assert first.read_bytes() == build().archive()
    with zipfile.ZipFile(first) as zipped:
        names = set(zipped.namelist())
        assert zipped.testzip() is None
    sources = {f"audio2face_live/{path.name}" for path in ADDON.glob("*.py")}
    assert names == sources | {"audio2face_live/LICENSE", "audio2face_live/blender_manifest.toml"}


def texts(file: Path) -> dict[str, str]:
    """{key: text} of a TOML file, the first of each; Python 3.10 has no reader for it."""
    found = re.findall(r'^(\w+) = \[?"([^"]*)"\]?$', file.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(reversed(found))


def test_versions_agree() -> None:
    manifest, project = texts(ADDON / "blender_manifest.toml"), texts(ROOT / "pyproject.toml")
    source = ast.parse((ADDON / "__init__.py").read_text(encoding="utf-8"))
    (info,) = (
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "bl_info"
    )
    assert manifest["version"] == project["version"] == ".".join(map(str, info["version"]))
    assert manifest["license"] == f"SPDX:{project['license']}"
    assert manifest["blender_version_min"] == ".".join(map(str, info["blender"]))
    assert len(manifest["network"]) <= 64 and len(manifest["tagline"]) <= 64


def test_the_guide_is_true() -> None:
    """Its commands have options that exist and places that can be sent to; its choices are the panel's."""
    guide = (ROOT / "docs" / "hosts" / "blender.md").read_text(encoding="utf-8")
    commands = re.findall(r"^audio2face (\w+)(.*)$", guide, re.MULTILINE)
    assert {"animate", "live", "listen"} <= {command for command, _ in commands}
    for command, words in commands:
        known = program.get_command(click.Context(program), command)
        assert known is not None
        options = {option for entry in known.params for option in entry.opts}
        assert set(re.findall(r"--?[a-z]+\b", words)) <= options, words
        for uri in re.findall(r"\w+://\S+", words):
            assert parse(uri).port == 9001
    assert "scripts/build_blender_addon.py -o dist" in guide
    assert f"dist/audio2face_live-{build().version()}.zip" in guide
    panel = (ADDON / "settings.py").read_text(encoding="utf-8") + (ADDON / "operators.py").read_text("utf-8")
    shown = set(re.findall(r'(?:name=|bl_label = |\("[A-Z]+", )"([^"]+)"', panel))
    said = set(re.findall(r"\*([A-Z][A-Za-z0 ]+)\*", guide))
    assert said <= shown, said - shown


def test_the_addon_needs_nothing_but_python_and_blender() -> None:
    allowed = {*sys.stdlib_module_names, "bpy", "mathutils"}
    for file in ADDON.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, f"{file.name}: {names}"
