"""Where the eyes look: at whom they speak to, away for a while, and never quite still.

Saccades last 20–30 ms and 2.2–2.7 ms more for each degree (Bahill, Clark, Stark, Math. Biosciences 24, 1975).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from audio2face.features.clock import FRAME_RATE
from audio2face.life.noise import generator
from audio2face.life.prosody import Moment

BASE, SLOPE = (0.020, 0.030), (0.0022, 0.0027)
"""Seconds, and seconds a degree."""
HELD, AWAY = 3.1, 0.9
"""Mean seconds while talking: eyes on the other, eyes elsewhere."""
LISTENING = 1.8
"""While silent, the other is held in view so much longer."""
SMALLEST, MEAN, LARGEST = 2.5, 4.5, 24.0
"""Degrees of an aversion: SMALLEST and an exponential of that mean."""
MICRO = 1 / 1.5
"""Mean seconds from one microsaccade to the next."""


@dataclass(frozen=True)
class Saccade:
    """From here to there, yaw and pitch in degrees (left and down are positive), at a time, for a time."""

    start: float
    duration: float
    here: tuple[float, float]
    there: tuple[float, float]

    @property
    def size(self) -> float:
        """Degrees."""
        return math.dist(self.here, self.there)

    def at(self, time: float) -> tuple[float, float]:
        """Yaw and pitch: a quintic, of least jerk."""
        u = min(1.0, max(0.0, (time - self.start) / self.duration))
        share = u**3 * (10 - 15 * u + 6 * u * u)
        (a, b), (c, d) = self.here, self.there
        return a + share * (c - a), b + share * (d - b)


class Gaze:
    """Saccades over time: `step` at each clock frame, `saccade.at` for any time up to that frame."""

    def __init__(self, seed: int) -> None:
        self._draw = generator(seed, "gaze")
        self.saccade = Saccade(-1.0, 0.02, (0.0, 0.0), (0.0, 0.0))
        self.count = 0
        self._aim = (0.0, 0.0)
        self.away = False
        self._change = self._lasting(HELD)
        self._flick = self._lasting(MICRO, 0.35)

    def step(self, frame: int, moment: Moment) -> None:
        """Frame by frame, none left out."""
        now = frame / FRAME_RATE
        if now < self.saccade.start + self.saccade.duration:
            return
        if now >= self._change:
            self.away = not self.away
            self._aim = self._elsewhere() if self.away else (0.0, 0.0)
            self._move(now, self._aim)
            held = HELD * (1.0 if moment.talking else LISTENING)
            self._change = now + self._lasting(AWAY if self.away else held)
        elif now >= self._flick:
            self._move(now, self._beside())
            self._flick = now + self._lasting(MICRO, 0.35)

    def _move(self, now: float, there: tuple[float, float]) -> None:
        here = self.saccade.there
        base, slope = float(self._draw.uniform(*BASE)), float(self._draw.uniform(*SLOPE))
        self.saccade = Saccade(now, base + slope * math.dist(here, there), here, there)
        self.count += 1

    def _elsewhere(self) -> tuple[float, float]:
        """Anywhere, to the sides more than up or down."""
        size = min(LARGEST, SMALLEST + float(self._draw.exponential(MEAN)))
        angle = float(self._draw.uniform(0, 2 * math.pi))
        across, along = math.cos(angle), 0.55 * math.sin(angle)
        length = math.hypot(across, along)
        return size * across / length, size * along / length

    def _beside(self) -> tuple[float, float]:
        """Near the aim: a microsaccade that leads back rather than away, 0.1° to 0.8° long."""
        here = self.saccade.there
        x, y = (self._aim[i] + 0.3 * float(self._draw.standard_normal()) - here[i] for i in (0, 1))
        length = math.hypot(x, y) or 1.0
        size = min(0.8, max(0.1, length)) / length
        return here[0] + size * x, here[1] + size * y

    def _lasting(self, mean: float, spread: float = 0.5) -> float:
        """Seconds, log-normal about a mean."""
        return mean * math.exp(spread * float(self._draw.standard_normal()) - spread**2 / 2)
