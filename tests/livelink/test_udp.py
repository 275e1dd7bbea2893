"""Datagrams to somebody who is not there yet, goes away, comes back, or cannot be found."""

from __future__ import annotations

import socket
import threading
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from livelink import Fan, LinkError, UdpSink, open_destination, unreal
from livelink.udp import REMEMBERED
from rigs import ARKIT_NAMES, WeightFrame

WAIT = 10.0
FPS = 60
TEN_MINUTES = 10 * 60 * FPS


def frame(number: int) -> WeightFrame:
    return WeightFrame(number / FPS, np.full(52, number % 7 / 7))


def listening(port: int = 0) -> socket.socket:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", port))
    receiver.settimeout(WAIT)
    return receiver


@pytest.fixture
def port() -> int:
    """One where nobody listens."""
    with listening() as receiver:
        return int(receiver.getsockname()[1])


@pytest.fixture
def sink(port: int) -> UdpSink:
    made = open_destination(f"livelink://127.0.0.1:{port}/Ann")
    assert isinstance(made, UdpSink)
    made.open(ARKIT_NAMES, FPS)
    return made


def test_who_listens_later_is_reached_at_once_and_the_note_goes(sink: UdpSink, port: int) -> None:
    assert sink.note == "" and sink.listened()
    for number in range(10):
        sink.send(frame(number))
    assert sink.note == f"nothing listens at 127.0.0.1:{port} yet" and not sink.listened()
    with listening(port) as receiver:
        for number in range(10, 11 + round(REMEMBERED * FPS)):
            sink.send(frame(number))
            packet = unreal.decode(receiver.recv(4096))
            assert packet.values[0] == np.float32(number % 7 / 7), "not one is lost"
        assert sink.note == "" and sink.listened()
        sink.close()
        assert not unreal.decode(receiver.recv(4096)).values.any()


def test_a_port_closed_in_the_middle_is_noted_and_found_again(sink: UdpSink, port: int) -> None:
    with listening(port) as receiver:
        sink.send(frame(0))
        assert receiver.recv(4096)
    for number in range(1, 10):
        sink.send(frame(number))
    assert not sink.listened()
    with listening(port) as receiver:
        sink.send(frame(10))
        assert unreal.decode(receiver.recv(4096)).values[0] == np.float32(3 / 7)
    sink.close()


def test_frames_of_two_datagrams_lose_neither(port: int) -> None:
    sink = open_destination(f"vmc://127.0.0.1:{port}")
    sink.open(ARKIT_NAMES, FPS)
    for number in range(5):
        sink.send(frame(number))
    with listening(port) as receiver:
        sink.send(frame(5))
        assert {receiver.recv(4096)[:7] for _ in range(2)} == {b"#bundle"}
    sink.close()


def test_a_fan_goes_on_without_dropping_and_tells(port: int) -> None:
    fan = Fan({"there": open_destination(f"osc://127.0.0.1:{port}")}, depth=100)
    fan.open(ARKIT_NAMES, FPS)
    for number in range(50):
        fan.send(frame(number))
    for _ in range(1000):
        (lane,) = fan.status()
        if lane.sent == 50:
            break
        threading.Event().wait(0.01)
    assert (lane.state, lane.sent, lane.dropped, lane.failures, lane.error) == ("open", 50, 0, 0, None)
    assert lane.note == f"nothing listens at 127.0.0.1:{port} yet"
    fan.close()
    assert fan.status()[0].note == ""


class FakeSocket:
    """Says of each call what it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.recv_error: OSError = BlockingIOError()
        self.send_errors: list[OSError] = []

    def recv(self, size: int) -> bytes:
        raise self.recv_error

    def send(self, datagram: bytes) -> int:
        if self.send_errors:
            raise self.send_errors.pop()
        self.sent.append(datagram)
        return len(datagram)

    def close(self) -> None: ...


@pytest.fixture
def fake(sink: UdpSink) -> FakeSocket:
    assert sink._socket is not None
    sink._socket.close()
    made = FakeSocket()
    sink._socket = made  # type: ignore[assignment]
    return made


def test_windows_tells_of_it_when_receiving(sink: UdpSink, fake: FakeSocket) -> None:
    fake.recv_error = ConnectionResetError(10054, "forcibly closed by the remote host")
    sink.send(frame(0))
    assert sink.note and len(fake.sent) == 1
    fake.recv_error = BlockingIOError()
    for number in range(1, 1 + round(REMEMBERED * FPS)):
        sink.send(frame(number))
    assert sink.note == ""


def test_a_refusal_in_the_place_of_a_datagram_costs_none(sink: UdpSink, fake: FakeSocket) -> None:
    fake.send_errors = [ConnectionRefusedError(111, "refused")]
    sink.send(frame(0))
    assert sink.note and len(fake.sent) == 1
    fake.send_errors = [ConnectionRefusedError(111, "refused"), ConnectionRefusedError(111, "refused")]
    sink.send(frame(1))
    assert len(fake.sent) == 1, "twice in a row means that nobody is there anyway"


def test_a_network_that_is_gone_is_a_failure(sink: UdpSink, fake: FakeSocket) -> None:
    fake.send_errors = [OSError(101, "Network is unreachable")]
    with pytest.raises(LinkError, match="Network is unreachable"):
        sink.send(frame(0))


def test_a_host_that_cannot_be_found_holds_up_nobody(port: int) -> None:
    lost = open_destination("livelink://nowhere.invalid:11111/Ann")
    with listening() as receiver:
        there = open_destination(f"livelink://127.0.0.1:{receiver.getsockname()[1]}/Ann")
        fan = Fan({"lost": lost, "there": there}, depth=100, first_wait=60)
        fan.open(ARKIT_NAMES, FPS)
        for number in range(20):
            fan.send(frame(number))
        got = [unreal.decode(receiver.recv(4096)).values[0] for _ in range(20)]
        assert got == [np.float32(number % 7 / 7) for number in range(20)]
        lane = fan.settle(2 * WAIT)[0]
        assert lane.state == "waiting" and "no way to nowhere.invalid:11111" in str(lane.error)
        fan.close()


def test_ten_minutes_of_lost_packets(sink: UdpSink, port: int) -> None:
    def lose(first: int, last: int) -> None:
        for number in range(first, last):
            sink.send(frame(number))

    lose(0, 1000)
    assert memory_of(lambda: lose(1000, TEN_MINUTES)) < 50_000
    assert not sink.listened()
    with listening(port) as receiver:
        sink.send(frame(TEN_MINUTES + 3))
        assert unreal.decode(receiver.recv(4096)).values[0] == np.float32((TEN_MINUTES + 3) % 7 / 7)
    sink.close()


def memory_of(act: Callable[[], object]) -> int:
    """Bytes that are held after `act` and were not before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        act()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
