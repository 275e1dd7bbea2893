"""The head: it follows pitch and loudness, nods and turns on what is stressed, and is never quite still.

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
SWAY = (2.2, 1.5, 1.8)
"""SD of the slow noise while talking, degrees of yaw, pitch, roll."""
TURN, TILT = 0.6, 0.5
"""Of what loudness and pitch do to the nod, how much yaw and roll turn to the side of the phrase."""
HABIT, WHIM = (0.7, 1.1), 1.2
"""The side that this head turns to by habit, and how far a phrase may be from it."""
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
        self._habit = tuple(float(self._draw.choice((-1, 1)) * self._draw.uniform(*HABIT)) for _ in "yr")
        self._leans = self._habit
        self._side = tuple(Smooth(0.35, side) for side in self._habit)

    def step(self, frame: int, moment: Moment) -> Angles:
        """Frame by frame, none left out."""
        pitch, loud = self._followed(moment)
        alive = IDLE + (1 - IDLE) * self._lively.step(float(moment.talking))
        yaw, nod, roll = [
            alive * sway * (0.85 * slow.at(frame) + 0.527 * fast.at(frame))
            for sway, slow, fast in self._sways
        ]
        to_yaw, to_roll = self._side[0].step(self._leans[0]), self._side[1].step(self._leans[1])
        stress = LOUD * loud + PITCH * pitch
        return (
            yaw + TURN * to_yaw * stress,
            nod + LOUD * loud - PITCH * pitch,
            roll + TILT * to_roll * stress,
        )

    def _followed(self, moment: Moment) -> tuple[float, float]:
        """Smoothed pitch and loudness, less what is usual; phrases lean to sides of their own."""
        if moment.ended:
            whims = self._draw.uniform(-WHIM, WHIM, 2).tolist()
            self._leans = tuple(habit + whim for habit, whim in zip(self._habit, whims, strict=True))
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
