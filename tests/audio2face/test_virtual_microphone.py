"""A microphone for real: speech is played, heard, animated and received over UDP."""

from __future__ import annotations

import importlib
import importlib.util
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from websocket import create_connection

from audio2face import FileSource, animate, load_model
from livelink import unreal
from rigs.arrays import FloatArray

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "audio2face" / "data" / "sample.ogg"
sys.path.insert(0, str(ROOT / "scripts"))
microphones = importlib.import_module("virtual_microphone")


@pytest.fixture
def virtual() -> Iterator[Any]:
    """A microphone that hears what is played in its environment."""
    if reason := microphones.missing():
        pytest.skip(reason)
    if not importlib.util.find_spec("pyaudio"):
        pytest.skip("needs PyAudio: apt-get install portaudio19-dev; pip install 'audio2face[mic]'")
    with microphones.virtual_microphone() as microphone:
        yield microphone


class Catcher:
    """Receives Live Link packets in a thread."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.packets: list[unreal.LinkPacket] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while datagram := self._socket.recv(4096):
            self.packets.append(unreal.decode(datagram))

    def close(self) -> FloatArray:
        """[frames, 61] what came."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(10)
        self._socket.close()
        return np.stack([packet.values for packet in self.packets])


def write_speech(folder: Path) -> None:
    """spoken.wav, three seconds; played.wav, the same within silence, which wakes the sound server."""
    samples, rate = soundfile.read(SAMPLE, frames=48_000, dtype="float32")
    soundfile.write(folder / "spoken.wav", samples, rate)
    before, after = np.zeros(3 * rate, np.float32), np.zeros(rate, np.float32)
    played = np.repeat(np.concatenate([before, samples, after]), 3)  # 48 kHz, as the virtual device has
    soundfile.write(folder / "played.wav", np.stack([played, played], axis=1), 3 * rate)


@contextmanager
def listening(virtual: Any, *words: str, begin: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """`live --mic --json` while it runs, after its first line if `begin`; then Ctrl-C, without an error."""
    command = [sys.executable, "-m", "audio2face", "live", "--mic", "--json", *words]
    live = subprocess.Popen(command, env=virtual.environment, cwd=ROOT, stdout=subprocess.PIPE)
    assert live.stdout is not None
    try:
        assert not begin or json.loads(live.stdout.readline())["event"] == "started"
        yield live
        live.send_signal(signal.SIGINT)
        assert live.wait(60) == 0
    finally:
        live.kill()
        live.stdout.close()


def play(virtual: Any, file: Path) -> None:
    subprocess.run(["paplay", str(file)], env=virtual.environment, check=True, timeout=60)


def test_speech_through_a_microphone_moves_the_face_as_its_file_does(virtual: Any, tmp_path: Path) -> None:
    write_speech(tmp_path)
    catcher = Catcher()
    words = ["--to", f"livelink://127.0.0.1:{catcher.port}/Zoë", "--no-head", "--no-eyes"]
    with listening(virtual, *words) as live:
        play(virtual, tmp_path / "played.wav")
        live.send_signal(signal.SIGINT)
        assert live.stdout is not None
        last = json.loads(live.stdout.read().splitlines()[-1])
    heard = catcher.close()
    assert last["late"] == 0 and last["trouble"] == ""
    spoken = animate(FileSource(tmp_path / "spoken.wav"), load_model("live"), 60).weights
    likeness = max(likenesses(heard[:, :52], spoken))
    print(f"heard and spoken: r = {likeness:.4f}")
    assert likeness >= 0.98
    assert not heard[-1].any()


def test_a_microphone_that_goes_away_is_waited_for(virtual: Any, tmp_path: Path) -> None:
    write_speech(tmp_path)
    with listening(virtual, "--to", "osc://127.0.0.1:9") as live:
        play(virtual, tmp_path / "spoken.wav")
        virtual.unplug()
        assert "waiting for it" in await_status(live, lambda status: bool(status["trouble"]))["trouble"]
        virtual.plug()
        await_status(live, lambda status: not status["trouble"])
        player = threading.Thread(target=play, args=(virtual, tmp_path / "played.wav"))
        player.start()
        await_status(live, lambda status: status["level_db"] is not None and status["level_db"] > -30)
        player.join()


def test_another_microphone_is_chosen_in_the_page(virtual: Any, tmp_path: Path) -> None:
    write_speech(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        uri = f"preview://127.0.0.1:{free.getsockname()[1]}"
    virtual.environment["XDG_CONFIG_HOME"] = str(tmp_path)
    with listening(virtual, "--to", uri, begin=False) as live:
        assert live.stdout is not None
        started = json.loads(live.stdout.readline())
        page = create_connection(started["pages"][0].replace("http", "ws") + "socket", timeout=20)
        names = next(filter(None, (hello["microphones"] for hello in told(page, "hello"))))
        other = next(name for name in names if name != started["source"])
        page.send(json.dumps({"microphone": other}))
        player = threading.Thread(target=play, args=(virtual, tmp_path / "played.wav"))
        player.start()
        heard = (status["level_db"] for status in told(page, "status") if status["source"] == other)
        assert any(level is not None and level > -30 for level in heard)
        player.join()
        page.close()


def told(page: Any, kind: str) -> Iterator[Any]:
    """What messages of a kind say, for seven seconds; frames are said to have been seen."""
    end = time.monotonic() + 7
    while time.monotonic() < end:
        said = page.recv()
        if isinstance(said, bytes):
            page.send(json.dumps({"seen": int.from_bytes(said[:4], "little")}))
        elif kind in json.loads(said):
            yield json.loads(said)[kind]


def await_status(live: subprocess.Popen[bytes], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first status that is as wanted."""
    assert live.stdout is not None
    for _ in range(40):
        status: dict[str, Any] = json.loads(live.stdout.readline())
        if wanted(status):
            return status
    raise AssertionError(f"no such status; the last was {status}")


def likenesses(heard: FloatArray, spoken: FloatArray) -> Iterator[float]:
    """Correlation at every delay at which something moved, in quarters of a frame."""
    for share in (0.0, 0.25, 0.5, 0.75):
        between = (1 - share) * heard[:-1] + share * heard[1:]
        for at in range(len(between) - len(spoken) + 1):
            part = between[at : at + len(spoken)]
            if part.std():
                yield float(np.corrcoef(part.ravel(), spoken.ravel())[0, 1])
