"""The add-on in Blender itself: installed from its archive, sent real datagrams, and looked at."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face.commands.demo import SAMPLE
from exporters import read_clip
from exporters.gltf.write import write_glb
from livelink import ifacialmocap, osc, osc_face, unreal, vmc
from livelink.channels import LINK_NAMES
from rigs import ARKIT_NAMES, AnimationClip, WeightFrame, default_head

ROOT = Path(__file__).parents[2]
Blender = Callable[..., Any]
FRAMES = 300
ENCODERS: dict[str, Callable[[], Callable[[WeightFrame], list[bytes]]]] = {
    "OSC": lambda: osc_face.channel_encoder((*ARKIT_NAMES, "nobody"), "face"),
    "VMC": lambda: vmc.encoder(ARKIT_NAMES),
    "LIVELINK": lambda: unreal.encoder(LINK_NAMES, 60, "Zoë", unreal.device_of("Zoë"), 3600.0),
    "IFACIALMOCAP": lambda: ifacialmocap.encoder(LINK_NAMES, 4),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-on as people install it."""
    spec = importlib.util.spec_from_file_location("build_addon", ROOT / "scripts" / "build_blender_addon.py")
    assert spec is not None and spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    path: Path = build.build(tmp_path_factory.mktemp("archive"))
    return path


@pytest.fixture
def play(run_blender: Blender, archive: Path, tmp_path: Path) -> Callable[..., Any]:
    """`play(script, given)`: the answer of a script of tests/blender that reads `given` from a file."""

    def run(script: str, given: Any) -> Any:
        file = tmp_path / "given.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        return run_blender(script, tmp_path, archive, file)

    return run


def hexed(datagrams: list[bytes]) -> list[str]:
    return [datagram.hex() for datagram in datagrams]


def test_it_installs_and_leaves_no_port_taken(run_blender: Blender, archive: Path, tmp_path: Path) -> None:
    done = run_blender("addon_install.py", tmp_path, archive)
    assert done["as_extension"] == ["bl_ext.user_default.audio2face_live"]
    assert done["legacy"] == ["audio2face_live"]
    assert all(done[name] for name in ("taken", "freed", "again", "timer", "gone"))
    assert done["legacy_listens"] and done["legacy_freed"] and not done["left"]
    assert Path(done["resources"]) == tmp_path / "user"


def weights(names: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """[FRAMES, names] seeded weights from 0 to 1."""
    return np.random.default_rng(5).uniform(0, 1, (FRAMES, len(names))).astype(np.float32)


def test_every_message_moves_the_meshes(play: Callable[..., Any], record_property: Any) -> None:
    streams, sent = {}, {}
    for protocol, make in ENCODERS.items():
        names = (*ARKIT_NAMES, "nobody") if protocol == "OSC" else ARKIT_NAMES
        names = names if protocol in ("OSC", "VMC") else LINK_NAMES
        encode, values = make(), weights(names)
        streams[protocol] = [hexed(encode(WeightFrame(n / 60, row))) for n, row in enumerate(values)]
        sent[protocol] = [dict(zip(names, row.tolist(), strict=True)) for row in values]
    done = play("addon_drive.py", {"names": list(ARKIT_NAMES), **streams})
    for protocol, found in done.items():
        near = 2e-6 if protocol == "IFACIALMOCAP" else 1e-6
        wanted = sent[protocol]
        hits = sum(
            all(abs(values[name] - frame[name]) <= near for name in ARKIT_NAMES)
            for frame, values in zip(wanted, found["values"], strict=True)
        )
        assert (hits, found["frames"], found["bad"]) == (FRAMES, FRAMES, 0), protocol
        heights = [
            (
                frame["jawOpen"] + 10 * frame["mouthSmileLeft"] + 100 * frame["tongueOut"],
                3 * frame["jawOpen"],
                0,
            )
            for frame in wanted
        ]
        np.testing.assert_allclose(found["heights"], heights, atol=3e-4)
        assert found["datagrams"] == sum(map(len, streams[protocol]))
        assert found["unmatched"] == (["nobody"] if protocol == "OSC" else [])
        assert found["rest"] == [0, 0, 0]
        assert found["sender"].startswith("127.0.0.1:") and found["rate"] > 0
        record_property(f"microseconds a frame, {protocol}", round(found["microseconds"]))
        print(f"{protocol}: {found['microseconds']:.0f} µs a frame, 55 shape keys on 3 meshes")


def rotated(yaw: float, pitch: float, roll: float) -> np.ndarray[Any, Any]:
    """[2, 3] where nose and crown go, in Blender's axes: about Z, then its own X, then its own -Y."""

    def about(axis: int, angle: float) -> np.ndarray[Any, Any]:
        matrix, (one, two) = np.eye(3), [(1, 2), (2, 0), (0, 1)][axis]
        matrix[one, one] = matrix[two, two] = math.cos(angle)
        matrix[two, one], matrix[one, two] = math.sin(angle), -math.sin(angle)
        return matrix

    turn = about(2, yaw) @ about(0, pitch) @ about(1, -roll)
    return np.stack([turn @ [0, -1, 0], turn @ [0, 0, 1]])


ANGLES = (0.4, 0.25, -0.15)


def test_the_head_turns_by_the_angle_that_was_sent(play: Callable[..., Any]) -> None:
    frame = WeightFrame(0.0, np.array([*np.zeros(52), *ANGLES, *np.zeros(6)], np.float32))
    makers = {
        "livelink": unreal.encoder(LINK_NAMES, 60, "Zoë", unreal.device_of("Zoë")),
        "osc": osc_face.channel_encoder(LINK_NAMES),
        "facecap": osc_face.facecap_encoder(LINK_NAMES),
        "vmc": vmc.encoder(LINK_NAMES),
        "ifacialmocap": ifacialmocap.encoder(LINK_NAMES),
    }
    done = play("addon_head.py", {name: hexed(encode(frame)) for name, encode in makers.items()})
    rest, turned = rotated(0, 0, 0), rotated(*ANGLES)
    assert turned[0][0] > 0.3  # yaw to the character's own left, which is +x
    assert turned[0][2] < -0.2  # pitch down
    assert turned[1][0] > 0.1  # negative roll: the crown to its own left
    for name, found in done["streams"].items():
        for mode in ("QUATERNION", "XYZ", "ZXY", "AXIS_ANGLE"):
            np.testing.assert_allclose(found[mode], turned, atol=1e-5, err_msg=f"{name} {mode}")
            np.testing.assert_allclose(found[f"{mode} after"], rest, atol=1e-5, err_msg=f"{name} {mode}")
    np.testing.assert_allclose(done["half"], rotated(*(angle / 2 for angle in ANGLES)), atol=1e-5)
    np.testing.assert_allclose(done["mirrored"], rotated(-ANGLES[0], *ANGLES[1:]), atol=1e-5)
    np.testing.assert_allclose(done["y up"], turned, atol=1e-5)
    np.testing.assert_allclose(done["object"], turned, atol=1e-5)
    np.testing.assert_allclose(done["object after"], rest, atol=1e-5)
    np.testing.assert_allclose(done["no bone"], rest, atol=1e-5)


def test_a_take_is_keyed_as_it_was_sent(play: Callable[..., Any]) -> None:
    """60 frames a second by the sender's clock, late by chance, into a scene of 30: every other frame."""
    encode = unreal.encoder(LINK_NAMES, 60, "Zoë", unreal.device_of("Zoë"), 3600.0)
    values = weights(LINK_NAMES)[:121]
    values[:, 52:] = np.linspace(0, 1, 121)[:, None] * np.tile(ANGLES, 3)
    late = np.random.default_rng(2).uniform(0, 0.09, 121)
    late[0] = 0
    sent = [(n / 60 + late[n], hexed(encode(WeightFrame(n / 60, row)))) for n, row in enumerate(values)]
    play_frames = list(range(100, 161))
    done = play(
        "addon_record.py",
        {"frames": sent, "fps": 30, "begin": 100, "choices": {"port": 0}, "play": play_frames},
    )
    columns = {name: LINK_NAMES.index(name) for name in LINK_NAMES}
    keys = done["keys"]
    for face, path, name in (
        ("Face", 'key_blocks["jawOpen"].value[0]', "jawOpen"),
        ("Face", 'key_blocks["mouthSmile_L"].value[0]', "mouthSmileLeft"),
        ("Teeth", 'key_blocks["JawOpen"].value[0]', "jawOpen"),
    ):
        curve = np.array(keys[face][path])
        assert curve[:, 0].tolist() == play_frames
        assert curve[:, 1].tolist() == values[::2, columns[name]].tolist()
    assert len(keys["Face"]) == 3 and len(keys["Teeth"]) == 1 and len(keys["Rig"]) == 4
    even = {name: values[::2, place] for name, place in columns.items()}
    heights = np.stack(
        [even["jawOpen"] + 10 * even["mouthSmileLeft"] + 100 * even["tongueOut"], 3 * even["jawOpen"]], axis=1
    )
    np.testing.assert_allclose(done["heights"], heights, atol=3e-4)
    for row, nose in zip(values[::2, 52:55], done["noses"], strict=True):
        np.testing.assert_allclose(nose, rotated(*row)[0], atol=1e-5)
    assert done["done"] == ["FINISHED"] and done["said"].startswith("488 keys on 8 curves in audio2face take")
    assert "before" in done["actions"]
    assert done["undone"] == {"Face": [], "Teeth": [], "Rig": []} and done["before"] == "before"


def test_keys_by_arrival_between_whole_frames(play: Callable[..., Any]) -> None:
    encode = osc_face.channel_encoder(("jawOpen", "mouthSmileLeft"))
    times = [0.0, 0.05, 0.11, 0.2]
    sent = [
        (time, hexed(encode(WeightFrame(0.0, np.array([0.1 * n, 0.5], np.float32)))))
        for n, time in enumerate(times)
    ]
    choices = {"clock": "ARRIVAL", "whole_frames": False}
    done = play("addon_record.py", {"frames": sent, "fps": 24, "begin": 1, "choices": choices, "play": []})
    curve = np.array(done["keys"]["Face"]['key_blocks["jawOpen"].value[0]'])
    np.testing.assert_allclose(curve[:, 0], [1 + 24 * time for time in times], atol=1e-3)
    np.testing.assert_allclose(curve[:, 1], [0, 0.1, 0.2, 0.3], atol=1e-6)
    assert done["keys"]["Rig"] == {}


def test_what_goes_wrong_is_told_and_nothing_hangs(play: Callable[..., Any]) -> None:
    dice = np.random.default_rng(9)
    good = hexed(osc_face.channel_encoder(("jawOpen",))(WeightFrame(0.0, np.array([0.25], np.float32))))
    wide = (osc.prefix("/jawOpen", "f") + osc.floats(1.5)).hex()
    broken = [dice.bytes(int(size)).hex() for size in dice.integers(1, 3000, 200)]
    broken += [b"", b"/" * 20000, b"#bundle\0" * 3, bytes([6]) * 300, good[0][:20].encode()]  # type: ignore[list-item]
    broken = [raw.hex() if isinstance(raw, bytes) else raw for raw in broken]
    broken.append((osc.prefix("/jawOpen", "f") + osc.floats(math.nan)).hex())
    done = play("addon_trouble.py", {"good": good, "broken": broken, "wide": wide})

    assert "audio2face.start" in done["idle"] and "stopped" in done["idle"]
    assert "audio2face.stop" in done["busy"] and "audio2face.record" in done["busy"]
    assert "audio2face.keep" in done["recording"]
    assert done["empty"][0] == ["FINISHED"] and done["empty"][1].startswith("nothing was recorded: no frame")

    assert "another program has this port; choose another" in done["taken"]["port"]
    assert any("another program has this port" in line for line in done["taken"]["shown"])
    assert "address 'face.example' is none" in done["taken"]["host"]
    assert not done["taken"]["runs"]

    assert done["broken"]["counted"] == [207, 206] and done["broken"]["value"] == 0.25
    assert any(line.endswith("208 packets, 206 bad") for line in done["broken"]["lines"])
    assert any(line.startswith("bad: ") for line in done["broken"]["lines"])
    assert done["flood"]["read"] <= 256 and done["flood"]["seconds"] < 1

    assert (done["sliders"]["stopped"], done["sliders"]["wide"], done["sliders"]["slider"]) == (1, 1.5, 1.5)
    assert "at the end of its slider: jawOpen" in done["sliders"]["said"]

    error = "stopped by an error: ZeroDivisionError: division by zero"
    timer = {"goes on": pytest.approx(1 / 120), "freed": True, "said": [error, "stopped"], "ends": None}
    assert done["timer"] == timer

    changes = done["changes"]
    assert "no shape key for jawOpen" in changes["unmatched"]
    assert changes["renamed back"] == 0.25
    assert changes["after undo"] == [0.25, 0.0]
    assert "the face is not in this scene" in changes["unlinked"]
    assert "no face is chosen" in changes["removed"]
    assert changes["other"] == 0.25
    assert changes["two sessions"] == [True, True]
    assert changes["another file"] == [["stopped: another file was loaded", "stopped"], True, 0]


def test_the_default_head_speaks_in_blender(run_blender: Blender, archive: Path, tmp_path: Path) -> None:
    """`audio2face live`, a process of its own → the head of our glb; the keys are the weights it sent."""
    sound, rate = soundfile.read(SAMPLE)
    soundfile.write(tmp_path / "line.wav", sound[: int(1.5 * rate)], rate)
    rest = AnimationClip(ARKIT_NAMES, np.zeros((2, 52), np.float32), 60)
    write_glb(rest, tmp_path / "head.glb", default_head())
    command = [sys.executable, "-m", "audio2face", "live", "--file", tmp_path / "line.wav"]
    words = json.dumps([str(word) for word in (*command, "--record", tmp_path / "sent.npz")])
    done = run_blender("addon_speech.py", tmp_path, archive, tmp_path / "head.glb", words)

    sent = read_clip(tmp_path / "sent.npz")
    assert done["code"] == 0, done["talk"]
    assert done["names"] == list(ARKIT_NAMES)
    assert done["bad"] == 0
    curves = np.array([done["keys"][f'key_blocks["{name}"].value[0]'] for name in sent.names])
    places, values = curves[0, :, 0].astype(int) - 1, curves[:, :, 1].T
    assert (curves[:, :, 0] == curves[0, :, 0]).all() and not values[-1].any()  # it ends at rest

    # A busy computer leaves frames out, perhaps the first, and counts them; the others are at their times.
    left_out = sum(map(int, re.findall(r"late (\d+), dropped (\d+)", done["talk"])[-1]))
    weights = np.concatenate([np.clip(sent.weights, 0, 1), np.zeros((60, 52))])
    (first,) = (n for n in range(30) if np.allclose(values, weights[places + n], atol=1e-6))
    assert (places + first < sent.frames).sum() + left_out >= sent.frames

    mesh = default_head().mesh
    assert mesh is not None
    ((widest, vertices),) = done["vertices"].items()
    wanted = mesh.vertices.astype(np.float64)
    for weight, name in zip(weights[int(widest) - 1 + first], sent.names, strict=True):
        if name in mesh.targets:
            target = mesh.targets[name]
            wanted[target.indices] += weight * target.deltas
    np.testing.assert_allclose(vertices, wanted[:, [0, 2, 1]] * [1, -1, 1], atol=2e-6)
    assert np.abs(wanted - mesh.vertices).max() > 0.004  # metres: it did open its mouth
