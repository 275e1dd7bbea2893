"""Impulses into a microphone → packets out of UDP: how long that takes beyond the look-ahead.

A burst of speech in silence is heard; the face must move a known number of frames later, known from the same
sound animated at once. Whatever else passes between the burst's first sample and the packet is latency.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

import audio2face
from audio2face import load_model
from audio2face.features import SAMPLE_RATE
from audio2face.live import LiveFace, Performance
from audio2face.sources.block import AudioBlock
from audio2face.sources.microphone import Microphone, Opener, Receive
from audio2face.weights import WeightStream
from livelink import Session, open_destination

FPS = 60
BURST, QUIET = 0.3, 0.7
"""Seconds of speech, and of silence after it at least."""
LOUD = 0.02
MOVED = 0.004
"""Mean weight by which the face has moved."""
Samples = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Latency:
    """Milliseconds beyond the look-ahead, [impulses]; and between packets, [packets - 1]."""

    beyond: Samples
    intervals: Samples


def burst_train(count: int) -> Samples:
    """[samples] at 16 kHz: bursts of the bundled voice at uneven distances, starting loud."""
    path = Path(audio2face.__file__).parent / "data" / "sample.ogg"
    voice, _ = soundfile.read(path, dtype="float32")
    first = int(np.flatnonzero(np.abs(voice) > 5 * LOUD)[0])
    burst = voice[first : first + int(BURST * SAMPLE_RATE)]
    gaps = QUIET + np.random.default_rng(0).uniform(0, 0.05, count)
    parts = [np.zeros(SAMPLE_RATE, np.float32)]
    for gap in gaps:
        parts += [burst, np.zeros(int(gap * SAMPLE_RATE), np.float32)]
    return np.concatenate(parts)


class PacedDevice:
    """A device without hardware that gives each block of 10 ms when its last sample has sounded."""

    name, rate = "blocks of 10 ms by the clock", SAMPLE_RATE

    def __init__(self, sound: Samples) -> None:
        self._sound, self._open = sound, True

    def __call__(self, wanted: str | None, receive: Receive) -> PacedDevice:
        threading.Thread(target=self._run, args=(receive,), daemon=True).start()
        return self

    def _run(self, receive: Receive) -> None:
        start, step = time.perf_counter(), SAMPLE_RATE // 100
        for at in range(0, len(self._sound), step):
            due = start + (at + step) / SAMPLE_RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            receive(self._sound[at : at + step], SAMPLE_RATE)
        self._open = False

    def active(self) -> bool:
        return True

    def close(self) -> None: ...

    def done(self) -> bool:
        """Whether all was given."""
        return not self._open


class Tapped:
    """A microphone whose sound is written down where it comes in and where it goes on."""

    def __init__(self, opener: Opener) -> None:
        self.came: list[tuple[float, Samples]] = []
        self.gone: list[Samples] = []

        def open_tapped(wanted: str | None, receive: Receive) -> Any:
            def tap(samples: Samples, rate: int) -> None:
                self.came.append((time.perf_counter(), samples.copy()))
                receive(samples, rate)

            return opener(wanted, tap)

        self.microphone = Microphone(None, open_tapped)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.microphone, name)

    def __iter__(self) -> Any:
        for block in self.microphone:
            self.gone.append(np.array(block.samples))
            yield AudioBlock(block.time, block.samples)


def measure(opener: Opener, done: Callable[[], bool]) -> Latency:
    """Performs until `done`, and reads the latency of every impulse off the packets."""
    receiver = Path(__file__).parent / "live_receiver.py"
    with subprocess.Popen([sys.executable, str(receiver)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        tapped = Tapped(opener)
        perform(tapped, port, done)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", port))
        packets = np.array(json.loads(process.stdout.read()))
    return read_latency(tapped, packets)


def perform(tapped: Tapped, port: int, done: Callable[[], bool]) -> None:
    """The live path, as the command runs it, on the main thread."""
    face = LiveFace(load_model("live"), FPS, {}, {})
    with Session(open_destination(f"livelink://127.0.0.1:{port}/impulse"), face.names, FPS) as sink:
        played: Any = tapped
        performance = Performance(played, face, sink)
        performance.run(lambda: performance.stop() if done() else None)
    with suppress(AttributeError):
        tapped.microphone.close()


def read_latency(tapped: Tapped, packets: Samples) -> Latency:
    """Each impulse's first sample against the packet in which the face has moved."""
    sound = np.concatenate(tapped.gone)
    stream = WeightStream(load_model("live"), FPS)
    frames = np.concatenate([stream.push(sound), stream.finish()])
    moved = frames.sum(axis=1) / 61  # a packet has 61 values
    times = capture_times(tapped)
    heard = onsets(np.concatenate([samples for _, samples in tapped.came]))
    went = onsets(sound)
    beyond = []
    for came, gone in zip(heard, went, strict=False):
        frame = first_move(moved, int(gone / SAMPLE_RATE * FPS))
        if frame is not None and frame < len(packets) - 3:
            expected = frame / FPS - gone / SAMPLE_RATE + stream.latency
            beyond.append(packets[frame, 0] - times[came] - expected)
    return Latency(1e3 * np.array(beyond), 1e3 * np.diff(packets[:-3, 0]))


def capture_times(tapped: Tapped) -> Samples:
    """[samples] when each sample was there: the last of a block as the block came, the others before it."""
    return np.concatenate(
        [when + (np.arange(len(block)) + 1 - len(block)) / SAMPLE_RATE for when, block in tapped.came]
    )


def onsets(sound: Samples) -> list[int]:
    """Samples at which it is loud after a long quiet."""
    loud = np.flatnonzero(np.abs(sound) > LOUD)
    first = np.diff(loud, prepend=-SAMPLE_RATE) > QUIET / 2 * SAMPLE_RATE
    return [int(at) for at in loud[first]]


def first_move(moved: Samples, after: int) -> int | None:
    """The first frame from `after` at which the face has moved."""
    rest = moved[max(0, after - 6) : after + 1].min()
    found = np.flatnonzero(moved[after : after + FPS // 2] > rest + MOVED)
    return after + int(found[0]) if len(found) else None
