"""What is measured of a line's sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio2face.batch.triage.spectra import RATE, Spectra
from audio2face.batch.triage.statistics import speech_statistics
from rigs.arrays import FloatArray

Array = npt.NDArray[np.float64]

APART = 8
"""Frames between which a note still sounds and a voice has moved on: 160 ms."""
_NOTES = slice(6, 256)
"""Bins in which partials are looked for: 94 to 4000 Hz."""
_AROUND = 15
"""Bins over which the spectrum is smoothed; what is finer are partials."""
EDGE = 0.04
"""Seconds at either end in which speech should be over."""
PIECE = 12
"""Frames between places at which the speaker may change."""
LEAST = 30
"""Frames of speech on either side of such a place."""


def depth(spectra: Spectra) -> float:
    """dB from the loud moments down to the quiet ones, mean over bands: small in noise, none in silence."""
    high, low = np.percentile(spectra.bands, (95, 10), axis=0)
    return float((high - low).mean())


def held(spectra: Spectra) -> float:
    """-1 to 1, how like the partials are to those of 160 ms ago: notes are held, voices glide."""
    active = spectra.level > spectra.loud - 30
    both = active[:-APART] & active[APART:]
    if not both.any() or not spectra.speech.any():
        return 0.0
    fine = 10 * np.log10(np.maximum(spectra.power[:, _NOTES], 1e-10))
    sums = np.cumsum(np.pad(fine, ((0, 0), (_AROUND // 2 + 1, _AROUND // 2)), mode="edge"), axis=1)
    fine = fine - (sums[:, _AROUND:] - sums[:, :-_AROUND]) / _AROUND
    fine -= fine.mean(axis=1, keepdims=True)
    fine /= np.linalg.norm(fine, axis=1, keepdims=True) + 1e-6
    likeness = (fine[:-APART] * fine[APART:]).sum(axis=1)
    return float(np.percentile(likeness[both], 75))


def pauses(spectra: Spectra) -> tuple[float, float]:
    """Share of the line without speech, and seconds of the longest stretch of it."""
    longest = run = 0
    for spoken in spectra.speech.tolist():
        run = 0 if spoken else run + 1
        longest = max(longest, run)
    return float(1 - spectra.speech.mean()), longest / RATE


def edges(spectra: Spectra) -> tuple[float, float]:
    """dB below the loud parts at which the sound begins and ends; near 0 where somebody is cut off."""
    count = max(1, round(EDGE * RATE))
    begin, end = spectra.level[:count].max(), spectra.level[-count:].max()
    return float(begin - spectra.loud), float(end - spectra.loud)


def profile(spectra: Spectra) -> Array:
    """What a line sounds like: mean and spread of its bands while it speaks, how much is voiced."""
    bands = spectra.bands[spectra.speech] if spectra.speech.any() else spectra.bands
    shape = bands - bands.mean(axis=1, keepdims=True)
    voiced = float((spectra.pitch > 0).sum() / max(1, spectra.speech.sum()))
    flux = float(np.abs(np.diff(bands, axis=0)).mean()) if len(bands) > 1 else 0.0
    return np.array([*shape.mean(axis=0), *shape.std(axis=0), *bands.std(axis=0), voiced, flux], np.float64)


def oddness(spectra: Spectra) -> float:
    """How far the line is from the speech the models learned from: RMS of its figures in spreads."""
    known = speech_statistics()
    return float(np.sqrt(np.mean(((profile(spectra) - known.mean) / known.spread) ** 2)))


def parts(spectra: Spectra, place: int) -> Array | None:
    """By how much voice and sound differ before and after a frame; None where either side says too little."""
    sides = []
    for side in (slice(0, place), slice(place, None)):
        spoken = spectra.speech[side] & (spectra.level[side] > spectra.loud - 25)
        pitched = spectra.pitch[side][spectra.pitch[side] > 0]
        if spoken.sum() < LEAST or len(pitched) < LEAST // 2:
            return None
        bands = spectra.bands[side][spoken]
        shape = (bands - bands.mean(axis=1, keepdims=True)).mean(axis=0)
        sides.append(np.append(shape, 12 * np.log2(np.median(pitched))))
    return np.asarray(sides[1] - sides[0], np.float64)


def voices(spectra: Spectra) -> float:
    """How unlike two parts of the line are, in spreads of one speaker's lines; 0 where it is too short.

    Pitch counts as much as all bands together.
    """
    known = speech_statistics().halves
    places = range(LEAST, spectra.frames - LEAST, PIECE)
    found = [one / known for place in places if (one := parts(spectra, place)) is not None]
    apart = [float(np.sqrt((one[-1] ** 2 + np.mean(one[:-1] ** 2)) / 2)) for one in found]
    return max(apart, default=0.0)


def envelope(values: FloatArray | Array, count: int) -> list[float]:
    """The largest value in each of `count` stretches."""
    ends = np.linspace(0, len(values), count + 1).astype(int)
    return [float(values[a : max(b, a + 1)].max()) for a, b in pairwise(ends)]
