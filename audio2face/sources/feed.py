"""Between a thread that receives sound in its own rhythm and the face, which needs it steadily."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator

import numpy as np

from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock, Pace
from audio2face.sources.live_source import BLOCK
from audio2face.sources.resample import Resampler
from rigs.arrays import FloatArray

MOST_SECONDS = 600
"""Sound that waits to be played, at most; what comes beyond is dropped and counted."""
LONGEST_WAIT = 0.1
"""Seconds after which a waiting reader looks whether it was closed."""
LEAST_WAIT = 1e-4
"""Seconds not worth waiting."""


class Feed:
    """Sound pushed by one thread comes out as blocks of 10 ms in another, with silence where none comes.

    rate      samples per second of what is pushed
    paced     hold bursts back to the pace of hearing; otherwise sound passes as it comes, as from a
              microphone, which has a clock of its own
    patience  seconds to wait for sound that is due before there is silence in its place
    resting   start with silence; otherwise the first block waits for the first sound
    first     seconds that it waits at most; then there is silence until sound comes

    `heard` tells whether there was any sound yet.
    """

    def __init__(
        self,
        rate: int,
        paced: bool,
        patience: float,
        resting: bool = True,
        clock: Clock | None = None,
        first: float = math.inf,
    ) -> None:
        self._clock = clock or Clock()
        self._pace = Pace(self._clock)
        self._paced, self._patience, self._resting = paced, patience, resting
        self._resampler = Resampler(rate, live=True)
        self._lock = threading.Lock()
        self._came = threading.Event()
        self._waiting: deque[FloatArray] = deque()
        self._held = 0
        self._first = 0.0 if resting else first
        self.heard = False
        self._turn_over = self._ended = self._closed = False
        self.lost = 0.0
        self.behind = 0.0

    @property
    def held(self) -> float:
        """Seconds of sound that wait."""
        return self._held / SAMPLE_RATE

    def push(self, samples: FloatArray) -> None:
        """Takes [samples] at the feed's rate."""
        self._store(self._resampler.push(samples))

    def finish_turn(self) -> None:
        """The speaker has finished for now: silence follows at once, without patience."""
        self._turn_over = True
        self._came.set()

    def clear(self) -> None:
        """Drops what waits: the speaker was interrupted."""
        with self._lock:
            self._waiting.clear()
            self._held = 0
        self.finish_turn()

    def end(self) -> None:
        """No more sound will come; the iteration ends after what waits."""
        self._store(self._resampler.finish())
        self._ended = True
        self._came.set()

    def close(self) -> None:
        """Ends the iteration at once. Only sets a flag, so that a signal handler may call it."""
        self._closed = True

    def reopen(self, rate: int) -> None:
        """From now on, pushed sound has this rate; to be called by the thread that pushes."""
        if rate != self._resampler.rate_in:
            self._resampler = Resampler(rate, live=True)

    def __iter__(self) -> Iterator[AudioBlock]:
        given = 0
        while not self._closed:
            samples = self._next((given + BLOCK) / SAMPLE_RATE)
            if self._closed or (samples is None and self._ended):
                return
            self._resting = samples is None
            samples = np.zeros(BLOCK, np.float32) if samples is None else samples
            yield AudioBlock(given / SAMPLE_RATE, samples)
            given += len(samples)

    def _next(self, due: float) -> FloatArray | None:
        """The block that ends at second `due`; None when there is no sound for it."""
        if self._paced or self._resting:
            self.behind = self._pace.wait(due)
        if not self._held and not self._resting:
            self._await()
            self._pace.restart(due)
        samples = self._take()
        if not self._paced:
            self.behind = self.held
        return samples

    def _await(self) -> None:
        """Waits for sound, out of patience in the end."""
        patience = self._patience if self.heard else max(self._patience, self._first)
        begin = self._clock.now()
        while not (self._held or self._turn_over or self._ended or self._closed):
            left = patience - (self._clock.now() - begin)
            if left < LEAST_WAIT:
                return
            self._came.clear()
            if not self._held and not self._ended:
                self._clock.wait(self._came, min(left, LONGEST_WAIT))

    def _take(self) -> FloatArray | None:
        """At most a block of what waits."""
        with self._lock:
            if not self._waiting:
                return None
            samples = self._waiting.popleft()
            if len(samples) > BLOCK:
                self._waiting.appendleft(samples[BLOCK:])
                samples = samples[:BLOCK]
            self._held -= len(samples)
        return samples

    def _store(self, samples: FloatArray) -> None:
        with self._lock:
            room = max(0, MOST_SECONDS * SAMPLE_RATE - self._held)
            self.lost += max(0, len(samples) - room) / SAMPLE_RATE
            samples = samples[:room]
            if len(samples):
                self._waiting.append(samples)
                self._held += len(samples)
                self.heard, self._turn_over = True, False
        self._came.set()
