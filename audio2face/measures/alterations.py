"""What speech has to go through on its way to a model: noise, a telephone, another pitch.

Every function takes samples [samples] float32 at 16 kHz, and returns as many; times stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import soxr

from audio2face.features import SAMPLE_RATE
from rigs.arrays import FloatArray

Array = npt.NDArray[np.float64]

SNR = 10.0
"""dB"""
TELEPHONE = (300.0, 3400.0)
"""Hz"""
SEMITONES = 4.0
WINDOW = 512
"""Samples that are laid over each other when time is stretched: 32 ms."""
SEARCH = 160
"""Samples either way in which a window may look for a place where it fits: 10 ms, a period of 100 Hz."""


def noisy(samples: FloatArray, snr: float = SNR, seed: int = 0) -> FloatArray:
    """With noise that falls by 3 dB an octave, `snr` dB below the louder half of the speech."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=len(samples)))
    frequencies = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 50.0)), len(samples))
    level = speech_level(samples) * 10 ** (-snr / 20)
    mixed: FloatArray = (samples + noise * (level / np.sqrt(np.mean(noise**2)))).astype(np.float32)
    return mixed


def speech_level(samples: FloatArray) -> float:
    """Root mean square of the louder half of the sound, in pieces of 20 ms: pauses do not count."""
    step = SAMPLE_RATE // 50
    pieces = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float64)
    powers = np.sort(np.mean(pieces**2, axis=1)) if len(pieces) else np.mean(samples**2, keepdims=True)
    return float(np.sqrt(np.mean(powers[len(powers) // 2 :])))


def telephone(samples: FloatArray) -> FloatArray:
    """Between 300 and 3400 Hz only; beyond, the spectrum falls to nothing within a tenth of an octave."""
    spectrum = np.fft.rfft(samples)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 1.0))
    low, high = np.log2(TELEPHONE)
    beyond = np.maximum(np.maximum(low - octaves, octaves - high), 0.0)
    gain = np.cos(np.minimum(beyond * 10, 1.0) * np.pi / 2) ** 2
    passed: FloatArray = np.fft.irfft(spectrum * gain, len(samples)).astype(np.float32)
    return passed


def pitched(samples: FloatArray, semitones: float) -> FloatArray:
    """Higher or lower voice and formants at the same speed: stretched in time, then played back faster."""
    factor = 2 ** (semitones / 12)
    slow = stretched(samples, factor).astype(np.float32)
    moved: FloatArray = soxr.resample(slow, SAMPLE_RATE * factor, SAMPLE_RATE, quality="HQ")
    return np.pad(moved, (0, max(0, len(samples) - len(moved))))[: len(samples)]


def stretched(samples: FloatArray, factor: float) -> Array:
    """[samples · factor] the same sound at the same pitch, slower by a factor.

    Windows are laid over each other at half their length, each taken from where it goes on best from the one
    before, near its place in time (Verhelst & Roelands, "WSOLA", ICASSP 1993).
    """
    half = WINDOW // 2
    count = int(np.ceil(len(samples) * factor / half)) + 1
    padded = np.pad(samples.astype(np.float64), (half + SEARCH, WINDOW * 2 + SEARCH + half))
    shape = np.hanning(WINDOW + 1)[:-1]
    out = np.zeros((count + 1) * half)
    place = SEARCH
    for number in range(count):
        wanted = min(SEARCH + round(number * half / factor), len(padded) - WINDOW - SEARCH)
        if number:
            place = wanted - SEARCH + _best_fit(padded, place + half, wanted)
        out[number * half : number * half + WINDOW] += shape * padded[place : place + WINDOW]
    return out[half : half + round(len(samples) * factor)]


def _best_fit(sound: Array, follows: int, wanted: int) -> int:
    """How far after `wanted` − SEARCH half a window lies that is most like the one at `follows`."""
    half = WINDOW // 2
    model = sound[follows : follows + half]
    around = sound[wanted - SEARCH : wanted + SEARCH + half]
    if len(model) < half:
        return SEARCH
    likeness = np.correlate(around, model, "valid")
    energy = np.cumsum(np.concatenate([[0.0], around**2]))
    return int(np.argmax(likeness / np.sqrt(np.maximum(energy[half:] - energy[:-half], 1e-9))))


ALTERATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "10 dB noise": noisy,
    "telephone": telephone,
    "4 semitones up": lambda samples: pitched(samples, SEMITONES),
    "4 semitones down": lambda samples: pitched(samples, -SEMITONES),
}
"""{what it is called: what it does}"""
