"""Sound → features: what the network hears, the same in batch and live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.errors import ModelError
from audio2face.features.clock import SAMPLE_RATE, WINDOW
from audio2face.features.energy import SILENCE, SpeechLevel, speech_energy
from audio2face.features.framing import Framer
from audio2face.features.lpc import ORDER, autocorrelation, envelope, levinson_durbin
from audio2face.features.mel import BANDS, mel_filters, mel_points

Array = npt.NDArray[np.float64]

TRANSFORM = 512
"""FFT length; at least WINDOW + ORDER, so that the autocorrelation is exact."""
FLOOR = -70.0
"""dB below the speech level under which nothing is told apart."""
WHITE_NOISE = 1e-5
"""Added to lag 0 (−50 dB), so that the recursion stays well conditioned on tones and band-limited sound."""

_HANN = np.hanning(WINDOW + 1)[:-1]
_MEL = mel_filters(TRANSFORM // 2 + 1, SAMPLE_RATE)
_MEL_FREQUENCIES = mel_points(BANDS + 2)[1:-1]


@dataclass(frozen=True)
class Analysis:
    """What every front end is computed from, for a run of frames.

    power  [frames, TRANSFORM / 2 + 1] power spectrum, a full-scale sine near −3 dB in all
    lags   [frames, ORDER + 1] autocorrelation per sample
    level  [frames] speech level in dB
    """

    power: Array
    lags: Array
    level: Array


def _lpc(analysis: Analysis) -> Array:
    """The LPC envelope in dB at mel-spaced frequencies: the formant picture, free of gain."""
    lags = analysis.lags.copy()
    lags[:, 0] *= 1.0 + WHITE_NOISE
    polynomial, _ = levinson_durbin(lags)
    return envelope(polynomial, _MEL_FREQUENCIES, SAMPLE_RATE)


def _autocorrelation(analysis: Analysis) -> Array:
    """Lags 1…32 over lag 0: the coefficients of the original network."""
    first = analysis.lags[:, :1]
    return np.divide(analysis.lags[:, 1:], first, out=np.zeros((len(first), ORDER)), where=first > 0)


def _mel(analysis: Analysis) -> Array:
    """Log mel bands in dB against the speech level, not below FLOOR."""
    bands = 10.0 * np.log10(np.maximum(analysis.power @ _MEL, SILENCE))
    return np.maximum(bands - analysis.level[:, None], FLOOR)


_PARTS: dict[str, Callable[[Analysis], Array]] = {
    "lpc": _lpc,
    "autocorrelation": _autocorrelation,
    "mel": _mel,
}
COEFFICIENTS = 32
"""Numbers that each part of a front end gives for a frame."""
FRONT_ENDS = (*_PARTS, "lpc+mel")


class FrontEnd:
    """Turns pushed samples into features, frame by frame.

    `name` is one of FRONT_ENDS, parts joined by `+`. Each frame has 32 numbers for each part, then the
    frame's energy in dB against the speech level. Raises ModelError for an unknown name.
    """

    def __init__(self, name: str) -> None:
        unknown = [part for part in name.split("+") if part not in _PARTS]
        if unknown:
            raise ModelError(f"unknown front end {name!r}; known are {', '.join(FRONT_ENDS)}")
        self.parts = tuple(name.split("+"))
        self._framer = Framer()
        self._level = SpeechLevel()

    @property
    def width(self) -> int:
        """Features a frame."""
        return COEFFICIENTS * len(self.parts) + 1

    def push(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """[frames, width] float32, the frames completed by these samples [samples] at 16 kHz."""
        windows = self._framer.push(samples)
        if not len(windows):
            return np.empty((0, self.width), np.float32)
        analysis, energy = self._analyse(windows)
        columns = [_PARTS[part](analysis) for part in self.parts]
        columns.append(np.maximum(energy - analysis.level, FLOOR)[:, None])
        return np.concatenate(columns, axis=1).astype(np.float32)

    def _analyse(self, windows: Array) -> tuple[Analysis, Array]:
        """Removes DC, applies the Hann window, and computes what all parts share."""
        shaped = (windows - windows.mean(axis=1, keepdims=True)) * _HANN
        spectrum = np.fft.rfft(shaped, TRANSFORM, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2) / np.sum(_HANN**2)
        lags = autocorrelation(power)
        energy = speech_energy(lags)
        return Analysis(power / TRANSFORM * 2, lags, self._level.follow(energy)), energy
