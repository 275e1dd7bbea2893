"""Where silence comes from: microphones, ports and destinations, none of them of this machine."""

from __future__ import annotations

import importlib
import json
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face import MissingExtraError, SoundError
from audio2face.checks import Finding, installed
from audio2face.checks.hints import get_through, hear
from audio2face.checks.ports import Customary, check_ports, check_studio, taken
from audio2face.checks.sending import FRAMES, check_destination
from audio2face.checks.sound import PATIENCE, check_microphone
from audio2face.sources.devices import Device
from livelink import LinkError, LinkPartError, open_listener, unreal
from livelink.destination import Destination
from rigs import WeightFrame

WAIT = 10.0
DEVICES = [
    Device(0, "Speakers", "ALSA", 0, 2, 48_000, default_output=True),
    Device(1, "USB Headset", "ALSA", 1, 2, 48_000, default_input=True),
]
Run = Callable[..., Any]


class Recorder:
    """A device that hands out `blocks` of samples at 48 kHz at once."""

    name, rate = "USB Headset", 48_000

    def __init__(self, *blocks: Any) -> None:
        self.blocks, self.closed, self.asked = blocks, False, ""

    def __call__(self, wanted: str | None, receive: Any) -> Recorder:
        self.asked = str(wanted)
        for block in self.blocks:
            receive(np.asarray(block, np.float32), self.rate)
        return self

    def active(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def listen(opener: Any, clock: Any, wanted: str | None = None, asked: bool = False) -> Finding:
    return check_microphone(wanted, asked, lambda: DEVICES, opener, clock)


def test_a_microphone_that_hears(clock: Any) -> None:
    recorder = Recorder(np.full(24_000, 0.1), np.full(24_000, -0.5))
    found = listen(recorder, clock)
    assert (found.state, found.detail) == ("ok", "USB Headset, 1.0 s heard, peak -6 dB")
    assert recorder.closed and clock.now() == 100.0, "it does not wait once there is enough"


def test_a_voice_too_faint_is_told(clock: Any) -> None:
    found = listen(Recorder(np.full(48_000, 0.0001)), clock)
    assert found.state == "ok" and "too faint for a voice" in found.detail


@pytest.mark.parametrize(("asked", "state"), [(False, "missing"), (True, "broken")])
def test_only_zeros_are_a_mute_or_a_missing_permission(clock: Any, asked: bool, state: str) -> None:
    recorder = Recorder(np.zeros(48_000))
    found = listen(recorder, clock, asked=asked)
    assert found.state == state and "nothing but zeros: muted or forbidden" in found.detail
    assert hear() in found.detail and recorder.closed


def test_a_microphone_that_gives_nothing_is_not_waited_for_for_ever(clock: Any) -> None:
    found = listen(Recorder(), clock)
    assert found.state == "missing" and "no sound at all" in found.detail
    assert clock.now() == 100.0 + PATIENCE


def test_a_microphone_that_cannot_be_opened_is_broken(clock: Any) -> None:
    def locked(wanted: str | None, receive: Any) -> Any:
        raise SoundError("the microphone USB Headset cannot be opened: busy")

    found = listen(locked, clock)
    assert found.state == "broken" and "cannot be opened: busy" in found.detail


def test_no_microphone_is_missing_and_broken_only_when_it_was_asked_for() -> None:
    absent = [check_microphone(None, asked, lambda: DEVICES[:1]) for asked in (False, True)]
    assert [found.state for found in absent] == ["missing", "broken"]
    assert all("no input device; plug one in" in found.detail for found in absent)


def test_without_pyaudio_the_install_line_is_told() -> None:
    def devices() -> list[Device]:
        raise MissingExtraError("a microphone or loudspeaker", "mic")

    found = check_microphone(devices=devices)
    assert found.state == "missing" and "pip install 'audio2face[mic]'" in found.detail


def test_the_microphone_asked_for_is_opened_and_an_unknown_one_told(clock: Any) -> None:
    recorder = Recorder(np.ones(48_000))
    assert listen(recorder, clock, "usb", asked=True).state == "ok"
    assert recorder.asked == "usb"
    assert "no microphone is called 'x'" in listen(recorder, clock, "x", asked=True).detail


@pytest.mark.parametrize("system", ["Windows", "Darwin", "Linux", "Haiku"])
def test_every_system_has_hints(system: str) -> None:
    assert hear(system) and "{" not in get_through(11111, "Unreal", system=system)


def test_hints_name_where_to_look() -> None:
    assert "Privacy & security, Microphone" in hear("Windows")
    assert "allow the terminal" in hear("Darwin")
    assert "pavucontrol" in hear("Linux")
    assert "open 11111/udp" in get_through(11111, "Unreal", system="Linux")


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(WAIT)
        yield receiver


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        return int(receiver.getsockname()[1])


def test_a_port_that_is_taken_can_be_sent_to(bound: socket.socket) -> None:
    port, free = bound.getsockname()[1], free_port()
    assert taken(port) and not taken(free)
    found = check_ports([Customary(port, "livelink", "Unreal"), Customary(free, "vmc", "Warudo")])
    assert [each.state for each in found] == ["ok", "ok"]
    assert (
        "probably by Unreal" in found[0].detail and "can be sent to, and not listened at" in found[0].detail
    )
    assert found[1].detail.startswith("free: ") and "Warudo does not run" in found[1].detail


def test_a_port_that_is_taken_on_every_address() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("", 0))
        assert taken(receiver.getsockname()[1])


def test_studio_answers_or_not() -> None:
    with open_listener(Destination("vts", "127.0.0.1", 0)) as studio:
        found = check_studio(port=studio.port)
        assert (found.state, found.detail) == (
            "ok",
            f"VTube Studio answers at vts://127.0.0.1:{studio.port}",
        )
    gone = check_studio(port=studio.port)
    assert gone.state == "missing" and "start it and allow plug-ins" in gone.detail


def test_what_is_no_studio_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = check_studio(port=server.getsockname()[1])
    assert found.state == "missing" and "no VTube Studio" in found.detail


def test_studio_without_the_library() -> None:
    def ask(host: str, port: int) -> str:
        raise LinkPartError("vts://")

    assert "pip install 'audio2face[live]'" in check_studio(ask=ask).detail


def test_a_destination_where_somebody_listens_sees_the_jaw_move(bound: socket.socket, clock: Any) -> None:
    found = check_destination(f"livelink://127.0.0.1:{bound.getsockname()[1]}/Ann", clock=clock)
    assert found.state == "ok" and "a program listens there" in found.detail
    packets = [unreal.decode(bound.recv(4096)) for _ in range(FRAMES + 1)]
    jaw = [packet.values[unreal.LINK_NAMES.index("jawOpen")] for packet in packets]
    assert max(jaw) > 0.99 and jaw[0] == jaw[-1] == 0


def test_a_destination_where_nobody_listens(clock: Any) -> None:
    port = free_port()
    found = check_destination(f"vmc://127.0.0.1:{port}", clock=clock)
    assert found.state == "broken"
    assert found.detail.startswith("nothing listens there") and str(port) in found.detail


def test_a_destination_with_no_address(clock: Any) -> None:
    found = check_destination("osc://nowhere.invalid:8000", clock=clock)
    assert found.state == "broken" and "no way to nowhere.invalid:8000" in found.detail


def test_a_destination_of_no_kind() -> None:
    assert "known are" in check_destination("smoke://signals").detail


class Sink:
    """Takes frames, or refuses to open."""

    def __init__(self, refuses: bool = False) -> None:
        self.refuses, self.count = refuses, 0

    def open(self, names: Sequence[str], fps: float) -> None:
        if self.refuses:
            raise LinkError("could not reach VTube Studio")

    def send(self, frame: WeightFrame) -> None:
        self.count += 1

    def close(self) -> None: ...


def test_a_sink_that_answers_is_believed(clock: Any) -> None:
    sink = Sink()
    assert check_destination("vts://", lambda uri: sink, clock).state == "ok"
    assert sink.count == FRAMES
    refused = check_destination("vts://", lambda uri: Sink(refuses=True), clock)
    assert (refused.state, refused.detail) == ("broken", "could not reach VTube Studio")


def test_elsewhere_the_firewall_is_named(
    clock: Any, bound: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name for this computer that does not look like one."""
    port = bound.getsockname()[1]
    known = socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_DGRAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: known)
    found = check_destination(f"livelink://studio-pc:{port}", clock=clock)
    assert found.state == "ok" and get_through(port, "the program there") in found.detail


def test_doctor_exits_by_what_was_asked_of_it(run: Run, monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    doctor = importlib.import_module("audio2face.commands.doctor")
    asked: list[tuple[str | None, bool]] = []

    def microphone(wanted: str | None, explicitly: bool) -> Finding:
        asked.append((wanted, explicitly))
        return Finding("microphone", "missing", "none")

    monkeypatch.setattr(doctor, "check_microphone", microphone)
    monkeypatch.setattr(doctor, "check_ports", list)
    monkeypatch.setattr(installed, "_graphics", list)  # OpenGL and TensorFlow cannot share a process
    monkeypatch.setattr(doctor, "check_studio", lambda: Finding("port 8001", "missing", "none"))
    monkeypatch.setattr(doctor, "check_destination", lambda uri: Finding(uri, uri[:6], "tried"))
    assert run("doctor").code == 0
    assert run("doctor", "--mic").code == 0
    assert run("doctor", "--mic", "usb").code == 0
    assert asked == [(None, False), (None, True), ("usb", True)]
    done = run("doctor", "--to", "ok", "--to", "broken://x", "--json")
    assert (done.code, done.err) == (1, "audio2face: 1 broken: broken://x\n")
    assert [row["what"] for row in json.loads(done.out)[-2:]] == ["ok", "broken://x"]
    assert "click Allow" in run("doctor", "--to", "vts://x").err
