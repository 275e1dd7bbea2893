"""The picture of a sound: how loud, at which pitch, and where the LPC envelope peaks."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE
from audio2face.features.framing import Framer
from audio2face.features.frontend import TRANSFORM, WHITE_NOISE, lags_and_bands
from audio2face.features.lpc import cosines_and_sines, envelope, prediction
from audio2face.features.mel import mel_filters, mel_points
from audio2face.sources import FileSource
from exporters.page import Strip

Array = npt.NDArray[np.float64]

MOST_COLUMNS = 1600
"""More are not told apart on a screen."""
BANDS = 48
PEAKS = 4
_PITCHES = 128
_HEARD = 30.0
"""dB below the loudest frame of the sound within which peaks are drawn."""
_RANGE = 70.0
"""dB from the darkest to the brightest."""
_WAVES = cosines_and_sines(mel_points(_PITCHES), SAMPLE_RATE)
_FILTERS = mel_filters(TRANSFORM // 2 + 1, SAMPLE_RATE, BANDS)


def sound_strip(path: Path, duration: float) -> Strip:
    """The strip of a sound file, at most MOST_COLUMNS columns for its `duration` in seconds.

    Raises SoundError when it cannot be read.
    """
    every = max(1, math.ceil(duration * FRAME_RATE / MOST_COLUMNS))
    framer, seen, parts = Framer(), 0, []
    for block in FileSource(path, block_seconds=16.0):
        windows = framer.push(block.samples)
        first = -seen % every
        seen += len(windows)
        if len(windows[first::every]):
            parts.append(_looked_at(windows[first::every]))
    if not parts:
        parts = [_looked_at(np.zeros((1, framer.push(np.zeros(SAMPLE_RATE, np.float32)).shape[1])))]
    wave, bands, peaks, power = (np.concatenate(column) for column in zip(*parts, strict=True))
    top = max(float(bands.max()), -60.0)
    level = np.clip((bands - top + _RANGE) / _RANGE, 0, 1) * 255
    audible = power >= power.max() - _HEARD
    return Strip(
        FRAME_RATE / every,
        np.round(np.clip(wave, 0, 1) * 255).astype(np.uint8),
        np.round(level).astype(np.uint8),
        (peaks * audible[:, None]).astype(np.uint8),
    )


def _looked_at(windows: Array) -> tuple[Array, Array, Array, Array]:
    """Largest sample [frames], bands in dB [frames, BANDS], peaks [frames, PEAKS], power in dB [frames]."""
    spectrum = np.fft.rfft(windows * np.hanning(windows.shape[1]), TRANSFORM, axis=1)
    bands = 10 * np.log10((spectrum.real**2 + spectrum.imag**2) @ _FILTERS + 1e-9)
    lags = lags_and_bands(windows)[0]
    power = 10 * np.log10(lags[:, 0] + 1e-12)
    lags[:, 0] *= 1 + WHITE_NOISE
    return np.abs(windows).max(axis=1), bands, _peaks(envelope(prediction(lags), _WAVES)), power


def _peaks(envelopes: Array) -> Array:
    """[frames, PEAKS] the highest local maxima of envelopes [frames, pitches], as 1…255 over the pitches.

    0 where an envelope has fewer.
    """
    inner = envelopes[:, 1:-1]
    is_peak = (inner > envelopes[:, :-2]) & (inner >= envelopes[:, 2:])
    height = np.where(is_peak, inner, -np.inf)
    best = np.argsort(-height, axis=1)[:, :PEAKS]
    there = np.take_along_axis(is_peak, best, axis=1)
    places: Array = np.where(there, np.round(1 + (best + 1) / (_PITCHES - 1) * 254), 0)
    return places
