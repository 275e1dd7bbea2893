"""One line on the terminal that says how a performance goes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from audio2face.commands.talk import complain, show_json_line
from audio2face.live.status import Status, as_line, as_table, notes
from audio2face.sources.clock import Clock

LINES = 4
"""Status lines a second on a terminal; hosts get one JSON line a second."""


class Progress:
    """Shows statuses no more often than is good to read.

    On a terminal there is one line, written again and again; elsewhere only what goes wrong is said, when it
    begins. With `as_json`, lines go to stdout instead.
    """

    def __init__(self, look: Callable[[], Status], as_json: bool, clock: Clock | None = None) -> None:
        self._look, self._json, self._clock = look, as_json, clock or Clock()
        self._terminal = not as_json and sys.stderr.isatty()
        self._due = self._clock.now()
        self._said: list[str] = []

    def tick(self) -> None:
        """To be called often."""
        now = self._clock.now()
        if now < self._due:
            return
        self._due = now + (1 / LINES if self._terminal else 1.0)
        self._show(self._look())

    def end(self) -> Status:
        """Ends the line; returns the last status."""
        status = self._look()
        if self._terminal:
            sys.stderr.write("\n")
        elif self._json:
            show_json_line(as_table("ended", status))
        return status

    def _show(self, status: Status) -> None:
        if self._json:
            show_json_line(as_table("status", status))
        elif self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r" + as_line(status)[:width].ljust(width))
            sys.stderr.flush()
        else:
            fresh = notes(status)
            for note in fresh:
                if note not in self._said:
                    complain(note)
            self._said = fresh
