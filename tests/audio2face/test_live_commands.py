"""`live`, `listen` and `devices` as people start them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pythonosc.udp_client import SimpleUDPClient

from exporters import read_clip
from livelink import unreal
from livelink.channels import LINK_NAMES

WAIT = 60
"""Seconds after which anything counts as hung."""
Run = Callable[..., Any]
Refused = Callable[..., str]
GROUP = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0


def start(*words: object, **settings: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "audio2face", *map(str, words)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, creationflags=GROUP, **settings
    )


def test_a_recording_is_what_animate_writes(line: Path, here: Path, run: Run) -> None:
    assert run("live", "--file", line, "--record", "live.npz").code == 0
    assert run("animate", line, "--model", "live", "-o", "batch.npz").code == 0
    live, batch = read_clip(here / "live.npz"), read_clip(here / "batch.npz")
    assert (live.names, live.fps) == (batch.names, batch.fps)
    np.testing.assert_allclose(live.weights, batch.weights, atol=1e-5)


def test_a_pipe_gives_the_same(line: Path, here: Path, run: Run) -> None:
    samples, rate = soundfile.read(line, dtype="int16")
    live = start("live", "--stdin", rate, "--record", "live.npz", stdin=subprocess.PIPE)
    _, said = live.communicate(samples.astype("<i2").tobytes(), timeout=WAIT)
    assert live.returncode == 0, said
    assert run("animate", line, "--model", "live", "-o", "batch.npz").code == 0
    batch = read_clip(here / "batch.npz").weights
    np.testing.assert_allclose(read_clip(here / "live.npz").weights, batch, atol=1e-5)


def test_an_empty_pipe_is_told_in_one_line(here: Path) -> None:
    live = start("live", "--stdin", 16_000, "--record", "live.npz", stdin=subprocess.PIPE)
    _, said = live.communicate(b"", timeout=WAIT)
    assert live.returncode == 1
    assert b"standard input holds no sound" in said
    assert not (here / "live.npz").exists()


def test_ctrl_c_leaves_the_face_at_rest(line: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT)
        uri = f"livelink://127.0.0.1:{receiver.getsockname()[1]}/Zoë"
        live = start("live", "--file", line, "--loop", "--to", uri)
        packets = [unreal.decode(receiver.recv(4096)) for _ in range(30)]
        live.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
        _, said = live.communicate(timeout=WAIT)
        assert live.returncode == 0, said
        receiver.settimeout(0.2)
        try:
            while True:
                packets.append(unreal.decode(receiver.recv(4096)))
        except TimeoutError:
            pass
    assert {packet.subject for packet in packets} == {"Zoë"}
    assert any(np.any(packet.values) for packet in packets)
    assert not np.any(packets[-1].values)


def test_hosts_get_json_lines(line: Path, here: Path, run: Run) -> None:
    done = run("live", "--file", line, "--to", "osc://127.0.0.1:9", "--record", "talk.json", "--json")
    assert done.code == 0 and done.err == ""
    first, *_, last = map(json.loads, done.out.splitlines())
    assert (first["event"], first["fps"], first["record"]) == ("started", 60, "talk.json")
    assert (last["event"], last["seconds"]) == ("ended", 1.0)
    assert last["destinations"][0]["name"] == "osc://127.0.0.1:9"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "osc://"), "name one source"),
        (("--mic", "--file", "line.wav", "--to", "osc://"), "name one source"),
        (("--file", "line.wav"), "name a destination"),
        (("--stdin", "16000", "--loop", "--to", "osc://"), "--loop needs --file"),
    ],
)
def test_wrong_usage_is_told(words: tuple[str, ...], said: str, run: Run) -> None:
    done = run("live", *words)
    assert done.code == 2 and said in done.err


def test_what_cannot_work_is_told_at_once(line: Path, refused: Refused) -> None:
    assert "known are" in refused("live", "--file", line, "--to", "smoke://signals")
    assert "unknown suffix" in refused("live", "--file", line, "--record", "talk.doc")
    assert "none.wav" in refused("live", "--file", "none.wav", "--to", "osc://")
    assert "nose" in refused("live", "--file", line, "--to", "osc://", "--gain", "nose=2")
    assert "no WebSocket address" in refused("live", "--websocket", "http://x", "--to", "osc://")


def test_listening_shows_what_arrives(line: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listener = start("listen", f"vmc://127.0.0.1:{port}", "--json")
    sender = start("live", "--file", line, "--loop", "--to", f"vmc://127.0.0.1:{port}")
    assert listener.stdout is not None
    try:
        for text in listener.stdout:
            found = json.loads(text)
            if found["senders"] and found["senders"][0]["movers"]:
                break
        assert "jawOpen" in {name.lower()[:1] + name[1:] for name in found["senders"][0]["names"]}
        assert found["bad"] == 0
    finally:
        for process in (listener, sender):
            process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
            process.communicate(timeout=WAIT)
    assert (listener.returncode, sender.returncode) == (0, 0)


def test_nothing_heard_in_time_is_exit_code_1(run: Run) -> None:
    done = run("listen", "osc://127.0.0.1:39971", "--seconds", "0.3")
    assert done.code == 1 and "nothing yet" in done.err


def test_controls_are_set_while_it_performs(line: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        uri = f"livelink://127.0.0.1:{receiver.getsockname()[1]}"
        live = start(
            *(
                "live",
                "--file",
                line,
                "--loop",
                "--to",
                uri,
                "--control",
                f"osc://127.0.0.1:{port}",
                "--no-eyes",
            ),
        )
        brow = LINK_NAMES.index("browOuterUpLeft")
        receiver.recv(4096)
        SimpleUDPClient("127.0.0.1", port).send_message("/audio2face/emotion/surprise", 1.0)
        reached = any(unreal.decode(receiver.recv(4096)).values[brow] > 0.8 for _ in range(1200))
        live.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
        _, said = live.communicate(timeout=WAIT)
    assert reached and live.returncode == 0, said
    assert b"emotion/surprise" in said
