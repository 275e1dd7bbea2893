"""Breath: in before phrases, out while they are spoken; slow and even while nobody speaks.

Nothing is heard ahead, so the breath before a phrase is taken in the pause that it ends.
"""

from __future__ import annotations

import math

from audio2face.features.clock import FRAME_RATE
from audio2face.life.head import Smooth
from audio2face.life.noise import generator
from audio2face.life.prosody import Moment

WAIT = 0.22
"""Seconds of pause after which one breathes in."""
INHALE, EXHALE = 0.45, 2.4
"""Seconds of a breath while talking."""
REST = 4.0
"""Seconds of one while not, on average."""
APART = 2.0
"""Seconds between two breaths while talking at least."""


class Breath:
    """`step` at each clock frame gives how full the lungs are, 0 to about 1."""

    def __init__(self, seed: int) -> None:
        self._draw = generator(seed, "breath")
        self._begun, self._in, self._out = -10.0, 1.0, 2.0
        self._depth = 0.0
        self._soft = Smooth(0.06)
        self.count = 0

    def step(self, frame: int, moment: Moment) -> float:
        """Frame by frame, none left out."""
        now = frame / FRAME_RATE
        since = now - self._begun
        if moment.talking:
            if since > APART and WAIT <= moment.pause < WAIT + 2 / FRAME_RATE:
                self._begin(now, INHALE, EXHALE, 1.0)
        elif since > self._in + self._out:
            length = REST * math.exp(0.15 * float(self._draw.standard_normal()))
            self._begin(now, 0.4 * length, 0.6 * length, 0.6)
        return self._soft.step(self._at(now - self._begun))

    def _begin(self, now: float, inhale: float, exhale: float, depth: float) -> None:
        self._begun, self._in, self._out = now, inhale, exhale
        self._depth = depth * float(self._draw.uniform(0.8, 1.2))
        self.count += 1

    def _at(self, since: float) -> float:
        if since < self._in:
            return self._depth * (0.5 - 0.5 * math.cos(math.pi * since / self._in))
        out = (since - self._in) / self._out
        return self._depth * (0.5 + 0.5 * math.cos(math.pi * out)) if out < 1 else 0.0
