"""Microphones: which one is meant, one that is pulled out and comes back, and a virtual one for real."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2face import SoundError
from audio2face.sources import microphone
from audio2face.sources.devices import Device, find_microphone
from audio2face.sources.microphone import Microphone
from exporters import read_clip
from rigs.arrays import FloatArray

SAMPLE = Path(microphone.__file__).parents[1] / "data" / "sample.ogg"
DEVICES = [
    Device(0, "Speakers", "ALSA", 0, 2, 48_000, default_output=True),
    Device(1, "Built-in Microphone", "ALSA", 2, 0, 44_100),
    Device(2, "USB Headset", "ALSA", 1, 2, 48_000, default_input=True),
    Device(3, "USB Camera", "ALSA", 1, 0, 32_000),
]


@pytest.mark.parametrize(
    ("wanted", "number"), [(None, 2), ("1", 1), ("headset", 2), ("USB Camera", 3), ("built", 1)]
)
def test_a_microphone_is_found_by_number_and_name(wanted: str | None, number: int) -> None:
    assert find_microphone(wanted, DEVICES).number == number


@pytest.mark.parametrize(("wanted", "said"), [("0", "there are 1"), ("usb", "several"), ("x", "called 'x'")])
def test_what_is_no_microphone_is_refused(wanted: str, said: str) -> None:
    with pytest.raises(SoundError, match=said):
        find_microphone(wanted, DEVICES)


def test_no_microphone_at_all_is_told() -> None:
    with pytest.raises(SoundError, match="plug one in"):
        find_microphone(None, DEVICES[:1])


class Plug:
    """A device that can be pulled out; it hears 1 in every sample, at 48 kHz."""

    rate = 48_000

    def __init__(self) -> None:
        self.plugged = True
        self.opened = self.closed = 0
        self.asked: list[str | None] = []

    def __call__(self, wanted: str | None, receive: Any) -> Plug:
        self.asked.append(wanted)
        if not self.plugged:
            raise SoundError("no microphone")
        self.opened += 1
        self.name = "USB Headset"
        receive(np.ones(4800, np.float32), self.rate)
        return self

    def active(self) -> bool:
        return self.plugged

    def close(self) -> None:
        self.closed += 1


def test_a_pulled_device_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "GONE", 0.05)
    plug = Plug()
    source = Microphone("usb", plug)
    blocks = iter(source)
    assert next(blocks).samples.any()
    plug.plugged = False
    heard = list(islice((source.trouble for _ in blocks), 100))
    assert "USB Headset is gone; waiting for it" in heard
    plug.plugged = True
    assert any(block.samples.any() for block in islice(blocks, 400))
    source.close()
    assert list(blocks) == []
    assert plug.opened == plug.closed >= 2
    assert plug.asked[0] == "usb" and set(plug.asked[1:]) == {"USB Headset"}


def test_a_device_that_cannot_be_opened_is_told_at_once() -> None:
    plug = Plug()
    plug.plugged = False
    with pytest.raises(SoundError, match="no microphone"):
        Microphone(None, plug)


def missing() -> str:
    """What a virtual microphone lacks here, or nothing."""
    if sys.platform != "linux":
        return "PulseAudio is used on Linux only"
    programs = [name for name in ("pulseaudio", "pactl", "paplay") if shutil.which(name) is None]
    if programs:
        return f"needs {', '.join(programs)}: apt-get install pulseaudio pulseaudio-utils libasound2-plugins"
    return "" if importlib.util.find_spec("pyaudio") else "needs PyAudio: pip install 'audio2face[mic]'"


@pytest.fixture
def virtual(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs whose default microphone hears what they play."""
    if reason := missing():
        pytest.skip(reason)
    (tmp_path / "xdg").mkdir(mode=0o700)
    (tmp_path / ".asoundrc").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n", "utf-8")
    place = f"{tmp_path}/pulse.sock"
    here = {"XDG_RUNTIME_DIR": f"{tmp_path}/xdg", "HOME": str(tmp_path), "PULSE_SERVER": f"unix:{place}"}
    environment = os.environ | here
    modules = [
        f"-Lmodule-native-protocol-unix socket={place} auth-anonymous=1",
        "-Lmodule-null-sink sink_name=virtual rate=48000 channels=2",
    ]
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *modules],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            asked = subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False)
            if asked.returncode == 0:
                break
            time.sleep(0.1)
        subprocess.run(["pactl", "set-default-source", "virtual.monitor"], env=environment, check=True)
        yield environment
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.sound_server
def test_speech_through_a_virtual_microphone_moves_the_face_as_the_file_does(
    virtual: dict[str, str], tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "audio2face"]
    samples, rate = soundfile.read(SAMPLE, frames=48_000)
    quiet = np.zeros(rate // 2)
    soundfile.write(tmp_path / "file.wav", samples, rate)
    soundfile.write(tmp_path / "line.wav", np.concatenate([quiet, samples, quiet]), rate)
    live = subprocess.Popen(
        [*program, "live", "--mic", "--record", "heard.npz", "--json"],
        env=virtual,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    assert live.stdout is not None
    for _ in range(3):
        live.stdout.readline()
    subprocess.run(["paplay", "line.wav"], env=virtual, cwd=tmp_path, check=True, timeout=60)
    live.send_signal(signal.SIGINT)
    live.communicate(timeout=60)
    assert live.returncode == 0
    subprocess.run(
        [*program, "animate", "file.wav", "--model", "live", "-o", "file.npz"],
        cwd=tmp_path,
        check=True,
        timeout=60,
    )
    heard, spoken = (read_clip(tmp_path / name).weights for name in ("heard.npz", "file.npz"))
    assert max(likenesses(heard, spoken)) >= 0.97


def likenesses(heard: FloatArray, spoken: FloatArray) -> Iterator[float]:
    """Correlation at every delay at which something moved, in quarters of a frame."""
    for share in (0.0, 0.25, 0.5, 0.75):
        between = (1 - share) * heard[:-1] + share * heard[1:]
        for at in range(len(between) - len(spoken) + 1):
            part = between[at : at + len(spoken)]
            if part.std():
                yield float(np.corrcoef(part.ravel(), spoken.ravel())[0, 1])
