"""Cuts a stream of samples into analysis windows on the 120 Hz clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE, WINDOW, centres

HALF = WINDOW // 2


class Framer:
    """Gives each window once, as soon as its last sample has arrived.

    Window n is centred on `centres(n)`; before the first sample there is silence.
    """

    def __init__(self) -> None:
        self._held = np.zeros(HALF, np.float32)
        self._start = -HALF
        self._next = 0

    def push(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """[frames, WINDOW] float64, the windows completed by these samples [samples]."""
        self._held = np.concatenate([self._held, samples])
        end = self._start + len(self._held)
        count = self._complete(end)
        starts = centres(self._next, count) - HALF - self._start
        windows = np.lib.stride_tricks.sliding_window_view(self._held, WINDOW)[starts] if count else None
        self._next += count
        self._forget()
        return np.empty((0, WINDOW)) if windows is None else windows.astype(np.float64)

    def _complete(self, end: int) -> int:
        """How many further windows end at or before sample `end`."""
        # A generous guess from the rate, then the exact centres decide.
        guess = max(0, (end - HALF) * FRAME_RATE // SAMPLE_RATE + 2 - self._next)
        return int(np.searchsorted(centres(self._next, guess) + HALF, end, side="right"))

    def _forget(self) -> None:
        """Drops samples that no coming window needs."""
        keep_from = int(centres(self._next, 1)[0]) - HALF
        drop = min(max(0, keep_from - self._start), len(self._held))
        self._held = self._held[drop:]
        self._start += drop
