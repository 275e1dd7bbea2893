"""Nobody speaks: frames keep coming, the face is alive and its mouth shut, whatever the sound comes from."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import audio2face
from audio2face.errors import SoundError
from audio2face.life import LifeSettings
from audio2face.live import LiveFace, Performance
from audio2face.models import load_model
from audio2face.sources import FileSource
from audio2face.sources.live_source import LiveSource
from audio2face.sources.microphone import Microphone
from audio2face.sources.standard_input import FIRST, StandardInput
from audio2face.sources.websocket import WebSocketSource
from rigs import ARKIT_NAMES, ROTATION_NAMES, lip_gap
from rigs.arrays import FloatArray

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
Speak = Callable[[bytes], None]
Opened = tuple[LiveSource, Speak]


def pcm(seconds: float) -> bytes:
    """A part of the bundled sentence, 16-bit at 16 kHz."""
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])[8_000:]
    return (samples[: round(16_000 * seconds)] * 32_767).astype("<i2").tobytes()


@pytest.fixture
def pipe(clock: Any) -> Iterator[Opened]:
    """A pipe that nothing is written into, and how to write."""
    read, write = os.pipe()
    source = StandardInput(16_000, read, clock)
    yield source, lambda data: void(os.write(write, data))
    source.close()
    os.close(write)


@pytest.fixture
def websocket(clock: Any) -> Iterator[Opened]:
    """A server that sends nothing, and how to make it."""
    pytest.importorskip("websocket", reason="needs websocket-client: pip install websocket-client")
    server_module = pytest.importorskip(
        "websockets.sync.server", reason="needs websockets: pip install websockets"
    )
    said: list[bytes] = []
    news, over = threading.Event(), threading.Event()

    def serve(connection: Any) -> None:
        while not over.is_set():
            if news.wait(0.02):
                news.clear()
                connection.send(said.pop())

    server = server_module.serve(serve, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    source = WebSocketSource(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/", 16_000, clock)
    yield source, lambda data: (said.append(data), news.set())[0]  # type: ignore[func-returns-value]
    source.close()
    over.set()
    server.shutdown()


class Mute:
    """A microphone that is open and hands out nothing until it is told to."""

    name, rate, choices = "Mute", 16_000, ("Mute",)

    def __call__(self, wanted: str | None, receive: Any) -> Mute:
        self.receive = receive
        return self

    def say(self, data: bytes) -> None:
        self.receive(np.frombuffer(data, "<i2").astype(np.float32) / 32_768, self.rate)

    def active(self) -> bool:
        return True

    def close(self) -> None: ...


@pytest.fixture
def mute(clock: Any) -> Iterator[Opened]:
    """A microphone that hears nothing at all."""
    device = Mute()
    source = Microphone(None, device, clock)
    yield source, device.say
    source.close()


def void(_: object) -> None: ...


def performed(
    source: LiveSource, memory: Any, clock: Any, until: Callable[[Performance], bool]
) -> Performance:
    """Lives through the sound until something is so, or two minutes have passed."""
    face = LiveFace(load_model("live"), 60, {}, {}, None, LifeSettings(), 5)
    played = Performance(source, face, memory, clock=clock)
    played.run(lambda: played.stop() if until(played) or played.watch.heard > 120 else None)
    return played


def sent(memory: Any) -> FloatArray:
    return np.stack([frame.weights for frame in memory.frames[:-1]])


@pytest.mark.parametrize("kind", ["pipe", "websocket", "mute"])
def test_a_source_that_gives_nothing(
    kind: str, request: pytest.FixtureRequest, memory: Any, clock: Any
) -> None:
    source, _ = request.getfixturevalue(kind)
    begin = clock.now()
    performed(source, memory, clock, lambda played: played.watch.heard >= 12)
    took = clock.now() - begin
    rows, times = sent(memory), np.array([frame.time for frame in memory.frames[:-1]])
    assert len(rows) == pytest.approx(12 * 60, abs=10) and took == pytest.approx(12, abs=FIRST + 0.5)
    np.testing.assert_allclose(np.diff(times), 1 / 60, atol=1e-6)
    assert lip_gap(rows[:, :52], ARKIT_NAMES).max() <= 1
    lids = rows[:, ARKIT_NAMES.index("eyeBlinkLeft")]
    assert 1 <= (np.diff((lids > 0.95).astype(int)) == 1).sum() <= 8
    head = np.degrees(rows[:, 52:55])
    assert head.std(0).min() > 0.2 and rows[:, 52:].shape[1] == len(ROTATION_NAMES)
    assert rows[:, ARKIT_NAMES.index("eyeLookOutLeft")].max() > 0.03


@pytest.mark.parametrize("kind", ["pipe", "websocket", "mute"])
def test_sound_that_comes_after_a_while_is_heard_without_a_jump(
    kind: str, request: pytest.FixtureRequest, memory: Any, clock: Any
) -> None:
    source, speak = request.getfixturevalue(kind)
    line, now, loud = pcm(1.5), [0.0], []
    step = 320 if kind == "mute" else len(line)  # a microphone gives sound as it is heard, others in bursts
    pieces = [line[start : start + step] for start in range(0, len(line), step)][::-1]

    def follow(played: Performance) -> bool:
        now.append(played.watch.heard)
        if now[-1] > 3 and pieces:
            speak(pieces.pop())
        if not played.watch.zeros:
            loud.append(now[-1] - now[-2])
        return bool(loud) and played.watch.zeros > 2

    performed(source, memory, clock, follow)
    assert sum(loud) == pytest.approx(1.5, abs=0.05), "all of it is heard"
    times = np.array([frame.time for frame in memory.frames[:-1]])
    np.testing.assert_allclose(np.diff(times), 1 / 60, atol=1e-6)
    rows = sent(memory)
    assert lip_gap(rows[:, :52], ARKIT_NAMES).max() > 3
    assert np.abs(np.diff(np.degrees(rows[:, 52:55]), axis=0)).max() < 2
    assert lip_gap(rows[-20:, :52], ARKIT_NAMES).max() <= 1


def test_an_empty_pipe_that_closed_late_is_still_told(clock: Any) -> None:
    read, write = os.pipe()
    source, count = StandardInput(16_000, read, clock), 0
    with pytest.raises(SoundError, match="ended before the first sample"):
        for block in source:
            assert not block.samples.any()
            count += 1
            if count == 50:
                os.close(write)
    assert count >= 50
    os.close(read)


def test_room_tone_leaves_the_mouth_shut() -> None:
    random = np.random.default_rng(1)
    tone = (random.standard_normal(8 * 16_000) * 10 ** (-60 / 20)).astype(np.float32)
    face = LiveFace(load_model("live"), 60, {}, {}, None, LifeSettings(), 5)
    blocks = [tone[start : start + 160] for start in range(0, len(tone), 160)]
    rows = np.stack([frame.weights[:52] for block in blocks for frame in face.push(block)])
    assert lip_gap(rows, ARKIT_NAMES).max() <= 1
