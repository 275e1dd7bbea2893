"""Loudness, measured against a slowly adapting speech level.

A gain-normalised front end throws loudness away, and a hum then opens the jaw as far as speech does.
Absolute loudness would make a quiet recording mumble. So: loudness relative to the loudest recent speech.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import FRAME_RATE

Array = npt.NDArray[np.float64]

PRE_EMPHASIS = 0.97
RELEASE = 1.5 / FRAME_RATE
"""dB that the level falls in one frame: 1.5 dB a second, so that a pause hardly moves it."""
FAINTEST = -140.0
"""dB; the level never falls below this."""
SILENCE = 1e-21
"""Power that stands for digital silence, −210 dB: FLOOR below the faintest level."""


def speech_energy(lags: Array) -> Array:
    """[frames] dB of the pre-emphasised signal, from autocorrelation lags [frames, ≥ 2] per sample.

    Pre-emphasis (x[n] − 0.97·x[n−1]) turns mains hum and rumble down by 30 dB; its power follows exactly
    from the first two lags.
    """
    power = (1.0 + PRE_EMPHASIS**2) * lags[:, 0] - 2.0 * PRE_EMPHASIS * lags[:, 1]
    decibels: Array = 10.0 * np.log10(np.maximum(power, SILENCE))
    return decibels


class SpeechLevel:
    """A peak level in dB: rises at once, falls 1.5 dB a second, never below FAINTEST."""

    def __init__(self) -> None:
        self._level = FAINTEST

    def follow(self, energy: Array) -> Array:
        """[frames] the level at each frame, given energies [frames] in dB; carries on from the last call."""
        if not len(energy):
            return energy
        # level[n] = max(energy[n], level[n-1] - release) is a running maximum once the fall is added back.
        fall = RELEASE * np.arange(1, len(energy) + 1)
        peaks = energy + fall
        peaks[0] = max(peaks[0], self._level)
        level: Array = np.maximum(np.maximum.accumulate(peaks) - fall, FAINTEST)
        self._level = float(level[-1])
        return level
