"""The sound of a line, looked at once: level, spectrum, pitch, 50 times a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.features.mel import mel_filters
from audio2face.sources.block import SAMPLE_RATE
from rigs.arrays import FloatArray

Array = npt.NDArray[np.float64]

RATE = 50
"""Frames a second."""
HOP = SAMPLE_RATE // RATE
SPAN = 1024
"""Samples of a window: 64 ms, so that the partials of a note stand apart."""
BANDS = 24
QUIET = -40.0
"""dB below the loud parts from which a frame is silent."""
FAINT = -62.0
"""dB below full scale from which it is, too."""
LOWEST, HIGHEST = 65.0, 420.0
"""Hz of voices."""
VOICED = 0.5
"""Likeness of a window to itself a period later, from which it has a pitch."""

_SHAPE = np.hanning(SPAN + 1)[:-1].astype(np.float32)
_BINS = SPAN // 2 + 1
_MEL = np.ascontiguousarray(mel_filters(_BINS, SAMPLE_RATE, BANDS)).astype(np.float32)
_LAGS = np.arange(int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST) + 1)
_OWN = np.fft.irfft(np.abs(np.fft.rfft(_SHAPE, SPAN * 2)) ** 2)
_CORRECTION = (_OWN[0] / _OWN[_LAGS]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Spectra:
    """A line, frame by frame.

    level   [frames] dB of full scale, of 20 ms
    loud    dB of full scale: the 95th percentile of the level
    speech  [frames] whether it is no silence
    power   [frames, bins] of windows of 64 ms
    bands   [frames, BANDS] dB in mel bands
    pitch   [frames] Hz, 0 where there is none
    """

    level: Array
    loud: float
    speech: npt.NDArray[np.bool_]
    power: FloatArray
    bands: FloatArray
    pitch: FloatArray

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.level)


def look(samples: FloatArray) -> Spectra:
    """Looks at samples [samples] at 16 kHz."""
    count = max(1, len(samples) // HOP)
    padded = np.zeros(count * HOP + SPAN, np.float32)
    padded[SPAN // 2 : SPAN // 2 + len(samples)] = samples[: count * HOP + SPAN // 2]
    pieces = padded[SPAN // 2 : SPAN // 2 + count * HOP].reshape(count, HOP).astype(np.float64)
    level = 10 * np.log10(np.maximum((pieces**2).mean(axis=1), 1e-12))
    loud = float(np.percentile(level, 95))
    speech = level > max(loud + QUIET, FAINT)
    windows = np.lib.stride_tricks.sliding_window_view(padded, SPAN)[HOP // 2 :: HOP][:count]
    spectrum = np.fft.rfft(windows * _SHAPE, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32) / np.float32((_SHAPE**2).sum())
    bands = 10 * np.log10(np.maximum(power @ _MEL, 1e-9))
    return Spectra(level, loud, speech, power, bands, _pitch(power, speech))


def _pitch(power: FloatArray, speech: npt.NDArray[np.bool_]) -> FloatArray:
    """[frames] by autocorrelation over the window's: Boersma, Proc. Inst. Phonetic Sciences 17, 1993."""
    lags = np.fft.irfft(power, axis=1)
    likeness = lags[:, _LAGS] / np.maximum(lags[:, :1], 1e-12) * _CORRECTION
    best = np.argmax(likeness - 0.04 * np.log2(_LAGS / _LAGS[0]), axis=1)
    there = speech & (likeness[np.arange(len(best)), best] > VOICED)
    return np.where(there, SAMPLE_RATE / _LAGS[best], 0.0).astype(np.float32)
