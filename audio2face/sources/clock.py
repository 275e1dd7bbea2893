"""The clock that live sound is paced by; tests put one of their own in its place."""

from __future__ import annotations

import threading
import time

MOST_BEHIND = 2.0
"""Seconds that are caught up with; after a longer stop, such as a laptop's sleep, the pace starts anew."""


class Clock:
    """Seconds that only go forwards, whatever happens to the time of day."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.perf_counter()  # time.monotonic() goes in steps of 16 ms on Windows

    def sleep(self, seconds: float) -> None:
        """Waits that long."""
        time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> None:
        """Waits for the event, that long at most."""
        event.wait(seconds)


class Pace:
    """Lets sound pass no faster than it is heard."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start: float | None = None

    def restart(self, time: float) -> None:
        """From now on, second `time` of the sound is this moment."""
        self._start = self._clock.now() - time

    def wait(self, time: float) -> float:
        """Sleeps until second `time` of the sound is due; returns by how many seconds it was late.

        The pace starts with the first call, at second 0.
        """
        if self._start is None:
            self.restart(0.0)
        assert self._start is not None
        late = self._clock.now() - self._start - time
        if late > MOST_BEHIND:
            self.restart(time)
            return 0.0
        if late < 0:
            self._clock.sleep(-late)
        return max(0.0, late)
