"""Ctrl-C while the program is still loading: it ends at once, without a traceback.

Imported first by the package. Nothing happens unless the package is being started as a program, by its own
command or with `python -m audio2face`; who imports it as a library keeps their signals.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType


def is_program(words: list[str]) -> bool:
    """Whether these words, as given to the system, start `audio2face`."""
    return words[1:3] == ["-m", "audio2face"] or (len(words) > 1 and Path(words[1]).stem == "audio2face")


def _end(number: int, frame: FrameType | None) -> None:
    """Ends the process on the spot: raising in the midst of an import would be swallowed or shown in full."""
    os.write(2, b"stopped\n")
    os._exit(130)


def loaded() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt, as everywhere in Python."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if is_program(sys.orig_argv) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
