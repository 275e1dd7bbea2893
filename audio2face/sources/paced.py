"""A sound file at the pace of the clock, as if it were spoken now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import numpy as np

from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock, Pace
from audio2face.sources.file import FileSource
from audio2face.sources.live_source import BLOCK
from rigs.arrays import FloatArray

READ_AHEAD = 1.0
"""Seconds read from the file at a time; the resampler's bursts are evened out within them."""


class PacedFile:
    """A `LiveSource` that reads a file: the samples are those of `FileSource`, in blocks of 10 ms.

    path   the file
    loop   begin again at its end, for ever
    clock  what it is paced by

    Raises SoundError as FileSource does, on construction and while reading.
    """

    def __init__(self, path: str | os.PathLike[str], loop: bool = False, clock: Clock | None = None) -> None:
        self._file = FileSource(path, READ_AHEAD)
        self._loop = loop
        self._pace = Pace(clock or Clock())
        self._closed = False
        self.name = str(self._file.path)
        self.sample_rate = SAMPLE_RATE
        self.trouble = ""
        self.behind = 0.0

    def close(self) -> None:
        """Ends the iteration after the block under way."""
        self._closed = True

    def __iter__(self) -> Iterator[AudioBlock]:
        given = 0
        for samples in recut(self._sound(), BLOCK):
            given += len(samples)
            self.behind = self._pace.wait(given / SAMPLE_RATE)
            if self._closed:
                return
            yield AudioBlock((given - len(samples)) / SAMPLE_RATE, samples)

    def _sound(self) -> Iterator[FloatArray]:
        while True:
            for block in self._file:
                yield block.samples
            if not self._loop:
                return


def recut(chunks: Iterable[FloatArray], length: int) -> Iterator[FloatArray]:
    """The same samples in pieces of `length`; the last may be shorter."""
    rest = np.zeros(0, np.float32)
    for chunk in chunks:
        rest = np.concatenate([rest, chunk])
        whole = len(rest) // length * length
        for start in range(0, whole, length):
            yield rest[start : start + length]
        rest = rest[whole:]
    if len(rest):
        yield rest
