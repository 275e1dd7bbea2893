"""The whole live path when things go wrong: servers killed and back, the system's clock set."""

from __future__ import annotations

import ast
import contextlib
import itertools
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import websockets.exceptions
import websockets.sync.server

from audio2face import load_model
from audio2face.live import LiveFace, Performance
from audio2face.sources import websocket as voice
from audio2face.sources.paced import PacedFile
from audio2face.sources.websocket import WebSocketSource
from livelink import Fan, Inbox, Session, open_destination, open_listener, unreal
from livelink.destination import Destination
from livelink.vts_sink import VtsSink
from rigs import ARKIT_NAMES, WeightFrame

WAIT = 60.0
"""Seconds after which anything counts as hung."""
ROOT = Path(__file__).parents[2]
TONE = (np.sin(np.arange(2400) / 20) * 9000).astype("<i2").tobytes()
PAUSE = 0.4
"""Seconds from the beginning of a tone of 0.1 s to the next."""


def wait_for(condition: Callable[[], object], listener: Inbox | None = None) -> None:
    """Until it holds; meanwhile the listener takes what comes."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        if listener:
            listener.poll(0.02)
        else:
            time.sleep(0.02)


class Frames:
    """Sends frames to a fan without end, 60 a second."""

    def __init__(self, fan: Fan) -> None:
        self._fan, self._over = fan, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for number in itertools.count():
            self._fan.send(WeightFrame(number / 60, np.full(52, number % 9 / 9)))
            if self._over.wait(1 / 60):
                return

    def stop(self) -> None:
        self._over.set()
        self._thread.join(WAIT)


def test_vtube_studio_killed_and_back(tmp_path: Path) -> None:
    with open_listener(Destination("vts", "127.0.0.1", 0)) as studio:
        port = studio.port
        fan = Fan({"vts": VtsSink("127.0.0.1", port, "arkit", tmp_path / "t.json")}, first_wait=0.05)
        fan.open(ARKIT_NAMES, 60)
        frames = Frames(fan)
        wait_for(studio.summaries, studio)
    try:
        wait_for(lambda: fan.status()[0].state == "waiting")
        assert fan.status()[0].failures and "VTube Studio" in str(fan.status()[0].error)
        with open_listener(f"vts://127.0.0.1:{port}") as studio:
            wait_for(studio.summaries, studio)
            assert fan.status()[0].state == "open"
            frames.stop()
            fan.close()
            wait_for(lambda: not any(next(iter(studio.summaries().values())).latest.values()), studio)
    finally:
        frames.stop()
        fan.close()


class VoiceServer:
    """Sends tones with pauses between; a context that ends kills the server and all its connections."""

    def __init__(self, port: int = 0) -> None:
        self._connections: list[Any] = []
        self._server = websockets.sync.server.serve(self._talk, "127.0.0.1", port)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _talk(self, connection: Any) -> None:
        self._connections.append(connection)
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            while True:
                connection.send(TONE)
                with contextlib.suppress(TimeoutError):
                    connection.recv(timeout=PAUSE)

    def __enter__(self) -> VoiceServer:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close_socket()
        self._server.shutdown()


def test_a_voice_server_killed_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "FIRST_PAUSE", 0.02)
    blocks: Iterator[Any]
    with VoiceServer() as server:
        source = WebSocketSource(f"ws://127.0.0.1:{server.port}/")
        blocks = iter(source)
        assert any(block.samples.any() for block in itertools.islice(blocks, 3000))
    assert any("no connection" in source.trouble for _ in itertools.islice(blocks, 3000)), "it says so"
    with VoiceServer(server.port):
        silent = itertools.dropwhile(lambda block: block.samples.any(), blocks)
        assert any(block.samples.any() for block in itertools.islice(silent, 3000)), "and hears again"
        assert source.trouble == ""
    source.close()
    assert sum(1 for _ in blocks) < 100


@pytest.fixture
def mad_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of day jumps by years whenever somebody looks."""
    dice = random.Random(3)
    monkeypatch.setattr(time, "time", lambda: dice.uniform(0, 4e9))
    monkeypatch.setattr(time, "time_ns", lambda: dice.randrange(4 * 10**18))
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(dice.uniform(1e9, 2e9)))


def test_the_time_of_day_changes_nothing(line: Path, clock: Any, mad_clock: None) -> None:
    """Frame numbers start at the time of day when the sink was made, and then count on."""
    face = LiveFace(load_model("live"), 60, {}, {})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT)
        uri = f"livelink://127.0.0.1:{receiver.getsockname()[1]}/Ann"
        sink = open_destination(uri)
        with Session(sink, face.names, 60) as opened:
            played = Performance(PacedFile(line, False, clock), face, opened, clock=clock)
            played.run()
            assert (played.watch.late, played.watch.frames) == (0, 60)
        packets = [unreal.decode(receiver.recv(4096)) for _ in range(60)]
    numbers = np.array([packet.frame for packet in packets])
    assert (np.diff(numbers) == 1).all()


def test_a_fan_does_not_care_for_the_time_of_day(mad_clock: None) -> None:
    with open_listener(Destination("vmc", "127.0.0.1", 0)) as listener:
        fan = Fan({"vmc": open_destination(f"vmc://127.0.0.1:{listener.port}")}, depth=100)
        fan.open(ARKIT_NAMES, 60)
        for number in range(60):
            fan.send(WeightFrame(number / 60, np.full(52, number / 60)))
            listener.poll(0.01)  # else there is more than a receiver holds
        wait_for(lambda: any(each.frames >= 60 for each in listener.summaries().values()), listener)
        fan.close()
    assert fan.status()[0].dropped == 0


def test_only_the_start_of_the_timecode_is_the_time_of_day() -> None:
    """Whatever measures in the live path uses clocks that only go forwards."""
    folders = (ROOT / "audio2face" / "live", ROOT / "audio2face" / "sources", ROOT / "livelink")
    found = []
    for file in sorted(path for folder in folders for path in folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = {"time", "time_ns", "localtime", "gmtime", "now", "today", "utcnow"}
            if isinstance(node, ast.Attribute) and node.attr in names:
                of = node.value.id if isinstance(node.value, ast.Name) else ""
                if of in ("time", "datetime", "date"):
                    found.append(f"{file.name}: {of}.{node.attr}")
    assert found == ["destination.py: time.localtime"]
