"""Blinks: log-normal intervals, faster while talking, drawn to the ends of phrases.

A plan of blinks runs on its own clock, whose mean interval is 1 and which runs at the wanted rate. A blink
planned for soon after the end of a phrase is blinked at that end; the plan goes on from where the blink was
planned, so that the rate stays what it was.
"""

from __future__ import annotations

import math

from audio2face.features.clock import FRAME_RATE
from audio2face.life.noise import generator
from audio2face.life.prosody import Moment
from audio2face.life.settings import LifeSettings

CLOSE, OPEN = 0.090, 0.240
"""Seconds."""
HOLD = (0.010, 0.050)
SPREAD = 0.60
"""Standard deviation of the logarithm of the intervals."""
NEAR = 1.1
"""Seconds within which a planned blink is drawn to the end of a phrase."""
GAP = 0.6
"""Seconds that a blink keeps from the one before, to be drawn to an end."""
AFTER = 0.25
"""Seconds after that end within which it then comes."""
_SHORTEST = CLOSE + HOLD[1] + OPEN


class Blinks:
    """Lids over time: `step` at each clock frame, `at` for any time up to that frame.

    begun  seconds at which each blink began to close, for those who want to count; the last 16
    """

    def __init__(self, seed: int, fps: float, settings: LifeSettings) -> None:
        self._draw = generator(seed, "blinks")
        self._fps, self._settings = fps, settings
        self._left = self._interval() * float(self._draw.random())
        self._waits = math.inf
        self._shut, self._hold = -math.inf, 0.0
        self.count = 0
        self.last = -math.inf

    def step(self, frame: int, moment: Moment) -> None:
        """Frame by frame, none left out."""
        now = frame / FRAME_RATE
        rate = self._settings.talk_rate if moment.talking else self._settings.rest_rate
        self._left -= rate / 60 / FRAME_RATE
        near = now - self.last > GAP and self._left < NEAR * rate / 60
        if moment.ended and math.isinf(self._waits) and near:
            self._waits = now + AFTER * float(self._draw.random())
            self._left += self._interval()
        elif self._left <= 0 and math.isinf(self._waits):
            self._waits = now
            self._left += self._interval()
        if now >= max(self._waits, self.last + _SHORTEST):
            self._begin(now)

    def at(self, time: float) -> float:
        """0 open … 1 shut."""
        since = time - self._shut
        if since < -CLOSE:
            return 0.0
        if since < 0:
            return _eased(1 + since / CLOSE)
        if since <= self._hold:
            return 1.0
        # Lids open fast at first and creep to the end.
        return 1.0 - _eased(min(1.0, (since - self._hold) / OPEN) ** 0.75)

    def _begin(self, now: float) -> None:
        # Shut on a frame of the output, so that no blink passes between two frames.
        self._shut = math.ceil((now + CLOSE) * self._fps - 1e-9) / self._fps
        self._hold = float(self._draw.uniform(*HOLD))
        self._waits, self.last = math.inf, self._shut - CLOSE
        self.count += 1

    def _interval(self) -> float:
        """Log-normal, of mean 1."""
        return math.exp(SPREAD * float(self._draw.standard_normal()) - SPREAD**2 / 2)


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)
