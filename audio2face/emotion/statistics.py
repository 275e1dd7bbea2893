"""How somebody speaks, as numbers: statistics of a voice's descriptors over a few seconds.

Everything is relative to the level of the speech, so that loud and quiet copies of a recording give the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from audio2face.emotion.descriptors import COLUMNS, QUALITY, SPECTRAL
from audio2face.features.mel import BANDS

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RATE = 100
"""Frames a second."""
UNDER = 30.0
"""dB below the level of speech down to which a frame is speech."""
FAINT = -75.0
"""dB of full scale below which nobody speaks."""
VOICED = 0.55
"""Correlation from which a frame has a voice."""
ASTRAY = 14.0
"""Semitones from the median beyond which a pitch is an error."""
LEAP = 1.5
"""Semitones between neighbouring frames beyond which it is a leap, not a glide."""
DEEPEST = 70.0
"""dB below the level of speech under which bands are not told apart."""
CEPSTRA = 12
TELL = ("mean", "sd", "10 %", "50 %", "90 %")
_SHARES = np.array([0.1, 0.5, 0.9])
_MODULATIONS = ((1, 3), (3, 6), (6, 10), (10, 16), (16, 30))
"""Hz: how fast bands swell; 3 to 6 Hz are syllables."""
_GROUPS = 8
"""Of bands, for those."""
_BLOCKS = 256
_SPEEDS = [slice(*np.searchsorted(np.fft.rfftfreq(_BLOCKS, 1 / RATE), ends)) for ends in _MODULATIONS]
_COSINES = np.cos(np.pi / BANDS * (np.arange(BANDS)[:, None] + 0.5) * np.arange(1, CEPSTRA + 1)) * np.sqrt(
    2 / BANDS
)
_HUMP = np.hanning(13) / np.hanning(13).sum()

_CEPSTRAL = tuple(f"cepstrum {number}" for number in range(1, CEPSTRA + 1))
_SPEECH = ("energy", *SPECTRAL, *_CEPSTRAL)
_VOICE = ("pitch", *QUALITY)
NAMES: tuple[str, ...] = (
    *(f"{name} {what}" for what in TELL for name in _SPEECH),
    *(f"{name} {what}, voiced" for what in TELL for name in _VOICE),
    *(f"{name} mean, voiced" for name in (*SPECTRAL, *_CEPSTRAL)),
    *(
        "glide mean",
        "glide sd",
        "glide 50 %",
        "glide 90 %",
        "rise",
        "fall",
        "share rising",
        "unsteadiness",
        "shimmer",
    ),
    *("pitch slope", "energy slope", "voices a second", "voice length", "voice length sd"),
    *("share voiced", "share spoken", "pause", "syllables a second", "swell mean", "swell sd"),
    *(f"{name} change" for name in _CEPSTRAL),
    *(f"band {number}" for number in range(BANDS)),
    *(f"band {number} sd" for number in range(0, BANDS, 2)),
    *(f"group {group} at {low}-{high} Hz" for low, high in _MODULATIONS for group in range(_GROUPS)),
)
"""The statistics, in order."""


class Heard:
    """A stretch of descriptors [frames, len(COLUMNS) + BANDS] and which of its frames are what.

    level   dB of the speech: the loudest twentieth, or what the caller knows of before
    speech  [frames] loud enough to be speech
    voiced  [frames] speech with a believable pitch
    """

    def __init__(self, described: Array, least: float = FAINT) -> None:
        self.columns = dict(zip(COLUMNS, described.T, strict=False))
        energy = self.columns["energy"]
        self.level = max(least, quantile(energy, 0.95))
        self.speech: Mask = (energy > self.level - UNDER) & (energy > FAINT)
        self.voiced: Mask = self.speech & (self.columns["voicing"] > VOICED)
        if self.voiced.any():
            pitch = self.columns["pitch"]
            self.voiced &= np.abs(pitch - quantile(pitch[self.voiced], 0.5)) < ASTRAY
        self.bands = np.maximum(described[:, len(COLUMNS) :], self.level - DEEPEST)
        self.energy = energy - self.level

    @property
    def seconds(self) -> float:
        """Of speech with a voice."""
        return float(self.voiced.sum()) / RATE


def statistics(heard: Heard) -> Array:
    """[len(NAMES)] the statistics of a stretch that has some voice."""
    cepstra = heard.bands @ _COSINES
    spectral = np.stack([heard.energy, *(heard.columns[name] for name in SPECTRAL)], axis=1)
    whole = np.concatenate([spectral, cepstra], axis=1)
    voice = np.stack([heard.columns[name] for name in _VOICE], axis=1)
    return np.concatenate(
        [
            _told(whole[heard.speech]),
            _told(voice[heard.voiced]),
            whole[heard.voiced, 1:].mean(axis=0),
            *(list(part) for part in (_glides(heard), _timing(heard))),
            _spread(np.diff(cepstra, axis=0)[heard.speech[1:]]),
            *_spectrum(heard),
            _modulation(heard.bands).ravel(),
        ]
    )


def quantile(values: Array, share: float) -> float:
    """As NumPy's, of values [values], in a tenth of the time for the few hundred of a window."""
    ordered = np.sort(values)
    place = share * (len(ordered) - 1)
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return float(ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower]))


def _told(values: Array) -> Array:
    """[columns · TELL] of values [frames, columns]."""
    ordered = np.sort(values, axis=0)
    places = _SHARES * (len(values) - 1)
    lower = np.floor(places).astype(int)
    upper = np.minimum(lower + 1, len(values) - 1)
    quantiles = ordered[lower] + (places - lower)[:, None] * (ordered[upper] - ordered[lower])
    return np.concatenate([values.mean(axis=0), values.std(axis=0), quantiles.ravel()])


def _spread(values: Array) -> Array:
    return values.std(axis=0) if len(values) else np.zeros(values.shape[1])


def _glides(heard: Heard) -> Iterator[float]:
    """How the pitch moves from frame to frame, in semitones a second, and how steady voice and pitch are."""
    steps = np.diff(heard.columns["pitch"])
    joined = heard.voiced[1:] & heard.voiced[:-1] & (np.abs(steps) < LEAP)
    glides = steps[joined] * RATE
    if not len(glides):
        glides = np.zeros(1)
    size = np.abs(glides)
    yield from (size.mean(), size.std(), quantile(size, 0.5), quantile(size, 0.9))
    up, down = glides[glides > 0], glides[glides < 0]
    yield float(up.mean()) if len(up) else 0.0
    yield float(down.mean()) if len(down) else 0.0
    yield len(up) / len(glides)
    yield float(np.abs(np.diff(glides)).mean()) if len(glides) > 1 else 0.0
    yield float(np.abs(np.diff(heard.energy)[joined]).mean()) if joined.any() else 0.0


def _timing(heard: Heard) -> Iterator[float]:
    """Slopes over the whole stretch, pieces of voice, pauses, syllables."""
    yield _slope(np.flatnonzero(heard.voiced) / RATE, heard.columns["pitch"][heard.voiced])
    yield _slope(np.flatnonzero(heard.speech) / RATE, heard.energy[heard.speech])
    lengths = _lengths(heard.voiced)
    lengths = lengths[lengths >= 0.03]
    spoken = np.flatnonzero(heard.speech)
    inside = heard.speech[spoken[0] : spoken[-1] + 1]
    seconds = max(0.3, len(inside) / RATE)
    yield len(lengths) / seconds
    yield float(lengths.mean()) if len(lengths) else 0.0
    yield float(lengths.std()) if len(lengths) else 0.0
    yield heard.voiced.sum() / len(spoken)
    yield float(inside.mean())
    pauses = _lengths(~inside)
    yield float(pauses.mean()) if len(pauses) else 0.0
    smooth = np.convolve(np.maximum(heard.energy, -40.0), _HUMP, "same")
    peaks = (smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:]) & (smooth[1:-1] > -18)
    yield peaks.sum() / seconds
    swells = np.abs(np.diff(smooth))[heard.speech[1:]] * RATE
    yield float(swells.mean()) if len(swells) else 0.0
    yield float(swells.std()) if len(swells) else 0.0


def _slope(times: Array, values: Array) -> float:
    """Of a line through points, a second."""
    far = times - times.mean()
    return float(far @ values / (far @ far)) if len(times) > 10 else 0.0


def _lengths(mask: Mask) -> Array:
    """Seconds of each run of true."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return (edges[1::2] - edges[::2]) / RATE


def _spectrum(heard: Heard) -> Iterator[Array]:
    """Long-term mean of each band, and the spread of every other, in dB against the mean of all."""
    bands = heard.bands[heard.speech]
    power = (10 ** (bands / 10)).mean(axis=0)
    mean = 10 * np.log10(power.mean())
    yield np.maximum(10 * np.log10(power) - mean, -DEEPEST)
    yield (bands - mean)[:, ::2].std(axis=0)


@cache
def _hanning(length: int) -> Array:
    return np.hanning(length)


def _modulation(bands: Array) -> Array:
    """[modulations, groups] log power of how bands swell, at five ranges of speed."""
    loud = 10 ** (bands / 20)
    loud = loud.reshape(len(loud), _GROUPS, -1).mean(axis=2)
    loud = loud / (loud.mean(axis=0) + 1e-9) - 1
    spectrum = np.fft.rfft(loud.T * _hanning(len(loud)), _BLOCKS).T
    swells = spectrum.real**2 + spectrum.imag**2
    rows = [swells[part].mean(axis=0) for part in _SPEEDS]
    return np.log(np.stack(rows) / len(bands) + 1e-6)
