"""Ctrl-C while the program is still loading: it ends at once, without a traceback.

Imported first by the package. Nothing happens unless the package is being started as a program, by its own
command or with `python -m audio2face`; who imports it as a library keeps their signals.
"""

from __future__ import annotations

import os
import signal
import sys

# Nothing else: what is imported here is a time in which Ctrl-C still shows a traceback.


def is_program(words: list[str]) -> bool:
    """Whether these words, as given to the system, start `audio2face`."""
    return words[1:3] == ["-m", "audio2face"] or (
        len(words) > 1 and os.path.splitext(os.path.basename(words[1]))[0] == "audio2face"  # noqa: PTH119, PTH122
    )


def _end(number: int, frame: object) -> None:
    """Ends the process on the spot: raising in the midst of an import would be swallowed or shown in full."""
    os.write(2, b"stopped\n")
    os._exit(130)


def loaded() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt, as everywhere in Python."""
    for number, before in _BEFORE.items():
        signal.signal(number, before)
    _BEFORE.clear()


_BEFORE: dict[int, signal._HANDLER] = {}
"""What signals did before, while they end the process."""

if is_program(sys.orig_argv):
    for _name in ("SIGINT", "SIGBREAK"):  # Ctrl-C, and on Windows Ctrl-Break
        if _number := getattr(signal, _name, None):
            _BEFORE[_number] = signal.signal(_number, _end)
