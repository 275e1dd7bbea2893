"""Ctrl-C as a request, not an accident."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, name)
]


class Stopping:
    """Whether the user asked to stop, and what is to be told so. A second Ctrl-C ends the program at once."""

    def __init__(self) -> None:
        self.asked = False
        self._tell: Callable[[], None] | None = None

    def tell(self, stop: Callable[[], None]) -> None:
        """Calls `stop` when the user asks, or now if that has happened already."""
        self._tell = stop
        if self.asked:
            stop()

    def ask(self) -> None:
        """What a signal does."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        if self._tell:
            self._tell()


@contextlib.contextmanager
def stopping() -> Iterator[Stopping]:
    """For the length of the block, signals that end programs ask it to stop instead."""
    state = Stopping()
    before = {}
    # Signals can only be caught in the main thread; elsewhere the program around must call `ask`.
    with contextlib.suppress(ValueError):
        for number in SIGNALS:
            before[number] = signal.signal(number, lambda *_: state.ask())
    try:
        yield state
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
