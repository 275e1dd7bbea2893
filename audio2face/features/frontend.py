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
from audio2face.features.lpc import ORDER, autocorrelation, cosines_and_sines, envelope, prediction
from audio2face.features.mel import BANDS, mel_filters, mel_points

Array = npt.NDArray[np.float64]

TRANSFORM = 512
"""FFT length; at least WINDOW + ORDER, so that the autocorrelation is exact."""
FLOOR = -70.0
"""dB below the speech level under which nothing is told apart."""
WHITE_NOISE = 1e-5
"""Added to lag 0 (−50 dB), so that the recursion stays well conditioned on tones and band-limited sound."""

PIECE = 4 * SAMPLE_RATE
"""Samples that are analysed at a time: the arrays of four seconds stay in the processor's cache, those of
eight do not, and take half as long again for each frame."""

_HANN = np.hanning(WINDOW + 1)[:-1]
_BINS = TRANSFORM // 2 + 1
# Lags and mel bands are both sums over the power spectrum, so one matrix gives them all. Lags are for each
# sample of the window; a full-scale sine is near −3 dB in all mel bands together.
_LAGS_AND_BANDS = np.concatenate(
    [autocorrelation(np.eye(_BINS)), mel_filters(_BINS, SAMPLE_RATE) * 2 / TRANSFORM], axis=1
) / np.sum(_HANN**2)
_WAVES = cosines_and_sines(mel_points(BANDS + 2)[1:-1], SAMPLE_RATE)


@dataclass(frozen=True)
class Analysis:
    """What every front end is computed from, for a run of frames.

    lags   [frames, ORDER + 1] autocorrelation per sample
    bands  [frames, BANDS] power in the mel bands
    level  [frames] speech level in dB
    """

    lags: Array
    bands: Array
    level: Array


def _lpc(analysis: Analysis) -> Array:
    """The LPC envelope in dB at mel-spaced frequencies: the formant picture, free of gain."""
    lags = analysis.lags.copy()
    lags[:, 0] *= 1.0 + WHITE_NOISE
    return envelope(prediction(lags), _WAVES)


def _autocorrelation(analysis: Analysis) -> Array:
    """Lags 1…32 over lag 0: the coefficients of the original network."""
    first = analysis.lags[:, :1]
    return np.divide(analysis.lags[:, 1:], first, out=np.zeros((len(first), ORDER)), where=first > 0)


def _mel(analysis: Analysis) -> Array:
    """Log mel bands in dB against the speech level, not below FLOOR."""
    bands = 10.0 * np.log10(np.maximum(analysis.bands, SILENCE))
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
        starts = range(0, max(1, len(samples)), PIECE)
        return np.concatenate([self._heard(samples[start : start + PIECE]) for start in starts])

    def _heard(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """As `push`, for a piece that is analysed at once."""
        windows = self._framer.push(samples)
        features = np.empty((len(windows), self.width), np.float32)
        if len(windows):
            lags, bands = lags_and_bands(windows)
            energy = speech_energy(lags)
            analysis = Analysis(lags, bands, self._level.follow(energy))
            for number, part in enumerate(self.parts):
                features[:, number * COEFFICIENTS : (number + 1) * COEFFICIENTS] = _PARTS[part](analysis)
            features[:, -1] = np.maximum(energy - analysis.level, FLOOR)
        return features


def lags_and_bands(windows: Array) -> tuple[Array, Array]:
    """[frames, ORDER + 1] autocorrelation and [frames, BANDS] mel power of windows [frames, WINDOW].

    Of each window its mean is removed and the Hann window applied.
    """
    shaped = (windows - windows.mean(axis=1, keepdims=True)) * _HANN
    spectrum = np.fft.rfft(shaped, TRANSFORM, axis=1)
    both = (spectrum.real**2 + spectrum.imag**2) @ _LAGS_AND_BANDS
    return both[:, : ORDER + 1], both[:, ORDER + 1 :]
