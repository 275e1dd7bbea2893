"""What life follows in the sound: pitch, loudness, and when phrases begin and end, 120 times a second.

Nothing is heard ahead: frame n needs the sound up to half a feature window beyond its centre, no more than
the features of the networks. What spans frames is carried one frame at a time, so that the result does not
depend on how the sound was cut into blocks.
Pitch by autocorrelation over that of the window: Boersma, Proc. Inst. Phonetic Sciences 17, 1993.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE, WINDOW, centres, frames_before

Array = npt.NDArray[np.float64]

SPAN = SAMPLE_RATE * 40 // 1000
"""Samples of one look at the pitch: nearly three periods of the lowest voice."""
LOWEST, HIGHEST = 70.0, 400.0
"""Hz."""
TRANSFORM = 1024
_LAGS = np.arange(int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST) + 1)
_SHAPE = np.hanning(SPAN + 2)[1:-1]
_OWN = np.fft.irfft(np.abs(np.fft.rfft(_SHAPE, TRANSFORM)) ** 2)
_CORRECTION = _OWN[0] / _OWN[_LAGS]
_OCTAVE_COST = 0.04 * np.log2(_LAGS / _LAGS[0])
"""Of two peaks as high as each other the shorter lag wins."""
_VOICED = 0.55
"""Correlation from which sound is voiced."""
FAINT = -65.0
"""dB under full scale below which nobody speaks."""
RELEASE = 1.5 / FRAME_RATE
"""dB that the level of speech falls in a frame."""
UNDER = 28.0
"""dB below the level of speech down to which sound is speech."""
PAUSE = 18
"""Frames without speech after which a phrase has ended: 150 ms."""
SHORTEST = 30
"""Frames of speech that make a phrase: 250 ms."""
TALK = 180
"""Frames for which somebody still talks after the last phrase: 1.5 s."""
SETTLED = SPAN * FRAME_RATE // SAMPLE_RATE
"""Frames of voice before its pitch counts: 33 ms."""
_BASE = 1 / (8.0 * FRAME_RATE)
"""How fast the speaker's own pitch is learned: over 8 s of voice."""


@dataclass(frozen=True)
class Moment:
    """One frame of prosody.

    pitch    semitones above the speaker's own, 0 where there is no voice
    voiced   whether there is
    loud     0 (nothing) … 1 (as loud as speech gets)
    speech   whether this frame is speech
    talking  whether somebody talks, pauses included
    ended    whether a phrase ended in this very frame
    pause    seconds since the last speech
    """

    pitch: float
    voiced: bool
    loud: float
    speech: bool
    talking: bool
    ended: bool
    pause: float


class Prosody:
    """Pushed samples come back as moments, one for each frame of the 120 Hz clock."""

    def __init__(self) -> None:
        self._held = np.zeros(SPAN)
        self._start = -SPAN
        self._next = 0
        self._level = FAINT
        self._own = 0.0
        self._voiced_frames = 0
        self._run = 0
        self._spoken = 0
        self._quiet = TALK + 1

    def push(self, samples: npt.NDArray[np.float32]) -> Iterator[Moment]:
        """The moments that samples [samples] at 16 kHz complete."""
        for start in range(0, len(samples), SAMPLE_RATE):
            energy, tone = _heard(self._windows(samples[start : start + SAMPLE_RATE]))
            yield from map(self._follow, energy.tolist(), tone.tolist())

    def _windows(self, samples: npt.NDArray[np.float32]) -> Array:
        """[frames, SPAN] the last samples of each feature window that is now complete."""
        self._held = np.concatenate([self._held, samples])
        end = self._start + len(self._held)
        ready = max(self._next, frames_before(end - WINDOW // 2 + 1))
        starts = centres(self._next, ready - self._next) + WINDOW // 2 - SPAN - self._start
        windows: Array = self._held[starts[:, None] + np.arange(SPAN)]
        self._next = ready
        drop = max(0, len(self._held) - 2 * SPAN)
        self._held, self._start = self._held[drop:], self._start + drop
        return windows

    def _follow(self, energy: float, tone: float) -> Moment:
        """One frame, from its energy in dB and its pitch in semitones above 70 Hz (negative: no voice)."""
        self._level = max(energy, self._level - RELEASE, FAINT)
        speech = energy > max(FAINT, self._level - UNDER) and energy > FAINT
        ended = False
        if speech:
            self._spoken += 1
            self._quiet = 0
        else:
            self._quiet += 1
            ended = self._quiet == PAUSE and self._spoken >= SHORTEST
            if self._quiet >= PAUSE:
                self._spoken = 0
        self._run = self._run + 1 if speech and tone >= 0 else 0
        # The pitch is trusted once the voice fills what is looked at.
        voiced = self._run > SETTLED
        loud = min(1.0, max(0.0, 1.0 + (energy - self._level) / 40.0)) if energy > FAINT else 0.0
        talking = self._quiet < TALK
        return Moment(
            self._relative(tone) if voiced else 0.0,
            voiced,
            loud,
            speech,
            talking,
            ended,
            self._quiet / FRAME_RATE,
        )

    def _relative(self, tone: float) -> float:
        """Semitones above the speaker's own pitch, which is learned; within an octave."""
        self._voiced_frames += 1
        self._own += (tone - self._own) * max(_BASE, 1 / self._voiced_frames)
        return min(12.0, max(-12.0, tone - self._own))


def _heard(windows: Array) -> tuple[Array, Array]:
    """[frames] energy in dB and pitch in semitones above LOWEST, −1 where there is no voice."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    energy = 10.0 * np.log10(np.maximum((centred**2).mean(axis=1), 1e-12))
    spectrum = np.fft.rfft(centred * _SHAPE, TRANSFORM, axis=1)
    lags = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, axis=1)
    likeness = lags[:, _LAGS] / np.maximum(lags[:, :1], 1e-9) * _CORRECTION
    best = np.argmax(likeness - _OCTAVE_COST, axis=1)
    voiced = likeness[np.arange(len(best)), best] > _VOICED
    tone = 12.0 * np.log2(SAMPLE_RATE / _LAGS[best] / LOWEST)
    return energy, np.where(voiced, np.maximum(tone, 0.0), -1.0)
