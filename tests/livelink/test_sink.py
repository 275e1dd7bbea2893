"""A session opens its sink once, and closes it whatever happens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from livelink import WeightSink
from livelink.sink import Session
from rigs import ClipError, WeightFrame


class FakeSink:
    """Writes down what is asked of it; may refuse to open or to send."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.calls: list[str] = []
        self.names: Sequence[str] = ()
        self.fps = 0.0

    def open(self, names: Sequence[str], fps: float) -> None:
        self._note("open")
        self.names, self.fps = names, fps

    def send(self, frame: WeightFrame) -> None:
        self._note("send")

    def close(self) -> None:
        self.calls.append("close")

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call == self.refuses:
            raise ConnectionError(f"cannot {call}")


FRAME = WeightFrame(0.0, np.zeros(2, np.float32))


def use(sink: WeightSink, frames: int) -> None:
    with Session(sink, ["jawOpen", "mouthClose"], 29.97) as opened:
        for _ in range(frames):
            opened.send(FRAME)


def test_session_opens_sends_and_closes() -> None:
    sink = FakeSink()
    use(sink, 2)
    assert sink.calls == ["open", "send", "send", "close"]
    assert (sink.names, sink.fps) == (("jawOpen", "mouthClose"), 29.97)


def test_session_without_frames() -> None:
    sink = FakeSink()
    use(sink, 0)
    assert sink.calls == ["open", "close"]


def test_session_closes_after_a_failure_and_passes_it_on() -> None:
    sink = FakeSink(refuses="send")
    with pytest.raises(ConnectionError, match="cannot send"):
        use(sink, 5)
    assert sink.calls == ["open", "send", "close"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_session_closes_when_it_is_stopped(error: type[BaseException]) -> None:
    sink = FakeSink()
    with pytest.raises(error), Session(sink, ["jawOpen"], 60):
        raise error
    assert sink.calls == ["open", "close"]


def test_session_closes_what_could_not_be_opened() -> None:
    """A sink that fails half-way through opening may hold a socket."""
    sink = FakeSink(refuses="open")
    with pytest.raises(ConnectionError, match="cannot open"):
        use(sink, 1)
    assert sink.calls == ["open", "close"]


def test_names_are_kept_as_they_were() -> None:
    names = ["jawOpen"]
    session = Session(FakeSink(), names, 60)
    names.append("mouthClose")
    assert session.names == ("jawOpen",)


def test_frame_checks_its_weights() -> None:
    with pytest.raises(ClipError, match="NaN"):
        WeightFrame(0.0, np.array([np.nan], np.float32))
    with pytest.raises(ClipError, match="shape"):
        WeightFrame(0.0, np.zeros((2, 2), np.float32))
