"""The head: it follows pitch and loudness, nods on what is stressed, and is never quite still.

Munhall et al., Psychological Science 15, 2004: up to r = .8 between head motion, pitch and amplitude.
"""

from __future__ import annotations

from audio2face.features.clock import FRAME_RATE
from audio2face.life.noise import SmoothNoise, generator
from audio2face.life.prosody import Moment

Angles = tuple[float, float, float]
"""Yaw, pitch, roll in degrees; positive is to its left, down, and crown to its right."""

PITCH, LOUD = 0.55, 8.0
"""Degrees that the face rises for a semitone, and falls from silence to full loudness."""
SWAY = (2.5, 1.5, 2.05)
"""SD of the slow noise while talking, degrees of yaw, pitch, roll."""
LEAN = (2.4, 1.2)
"""Degrees of yaw and of roll that loudness adds to the side that a phrase leans to."""
FORGET = 0.02
"""Share that is forgotten in a frame: half in 0.29 s."""
IDLE = 0.5
"""Of that while silent."""
SOFT = 0.11
"""Seconds of each of two smoothings."""
SLOW = 6.0
"""Seconds of speech over which what is usual is learned, and taken away, so that nothing drifts."""
USUAL = 0.72
"""Loudness that is usual before anything was heard."""


class Smooth:
    """Two equal low-passes in a row, frame by frame."""

    def __init__(self, seconds: float, value: float = 0.0) -> None:
        self._share = 1 / (1 + seconds * FRAME_RATE)
        self._first = self.value = value

    def step(self, value: float) -> float:
        """The smoothed value after this one."""
        self._first += self._share * (value - self._first)
        self.value += self._share * (self._first - self.value)
        return self.value


class Head:
    """`step` at each clock frame gives the head at that frame."""

    def __init__(self, seed: int) -> None:
        self._draw = generator(seed, "head")
        axes = ("yaw", "pitch", "roll")
        slow = [SmoothNoise(seed, f"head {axis} slow", 330) for axis in axes]
        fast = [SmoothNoise(seed, f"head {axis} fast", 110) for axis in axes]
        self._sways = list(zip(SWAY, slow, fast, strict=True))
        self._pitch, self._loud, self._lively = Smooth(SOFT), Smooth(SOFT), Smooth(0.6)
        self._usual_pitch, self._usual_loud = Smooth(SLOW), Smooth(SLOW, USUAL)
        self._tone, self._strength = 0.0, USUAL
        self._side = (Smooth(0.35), Smooth(0.35))
        self._leans = (0.0, 0.0)

    def step(self, frame: int, moment: Moment) -> Angles:
        """Frame by frame, none left out."""
        pitch, loud = self._followed(moment)
        alive = IDLE + (1 - IDLE) * self._lively.step(float(moment.talking))
        yaw, nod, roll = [
            alive * sway * (0.85 * slow.at(frame) + 0.527 * fast.at(frame))
            for sway, slow, fast in self._sways
        ]
        to_yaw, to_roll = self._side[0].step(self._leans[0]), self._side[1].step(self._leans[1])
        return (
            yaw + LEAN[0] * to_yaw * loud,
            nod + LOUD * loud - PITCH * pitch,
            roll + LEAN[1] * to_roll * loud,
        )

    def _followed(self, moment: Moment) -> tuple[float, float]:
        """Smoothed pitch and loudness, less what is usual; each phrase leans to a side of its own."""
        if moment.ended:
            self._leans = tuple(self._draw.uniform(-2, 2, 2).tolist())
        # Where there is no voice, and where there is no speech, what was is held for a moment and forgotten.
        usual = self._usual_pitch.value, self._usual_loud.value
        if moment.voiced:
            self._tone = moment.pitch
            self._usual_pitch.step(moment.pitch)
        else:
            self._tone += FORGET * (usual[0] - self._tone)
        if moment.speech:
            self._strength = moment.loud
            self._usual_loud.step(moment.loud)
        else:
            self._strength += FORGET * (usual[1] - self._strength)
        return self._pitch.step(self._tone - usual[0]), self._loud.step(self._strength - usual[1])
