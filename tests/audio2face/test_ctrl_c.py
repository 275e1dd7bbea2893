"""Ctrl-C at any moment: while the program loads, while it sends, while it waits for somebody."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import websockets.sync.server

from audio2face.starting import is_program
from livelink import unreal

WAIT = 60.0
"""Seconds after which anything counts as hung."""
ROOT = Path(__file__).parents[2]
GROUP = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
LIVE = ["live", "--file", "line.wav", "--loop", "--to"]


@pytest.mark.parametrize(
    ("words", "yes"),
    [
        (["python", "-m", "audio2face", "live"], True),
        (["python", "/usr/bin/audio2face", "live"], True),
        (["python", "C:/Scripts/audio2face.exe"], True),
        (["python", "mine.py", "audio2face"], False),
        (["python", "-m", "pytest", "audio2face"], False),
        (["python"], False),
    ],
)
def test_only_the_program_takes_ctrl_c_to_itself(words: list[str], yes: bool) -> None:
    assert is_program(words) == yes


HOOK = """
import os, signal, sys, time
class Hook:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["HOOKED"]:
            sys.meta_path.remove(self)
            if "SAY" in os.environ:
                print("loading", flush=True)
            else:
                signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Hook())
"""


def start(here: Path, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    """The program, with a hook on the import of the module HOOKED."""
    (here / "hook").mkdir(exist_ok=True)
    (here / "hook" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    places = [str(here / "hook"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    settings = {"PYTHONPATH": os.pathsep.join(places), "XDG_CONFIG_HOME": str(here), "APPDATA": str(here)}
    return subprocess.Popen(
        [sys.executable, "-m", "audio2face", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **settings, **environment},
        creationflags=GROUP,
    )


def interrupt(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Ctrl-C; the exit code, and what was said."""
    process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
    _, said = process.communicate(timeout=WAIT)
    return process.returncode, said.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "module",
    [
        "audio2face.errors",
        "numpy",
        "ai_edge_litert.interpreter",
        "audio2face.commands.main",
        "click",
        "audio2face.commands.live",
        "audio2face.sources.microphone",
        "livelink.fan",
    ],
)
def test_ctrl_c_while_it_loads(line: Path, here: Path, module: str) -> None:
    process = start(here, *LIVE, "osc://127.0.0.1:9", HOOKED=module)
    _, said = process.communicate(timeout=WAIT)
    assert process.returncode == 130, said
    assert said.decode().split() == ["stopped"]


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.11, 0.18, 0.26, 0.4, 0.7, 1.3])
def test_ctrl_c_at_any_moment_leaves_the_face_at_rest(line: Path, here: Path, moment: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        uri = f"livelink://127.0.0.1:{receiver.getsockname()[1]}/Ann"
        process = start(here, *LIVE, uri, HOOKED="audio2face.commands.live", SAY="1")
        assert process.stdout is not None and process.stdout.readline() == b"loading\n"
        time.sleep(moment)
        code, said = interrupt(process)
        assert code in (0, 130) and "Traceback" not in said, said
        packets = []
        try:
            while True:
                packets.append(unreal.decode(receiver.recv(4096)))
        except TimeoutError:
            pass
    assert not packets or not packets[-1].values.any()


def test_ctrl_c_while_vtube_studio_is_silent(line: Path, here: Path) -> None:
    """It accepts the connection and never answers; another destination is left at rest all the same."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT)
        places = [f"livelink://127.0.0.1:{receiver.getsockname()[1]}", "--to"]
        process = start(here, *LIVE, *places, f"vts://127.0.0.1:{silent.getsockname()[1]}", HOOKED="none")
        packets = [unreal.decode(receiver.recv(4096)) for _ in range(20)]
        code, said = interrupt(process)
        assert code == 0 and "Traceback" not in said, said
        receiver.settimeout(0.2)
        try:
            while True:
                packets.append(unreal.decode(receiver.recv(4096)))
        except TimeoutError:
            pass
    assert not packets[-1].values.any()


def test_ctrl_c_while_vtube_studio_waits_for_a_click(line: Path, here: Path) -> None:
    asked = threading.Event()

    def wait(connection: Any) -> None:
        for message in connection:
            if json.loads(message)["messageType"] == "AuthenticationTokenRequest":
                asked.set()

    server = websockets.sync.server.serve(wait, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.socket.getsockname()[1]
    process = start(here, *LIVE, f"vts://127.0.0.1:{port}", HOOKED="none")
    assert asked.wait(WAIT)
    code, said = interrupt(process)
    server.shutdown()
    assert code == 0 and "Traceback" not in said, said


def test_nobody_listening_is_said_while_it_runs(line: Path, here: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(here, *LIVE, f"osc://127.0.0.1:{port}", "--json", HOOKED="none")
    assert process.stdout is not None
    notes = (
        json.loads(text)["destinations"][0]["note"]
        for text in process.stdout
        if json.loads(text)["event"] == "status"
    )
    assert any(note == f"nothing listens at 127.0.0.1:{port} yet" for note in itertools.islice(notes, 60))
    code, said = interrupt(process)
    assert code == 0, said
