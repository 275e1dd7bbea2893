"""One type that makes a face alive: samples in, what to add to each frame out."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from audio2face.errors import OptionError
from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE
from audio2face.life.blinks import Blinks
from audio2face.life.breath import Breath
from audio2face.life.brows import Brows
from audio2face.life.gaze import Gaze
from audio2face.life.head import Angles, Head
from audio2face.life.motion import LIFE_NAMES, LOOK, Motion
from audio2face.life.prosody import Moment, Prosody
from audio2face.life.settings import LifeSettings
from rigs.arrays import FloatArray

STEADY = 0.8
"""Share of the head's turn that the eyes turn back, so that they stay on what they look at."""
LIFT = 1.0
"""Degrees that a deep breath lifts the face."""
LOWERED, RAISED = 0.35, 0.3
"""Share of eyeLookDown that lids come down with it, and of eyeLookUp that they go up."""


class Life:
    """Pushed samples come back as motion: frame n is the face at n / fps seconds.

    seed      the same seed gives the same motion to the bit, however the sound was cut
    fps       frames a second, 1 to 120
    settings  a strength for each part

    A frame needs no more of the sound than the features of its moment do. Raises OptionError.
    """

    def __init__(self, seed: int = 0, fps: float = 60.0, settings: LifeSettings | None = None) -> None:
        if not 1 <= fps <= FRAME_RATE:
            raise OptionError(f"fps is {fps:g}; expected 1 to {FRAME_RATE}")
        if seed < 0:
            raise OptionError(f"seed is {seed}; expected 0 or more")
        self.fps, self.settings = fps, settings or LifeSettings()
        self.prosody = Prosody()
        self.blinks, self.gaze = Blinks(seed, fps, self.settings), Gaze(seed)
        self.brows, self.breath, self.head = Brows(seed), Breath(seed), Head(seed)
        self._moments: deque[Moment] = deque()
        self._clock = -1
        self._turns: tuple[Angles, Angles] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
        self._samples = 0
        self._next = 0

    def push(self, samples: FloatArray) -> Motion:
        """The frames that samples [samples] at 16 kHz complete."""
        self._samples += len(samples)
        return self._advance(samples, round(self._samples / SAMPLE_RATE * self.fps))

    def finish(self) -> Motion:
        """The frames that were still waiting for sound; in all round(seconds · fps), and at least one."""
        silence = np.zeros(SAMPLE_RATE // 10, np.float32)
        return self._advance(silence, max(1, round(self._samples / SAMPLE_RATE * self.fps)))

    def _advance(self, samples: FloatArray, wanted: int) -> Motion:
        rows: list[list[float]] = []
        self._moments.extend(self.prosody.push(samples))
        while self._next < wanted and (row := self._frame()) is not None:
            rows.append(row)
        table = np.array(rows, np.float32).reshape(-1, len(LIFE_NAMES) + 3)
        return Motion(table[:, :-3], table[:, -3:])

    def _frame(self) -> list[float] | None:
        """The next frame, or None where it still waits for sound."""
        place = self._next * FRAME_RATE / self.fps
        until = math.ceil(place - 1e-9)
        while self._clock < until:
            if not self._moments:
                return None
            self._step(self._moments.popleft())
        self._next += 1
        share = min(1.0, max(0.0, place - (until - 1)))
        return self._drawn(min(place, until) / FRAME_RATE, share)

    def _step(self, moment: Moment) -> None:
        """All parts, one clock frame on; each draws for itself, so none changes when another is off."""
        self._clock += 1
        frame, how = self._clock, self.settings
        self.blinks.step(frame, moment)
        self.gaze.step(frame, moment)
        self.brows.step(frame, moment)
        full = self.breath.step(frame, moment)
        yaw, pitch, roll = self.head.step(frame, moment)
        lifted = how.head * (pitch - how.breath * LIFT * full)
        self._turns = self._turns[1], (how.head * yaw, lifted, how.head * roll)

    def _drawn(self, time: float, share: float) -> list[float]:
        """One frame: LIFE_NAMES, then yaw, pitch, roll of the head."""
        how = self.settings
        head = [a + share * (b - a) for a, b in zip(*self._turns, strict=True)]
        yaw, pitch = (
            how.gaze * (angle - STEADY * turn)
            for angle, turn in zip(self.gaze.saccade.at(time), head, strict=False)
        )
        left, right = (how.brows * side for side in self.brows.at(time))
        down, up = _part(pitch), _part(-pitch)
        shut = min(1.0, how.blinks * self.blinks.at(time))
        shut += (1 - shut) * LOWERED * down
        wide = RAISED * up
        to_left, to_right = _part(yaw), _part(-yaw)
        return [
            *(shut, shut, wide, wide, down, down, up, up, to_right, to_left, to_left, to_right),
            *((left + right) / 2, 0.6 * left, 0.6 * right, *head),
        ]


def _part(degrees: float) -> float:
    """Degrees to one side as the weight of an eyeLook channel."""
    return min(1.0, max(0.0, degrees / LOOK))
