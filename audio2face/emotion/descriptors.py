"""What a voice does from moment to moment: pitch, energy, spectrum and voice quality, 100 times a second.

Sound is analysed in pieces of CHUNK samples on a fixed grid, always as many frames at once, so that the
result is the same to the bit however the sound was cut into blocks.
Descriptors are those of Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice
research and affective computing", IEEE Trans. Affective Computing 7 (2016), without formants; pitch by
autocorrelation over that of the window: Boersma, Proc. Inst. Phonetic Sciences 17 (1993).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import SAMPLE_RATE
from audio2face.features.mel import BANDS, mel_filters

Array = npt.NDArray[np.float64]

HOP = SAMPLE_RATE // 100
CHUNK = 20 * HOP
"""Samples of a piece: 200 ms."""
FRAMES = CHUNK // HOP
SPAN = 4 * HOP
"""Samples under one window: 40 ms, nearly three periods of the lowest voice."""
TRANSFORM = 1024
LOWEST, HIGHEST = 65.0, 520.0
"""Hz."""
QUIETEST = 1e-14
"""Power that stands for nothing."""
SPECTRAL = (
    "alpha",
    "hammarberg",
    "slope 0",
    "slope 500",
    "slope 1500",
    "centroid",
    "roll-off",
    "entropy",
    "flux",
)
QUALITY = ("h1-h2", "h1-h3", "h1-a1", "h1-a2", "h1-a3", "hnr")
COLUMNS = ("energy", "pitch", "voicing", *SPECTRAL, *QUALITY)
"""What `Descriptors` gives of a frame before its mel bands."""

_SHAPE = np.hanning(SPAN + 2)[1:-1]
_HERTZ = np.fft.rfftfreq(TRANSFORM, 1 / SAMPLE_RATE)
_STEP = SAMPLE_RATE / TRANSFORM
_MEL = mel_filters(len(_HERTZ), SAMPLE_RATE)
_LAGS = np.arange(int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST) + 1)
_OWN = np.fft.irfft(np.abs(np.fft.rfft(_SHAPE, TRANSFORM)) ** 2)
_CORRECTION = _OWN[0] / _OWN[_LAGS]
_OCTAVE_COST = 0.04 * np.log2(_LAGS / _LAGS[0])
"""Of two peaks as high as each other the shorter lag wins."""
_EACH = np.arange(FRAMES)
_WINDOWS = _EACH[:, None] * HOP + np.arange(SPAN)


def _bins(low: float, high: float) -> slice:
    """The bins from one frequency to another, in Hz."""
    first, end = np.searchsorted(_HERTZ, [low, high])
    return slice(int(first), int(end))


_SLOPES = np.zeros((len(_HERTZ), 3))
for _number, (_low, _high) in enumerate(((0, 500), (500, 1500), (1500, 4000))):
    _part = _bins(_low, _high)
    _far = _HERTZ[_part] - _HERTZ[_part].mean()
    _SLOPES[_part, _number] = 1000 * _far / (_far @ _far)
"""dB spectrum → dB a kHz in three bands."""


class Descriptors:
    """Pushed samples come back as pieces of [FRAMES, len(COLUMNS) + BANDS].

    The last frame of a piece ends with the piece's last sample; before the first sample there is silence.
    Bands are powers in dB. Pitch is in semitones above LOWEST, wherever a period was found at all; voicing,
    the correlation at that period, says whether to believe it.
    """

    def __init__(self) -> None:
        self._held = np.zeros(SPAN - HOP)
        self._bands = np.zeros((1, BANDS))

    def push(self, samples: npt.NDArray[np.float32]) -> Iterator[Array]:
        """The pieces that samples [samples] at 16 kHz complete."""
        self._held = np.concatenate([self._held, samples])
        size = CHUNK + SPAN - HOP
        while len(self._held) >= size:
            yield self._described(self._held[_WINDOWS])
            self._held = self._held[CHUNK:]

    def _described(self, windows: Array) -> Array:
        centred = windows - windows.mean(axis=1, keepdims=True)
        spectrum = np.fft.rfft(centred * _SHAPE, TRANSFORM, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        pitch, voicing = _period(np.fft.irfft(power, axis=1))
        power = power / np.sum(_SHAPE**2) + QUIETEST
        decibels = 10 * np.log10(power)
        bands = 10 * np.log10(power @ _MEL + QUIETEST)
        energy = 10 * np.log10((centred**2).mean(axis=1) + QUIETEST)
        columns = [energy, pitch, voicing, *self._spectral(power, decibels, bands)]
        columns += [*_quality(decibels, LOWEST * 2 ** (pitch / 12)), _harmonicity(voicing)]
        return np.concatenate([np.stack(columns, axis=1), bands], axis=1)

    def _spectral(self, power: Array, decibels: Array, bands: Array) -> Iterator[Array]:
        """The columns SPECTRAL."""
        low, high = (power[:, _bins(*ends)].sum(axis=1) for ends in ((50, 1000), (1000, 5000)))
        yield 10 * np.log10(low / high)
        yield decibels[:, _bins(0, 2000)].max(axis=1) - decibels[:, _bins(2000, 5000)].max(axis=1)
        yield from (decibels @ _SLOPES).T
        whole = power.sum(axis=1)
        yield 12 * np.log2(power @ _HERTZ / whole / 1000 + 1e-3)
        reached = np.cumsum(power, axis=1) > 0.85 * whole[:, None]
        yield 12 * np.log2(_HERTZ[np.argmax(reached, axis=1)] / 1000 + 0.05)
        share = 10 ** (bands / 10)
        share /= share.sum(axis=1, keepdims=True)
        yield -(share * np.log(share + 1e-12)).sum(axis=1)
        even = bands - bands.mean(axis=1, keepdims=True)
        change = np.diff(np.concatenate([self._bands, even]), axis=0)
        self._bands = even[-1:]
        yield np.sqrt((change**2).mean(axis=1))


def _period(lags: Array) -> tuple[Array, Array]:
    """[frames] pitch in semitones above LOWEST, and the correlation there, from autocorrelations."""
    likeness = lags[:, _LAGS] / np.maximum(lags[:, :1], 1e-12) * _CORRECTION
    best = np.argmax(likeness - _OCTAVE_COST, axis=1)
    inner = np.minimum(np.maximum(best, 1), len(_LAGS) - 2)
    before, here, after = (likeness[_EACH, inner + step] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    bent = np.abs(bend) > 1e-9
    peak = np.where(bent, 0.5 * (before - after) / np.where(bent, bend, 1.0), 0.0)
    period = _LAGS[inner] + np.minimum(np.maximum(peak, -0.5), 0.5)
    return 12 * np.log2(SAMPLE_RATE / period / LOWEST), likeness[_EACH, best]


def _quality(decibels: Array, hertz: Array) -> Iterator[Array]:
    """The columns QUALITY but the last: the first harmonic against others and the formants' regions."""
    first, second, third = (_harmonic(decibels, number * hertz) for number in (1, 2, 3))
    yield first - second
    yield first - third
    for low, high in ((300, 1000), (1000, 2500), (2500, 4000)):
        yield first - decibels[:, _bins(low, high)].max(axis=1)


def _harmonic(decibels: Array, hertz: Array) -> Array:
    """[frames] dB of the highest of the three bins about a frequency [frames]."""
    places = np.minimum(np.maximum(np.rint(hertz / _STEP).astype(int), 1), len(_HERTZ) - 2)
    near: Array = decibels[_EACH[:, None], places[:, None] + np.arange(-1, 2)]
    return near.max(axis=1)


def _harmonicity(voicing: Array) -> Array:
    """dB of what repeats against what does not."""
    share = np.minimum(np.maximum(voicing, 1e-3), 0.999)
    return 10 * np.log10(share / (1 - share))
