"""Several sinks at once: a slow, a dead and a refusing one change nothing for the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from livelink import Fan, LinkError, RefusedError
from rigs import WeightFrame

WAIT = 10.0
NAMES = ("jawOpen",)


def frame(number: int) -> WeightFrame:
    return WeightFrame(number / 60, np.array([number / 100]))


class Recorder:
    """Keeps what it gets; `before` is called first and may block or raise."""

    def __init__(self, before: Callable[[str], object] = lambda call: None) -> None:
        self.before = before
        self.calls: list[str] = []
        self.times: list[float] = []
        self.enough = threading.Event()
        self.wanted = 0

    def open(self, names: Sequence[str], fps: float) -> None:
        self.calls.append("open")
        self.before("open")

    def send(self, frame: WeightFrame) -> None:
        self.before("send")
        self.times.append(frame.time)
        if len(self.times) == self.wanted:
            self.enough.set()

    def close(self) -> None:
        self.calls.append("close")


def test_every_sink_gets_every_frame_in_order() -> None:
    sinks = {"a": Recorder(), "b": Recorder()}
    fan = Fan(sinks, depth=50)
    fan.open(NAMES, 60)
    for number in range(50):
        fan.send(frame(number))
    fan.close()
    for sink in sinks.values():
        assert sink.times == [number / 60 for number in range(50)]
        assert sink.calls == ["open", "close"]
    assert [(lane.state, lane.sent, lane.dropped, lane.failures) for lane in fan.status()] == 2 * [
        ("closed", 50, 0, 0)
    ]


def test_a_stuck_sink_drops_its_oldest_and_holds_up_nobody() -> None:
    stuck, free = threading.Event(), Recorder()
    free.wanted = 30
    slow = Recorder(lambda call: call == "open" or stuck.wait(WAIT))
    fan = Fan({"slow": slow, "free": free}, depth=4)
    fan.open(NAMES, 60)
    assert [lane.state for lane in fan.settle(WAIT)] == ["open", "open"]
    for number in range(30):
        fan.send(frame(number))
        # The free one's queue is short as well: let it take each frame.
        for _ in range(1000):
            if len(free.times) > number:
                break
            threading.Event().wait(0.005)
    assert free.enough.wait(WAIT)
    stuck.set()
    fan.close()
    slow_lane, free_lane = fan.status()
    assert (free_lane.sent, free_lane.dropped) == (30, 0)
    assert slow_lane.sent + slow_lane.dropped == 30
    assert 4 <= slow_lane.sent <= 5
    assert slow.times[-4:] == [number / 60 for number in range(26, 30)], "the newest are kept"


def test_a_sink_that_comes_back_is_opened_again() -> None:
    attempts: list[str] = []

    def before(call: str) -> None:
        attempts.append(call)
        if attempts == ["open"]:
            raise LinkError("nobody\nthere")

    sink = Recorder(before)
    sink.wanted = 1
    fan = Fan({"late": sink}, first_wait=0.01)
    fan.open(NAMES, 60)
    for number in range(2000):
        fan.send(frame(number))
        if sink.enough.wait(0.005):
            break
    fan.close()
    (lane,) = fan.status()
    assert (lane.failures, lane.error) == (1, "nobody there")
    assert lane.sent >= 1
    assert sink.calls == ["open", "close", "open", "close"]


def test_a_refusal_is_final_and_a_bug_is_told() -> None:
    def refuse(call: str) -> None:
        raise RefusedError("no")

    def crash(call: str) -> None:
        raise KeyError("bug")

    no, bug = Recorder(refuse), Recorder(crash)
    fan = Fan({"no": no, "bug": bug}, first_wait=60)
    fan.open(NAMES, 60)
    states = fan.settle(WAIT)
    assert [(lane.state, lane.error) for lane in states] == [
        ("refused", "no"),
        ("waiting", "KeyError: 'bug'"),
    ]
    fan.send(frame(0))
    fan.close()
    assert no.calls.count("open") == 1
    assert [lane.state for lane in fan.status()] == ["closed", "closed"]
    assert [lane.dropped for lane in fan.status()] == [1, 1]


def test_closing_does_not_wait_for_one_that_hangs_in_opening() -> None:
    hang = threading.Event()
    sink = Recorder(lambda call: hang.wait(WAIT))
    fan = Fan({"hung": sink})
    fan.open(NAMES, 60)
    closer = threading.Thread(target=fan.close, daemon=True)
    closer.start()
    closer.join(WAIT / 2)
    assert not closer.is_alive()
    hang.set()


def test_without_sinks() -> None:
    fan = Fan({})
    fan.open(NAMES, 60)
    fan.send(frame(0))
    assert fan.settle(0.1) == []
    fan.close()
