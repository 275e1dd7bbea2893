"""Brows rise on pitch accents: on the stronger ones, as people's do.

What makes an accent strong is found from the voice: each rise asks more of the next, and with time that is
forgotten, so that a lively voice raises brows about as often as a calm one.
"""

from __future__ import annotations

import math

from audio2face.features.clock import FRAME_RATE
from audio2face.life.head import Smooth
from audio2face.life.noise import generator
from audio2face.life.prosody import Moment

ACCENT = 1.5
"""Semitones above what is usual that make an accent, at least."""
FIRST, MOST = 4.0, 14.0
"""Semitones that are asked for at first, and at most."""
MORE = 3.0
"""Semitones more that are asked for after a rise."""
RATE = 8.0
"""Rises a minute at which that is forgotten while somebody talks. In four recordings of people by Live Link
Face browInnerUp rises by a tenth or more within half a second 0.9 to 9.4 times a minute, 6.7 on average."""
RISE, LASTS = (0.15, 0.30), (0.250, 0.400)
"""How far brows rise, and for how many seconds."""
APART = 1.2
"""Seconds between two rises at least."""


class Brows:
    """`step` at each clock frame, `at` for any time up to that frame."""

    def __init__(self, seed: int) -> None:
        self._draw = generator(seed, "brows")
        self._pitch, self._usual = Smooth(0.025), Smooth(1.5)
        self._before = self._rising = 0.0
        self._asked = FIRST
        self.begun, self.height, self.lasts = -math.inf, 0.0, 1.0
        self.tilt = 0.0
        self.count = 0

    def step(self, frame: int, moment: Moment) -> None:
        """Frame by frame, none left out."""
        now = frame / FRAME_RATE
        if moment.talking:
            self._asked = max(ACCENT, self._asked - MORE * RATE / 60 / FRAME_RATE)
        if moment.voiced:
            pitch = self._pitch.step(moment.pitch)
            over = pitch - self._usual.step(pitch)
            peak = self._rising > 0 >= pitch - self._before
            self._rising, self._before = pitch - self._before, pitch
            if peak and over > self._asked and now >= self.begun + APART:
                self._begin(now, over)

    def at(self, time: float) -> tuple[float, float]:
        """Left and right, 0 to 0.3."""
        u = (time - self.begun) / self.lasts
        height = self.height * math.sin(math.pi * u) ** 2 if 0 < u < 1 else 0.0
        return height * (1 - max(0.0, self.tilt)), height * (1 + min(0.0, self.tilt))

    def _begin(self, now: float, over: float) -> None:
        low, high = RISE
        self.height = min(high, low + 0.03 * (over - self._asked) + 0.05 * float(self._draw.random()))
        self.lasts = float(self._draw.uniform(*LASTS))
        self.tilt = float(self._draw.uniform(-0.2, 0.2))
        self.begun = now
        self._asked = min(MOST, self._asked + MORE)
        self.count += 1
