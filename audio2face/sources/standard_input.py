"""Raw sound down a pipe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock
from audio2face.sources.feed import Feed
from audio2face.sources.pcm import Pcm16

PATIENCE = 0.08
"""Seconds that a pipe or a network may be late without a gap in the sound."""
FIRST = 1.0
"""Seconds that the first sound may take; then the face begins without it, and waits alive."""
CHUNK = 4096
"""Bytes read at a time, at most."""
ENOUGH = 5.0
"""Seconds read ahead; after that the writer waits, as writers into pipes do."""


class StandardInput:
    """A `LiveSource` that reads mono 16-bit little-endian samples from a file descriptor.

    rate        samples per second
    descriptor  what to read; standard input
    clock       what bursts are paced by

    What is written faster than it is heard is paced by the clock; where the writer pauses, or takes more than
    FIRST seconds to begin, there is silence.
    The end of the pipe ends the sound. Raises SoundError for a rate that no sound has and for an empty pipe.
    """

    def __init__(self, rate: int, descriptor: int = 0, clock: Clock | None = None) -> None:
        self._feed = Feed(rate, paced=True, patience=PATIENCE, resting=False, clock=clock, first=FIRST)
        self._descriptor = descriptor
        self._closed = False
        self._nap = threading.Event()
        self.name = f"standard input at {rate} Hz"
        self.sample_rate = SAMPLE_RATE
        self.trouble = ""

    @property
    def behind(self) -> float:
        """Seconds by which the last block was late."""
        return self._feed.behind

    def close(self) -> None:
        """Ends the iteration."""
        self._closed = True
        self._feed.close()

    def __iter__(self) -> Iterator[AudioBlock]:
        # A thread of its own, since reading a pipe cannot be interrupted; it dies with the program.
        threading.Thread(target=self._read, name="standard input", daemon=True).start()
        yield from self._feed
        if not self._feed.heard and not self._closed:
            raise SoundError("standard input holds no sound: it ended before the first sample")

    def _read(self) -> None:
        pcm = Pcm16()
        try:
            while not self._closed and (data := os.read(self._descriptor, CHUNK)):
                self._feed.push(pcm.push(data))
                while self._feed.held > ENOUGH and not self._closed:
                    self._nap.wait(0.1)
        except OSError as error:
            self.trouble = f"standard input cannot be read: {error.strerror or error}"
        finally:
            self._feed.end()
