"""What is heard this moment, as the model hears it: the LPC envelope, whose peaks are the formants."""

from __future__ import annotations

import numpy as np

from audio2face.features.clock import SAMPLE_RATE, WINDOW
from audio2face.features.frontend import WHITE_NOISE, lags_and_bands
from audio2face.features.lpc import cosines_and_sines, envelope, prediction
from audio2face.features.mel import mel_points
from rigs.arrays import FloatArray

PITCHES = 96
LOWEST, HIGHEST = -20.0, 50.0
"""Decibels at the bottom and the top of the picture, where a flat spectrum is 0."""
QUIET = -60.0
"""Decibels of full scale below which there is nothing to see."""
_WAVES = cosines_and_sines(mel_points(PITCHES), SAMPLE_RATE)


def envelope_now(samples: FloatArray) -> list[int]:
    """PITCHES heights from 0 to 255, evenly spaced in mel, of the last WINDOW of [samples] at 16 kHz.

    Empty for silence, and for fewer samples than a window has.
    """
    if len(samples) < WINDOW:
        return []
    lags = lags_and_bands(samples[None, -WINDOW:].astype(np.float64))[0]
    if 10 * np.log10(lags[0, 0] + 1e-12) < QUIET:
        return []
    lags[:, 0] *= 1 + WHITE_NOISE
    decibels = envelope(prediction(lags), _WAVES)[0]
    share = np.clip((decibels - LOWEST) / (HIGHEST - LOWEST), 0, 1)
    heights: list[int] = np.round(255 * share).astype(int).tolist()
    return heights
