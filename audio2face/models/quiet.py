"""Keeps a C++ library's start-up notes off the user's terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Sends what is written to file descriptor 2 nowhere for the length of the block.

    LiteRT logs which delegate it made from C++, past Python's own stderr, and has no switch for it. Errors
    still arrive, as exceptions.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
