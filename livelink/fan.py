"""One stream to several sinks at once; none waits for another.

Each sink has a thread and a queue of a few frames. When a sink is slow its oldest frames are dropped, for
late frames are worth less than new ones; when it fails it is closed and opened again after a while, longer
each time, unless it said no for good. All of it is counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from livelink.errors import RefusedError
from livelink.sink import Notes, WeightSink
from rigs import FaceError, WeightFrame

DEPTH = 4
"""Frames a queue holds."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
"""Seconds until a sink that failed is opened again; doubled every time."""

FAREWELL = 3.0
"""Seconds that closing waits for all sinks together."""


@dataclass(frozen=True)
class LaneStatus:
    """How a sink fares.

    state     opening, open, waiting (it failed, and will be opened again), refused (it will not), closed
    sent      frames the sink took
    dropped   frames that were never given to it, as it was slow or not open
    failures  times it could not be opened or sent to
    error     the last failure in one line, or None; kept when the sink is well again
    note      what an open sink has to tell although it works, such as that nobody listens, or ""
    """

    name: str
    state: str
    sent: int
    dropped: int
    failures: int
    error: str | None
    note: str = ""


class Fan:
    """A sink that hands every frame to all of its sinks, each in a thread of its own.

    `open`, `send` and `status` never wait for a sink; `close` waits three seconds at most.
    """

    def __init__(
        self, sinks: Mapping[str, WeightSink], depth: int = DEPTH, first_wait: float = FIRST_WAIT
    ) -> None:
        self._lanes = [_Lane(name, sink, depth, first_wait) for name, sink in sinks.items()]

    def open(self, names: Sequence[str], fps: float) -> None:
        """Starts to open every sink. What goes wrong is in `status`."""
        for lane in self._lanes:
            lane.start(tuple(names), fps)

    def send(self, frame: WeightFrame) -> None:
        """Puts the frame into every queue."""
        for lane in self._lanes:
            lane.put(frame)

    def settle(self, seconds: float) -> list[LaneStatus]:
        """Waits until every sink is open or has failed once, at most that long."""
        share = seconds / max(1, len(self._lanes))
        for lane in self._lanes:
            lane.tried.wait(share)
        return self.status()

    def status(self) -> list[LaneStatus]:
        """How each sink fares, in the order they were given."""
        return [lane.status() for lane in self._lanes]

    def close(self) -> None:
        """Sends what is queued, closes every sink, and leaves those behind that hang."""
        for lane in self._lanes:
            lane.stop()
        for lane in self._lanes:
            lane.join(FAREWELL / max(1, len(self._lanes)))


class _Lane:
    """A sink, its queue and its thread."""

    def __init__(self, name: str, sink: WeightSink, depth: int, first_wait: float) -> None:
        self._name, self._sink, self._first_wait = name, sink, first_wait
        self._queue: deque[WeightFrame] = deque(maxlen=depth)
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._state, self._error = "opening", None  # type: str, str | None
        self._sent = self._dropped = self._failures = 0
        self.tried = threading.Event()

    def start(self, names: tuple[str, ...], fps: float) -> None:
        self._thread = threading.Thread(
            target=self._run, args=(names, fps), name=f"sink {self._name}", daemon=True
        )
        self._thread.start()

    def put(self, frame: WeightFrame) -> None:
        with self._changed:
            if len(self._queue) == self._queue.maxlen:
                self._dropped += 1  # the oldest leaves by the other end
            self._queue.append(frame)
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
            opening = self._state in ("opening", "waiting")
        if opening:
            # It may be waiting for a person; closing ends that.
            with suppress(Exception):
                self._sink.close()

    def join(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def status(self) -> LaneStatus:
        with self._changed:
            note = self._sink.note if isinstance(self._sink, Notes) and self._state == "open" else ""
            counts = (self._sent, self._dropped, self._failures)
            return LaneStatus(self._name, self._state, *counts, self._error, note)

    def _run(self, names: tuple[str, ...], fps: float) -> None:
        wait = self._first_wait
        while not self._stopping:
            try:
                self._sink.open(names, fps)
                self._become("open")
                wait = self._first_wait
                self._pump()
            except Exception as error:  # whatever a sink does, the others and the stream go on
                self._fail(error)
            self._close_sink()
            if self._rest(wait):
                break
            wait = min(2 * wait, LONGEST_WAIT)
        self._become("closed")

    def _pump(self) -> None:
        """Sends frames until it is told to stop and the queue is empty, or the sink fails."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._stopping)
                if not self._queue:
                    return
                frame = self._queue.popleft()
            try:
                self._sink.send(frame)
            except Exception:
                self._count(dropped=1)
                raise
            self._count(sent=1)

    def _rest(self, seconds: float) -> bool:
        """Waits before the next attempt, dropping frames; True when it is time to end instead."""
        with self._changed:
            if self._state == "refused":
                self._changed.wait_for(lambda: self._stopping)
            else:
                self._changed.wait_for(lambda: self._stopping, seconds)
            self._dropped += len(self._queue)
            self._queue.clear()
            return self._stopping

    def _become(self, state: str) -> None:
        with self._changed:
            self._state = state
        self.tried.set()

    def _count(self, sent: int = 0, dropped: int = 0) -> None:
        with self._changed:
            self._sent += sent
            self._dropped += dropped

    def _fail(self, error: Exception) -> None:
        text = str(error) if isinstance(error, (FaceError, OSError)) else f"{type(error).__name__}: {error}"
        with self._changed:
            self._failures += 1
            self._error = " ".join(text.split())[:300]
        self._become("refused" if isinstance(error, RefusedError) else "waiting")

    def _close_sink(self) -> None:
        with suppress(Exception):
            self._sink.close()
