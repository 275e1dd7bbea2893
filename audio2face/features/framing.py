"""Cuts a stream of samples into analysis windows on the 120 Hz clock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import WINDOW, centres, frames_before

HALF = WINDOW // 2
PLACES = np.arange(WINDOW)


class Framer:
    """Gives each window once, as soon as its last sample has arrived.

    Window n is centred on `centres(n)`; before the first sample there is silence.
    """

    def __init__(self) -> None:
        self._held = np.zeros(HALF)
        self._start = -HALF
        self._next = 0

    def push(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """[frames, WINDOW] float64, the windows completed by these samples [samples]."""
        self._held = np.concatenate([self._held, samples])
        # A window is complete when the sound reaches half a window beyond its centre.
        ready = frames_before(self._start + len(self._held) - HALF + 1)
        starts = centres(self._next, ready - self._next + 1) - (HALF + self._start)
        windows: npt.NDArray[np.float64] = self._held[starts[:-1, None] + PLACES]
        self._next = ready
        self._forget(int(starts[-1]))
        return windows

    def _forget(self, drop: int) -> None:
        """Drops the first samples, those before the next window."""
        drop = min(drop, len(self._held))
        self._held = self._held[drop:]
        self._start += drop
