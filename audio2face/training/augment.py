"""Other rooms, other microphones, other throats: what is done to clean speech before it is learned from.

Every function takes samples [samples] float32 at 16 kHz and a random generator, and returns samples of the
same length (but `pitched`, which also stretches time).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from audio2face.features import COEFFICIENTS, SAMPLE_RATE
from audio2face.features.mel import mel_points
from audio2face.training.codecs import coded

Samples = npt.NDArray[np.float32]
Random = np.random.Generator

WARP = 0.12
"""Of the natural logarithm of frequency."""


@dataclass(frozen=True)
class Altered:
    """Altered sound, and by what factor its times are longer than the original's."""

    samples: Samples
    stretch: float


def alter(samples: Samples, random: Random) -> Altered:
    """One random chain of alterations; about one clip in eight stays nearly clean."""
    stretch = float(np.exp(random.normal(0.0, 0.07))) if random.random() < 0.7 else 1.0
    stretch = float(np.clip(stretch, 0.84, 1.2))
    sound = pitched(samples, stretch)
    if random.random() < 0.5:
        sound = coloured(sound, random)
    if random.random() < 0.45:
        sound = in_room(sound, random)
    if random.random() < 0.75:
        sound = noisy(sound, random)
    if random.random() < 0.2:
        sound = band_limited(sound, random)
    if random.random() < 0.1:
        sound = overdriven(sound, random)
    sound = levelled(sound, random)
    return Altered(coded(sound, random) if random.random() < 0.15 else sound, stretch)


def pitched(samples: Samples, stretch: float) -> Samples:
    """Played slower (stretch > 1: lower pitch, longer throat) or faster, by resampling."""
    if stretch == 1.0:
        return samples
    slow: Samples = soxr.resample(samples, SAMPLE_RATE, SAMPLE_RATE * stretch, quality="MQ")
    return slow


def levelled(samples: Samples, random: Random) -> Samples:
    """Scaled to a random peak from −38 to −1 dBFS."""
    peak = float(np.abs(samples).max()) or 1.0
    return (samples / peak * 10 ** (random.uniform(-38.0, -1.0) / 20)).astype(np.float32)


def coloured(samples: Samples, random: Random) -> Samples:
    """A random smooth microphone response of up to ±10 dB."""
    knots = random.normal(0.0, 4.0, 7).clip(-10, 10)
    return _filtered(samples, knots, np.array([0.0, 150, 500, 1200, 2500, 4500, 8000]))


def band_limited(samples: Samples, random: Random) -> Samples:
    """A telephone (300–3400 Hz) or a dull microphone (from 3–6 kHz down)."""
    if random.random() < 0.5:
        return _filtered(
            samples, np.array([-40.0, -3, 0, 0, -45, -60]), np.array([100.0, 300, 400, 3300, 3900, 8000])
        )
    edge = random.uniform(3000, 6000)
    return _filtered(samples, np.array([0.0, 0, -35, -60]), np.array([0.0, edge, edge * 1.2, 8001]))


def overdriven(samples: Samples, random: Random) -> Samples:
    """Driven 0–14 dB into a soft limit, as by a microphone turned up too far."""
    peak = float(np.abs(samples).max()) or 1.0
    drive = 10 ** (random.uniform(0.0, 14.0) / 20)
    return (np.tanh(samples / peak * drive) / np.tanh(drive)).astype(np.float32)


def in_room(samples: Samples, random: Random) -> Samples:
    """A small room: a direct sound and an exponentially dying tail of noise (RT60 0.12–0.6 s)."""
    rt60 = random.uniform(0.12, 0.6)
    length = int(rt60 * SAMPLE_RATE)
    tail = random.normal(size=length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(0.002 * SAMPLE_RATE)] = 0
    tail *= 10 ** (random.uniform(-14, -2) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return _convolved(samples, tail)


def noisy(samples: Samples, random: Random) -> Samples:
    """Noise of a random colour, sometimes with hum, at 3–40 dB below the speech."""
    noise = coloured_noise(len(samples), random)
    speech = np.sqrt(np.mean(samples.astype(np.float64) ** 2)) + 1e-9
    snr = random.uniform(3.0, 40.0)
    return (samples + noise * (speech * 10 ** (-snr / 20))).astype(np.float32)


def coloured_noise(length: int, random: Random) -> Samples:
    """[length] noise of unit RMS: white to brown, slowly swelling, now and then with mains hum."""
    slope = random.uniform(-1.2, 0.1)
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(random.normal(size=size))
    shape = np.maximum(np.arange(len(spectrum)), 1.0 + size / 400) ** slope
    noise = np.fft.irfft(spectrum * shape, size)[:length]
    swell = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, 6), random.uniform(0.5, 1.0, 6))
    noise *= swell / np.sqrt(np.mean(noise**2))
    if random.random() < 0.25:
        at = np.arange(length) / SAMPLE_RATE
        mains = random.choice([50.0, 60.0])
        noise += sum(np.sin(2 * np.pi * mains * k * at + k) / k for k in range(1, 6)) * random.uniform(
            0.2, 2.0
        )
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def not_speech(seconds: float, random: Random) -> Samples:
    """Sound in which no mouth should move: silence, hiss, hum, tones, clicks, at any level."""
    length = int(seconds * SAMPLE_RATE)
    at = np.arange(length) / SAMPLE_RATE
    kind = random.integers(6)
    sound: npt.NDArray[np.floating[Any]] = np.zeros(length)
    if kind == 0:
        return sound.astype(np.float32)
    elif kind == 1:
        sound = np.sum([np.sin(2 * np.pi * 50 * k * at) * random.uniform(0, 1) for k in range(1, 5)], axis=0)
    elif kind == 2:
        sound = np.sin(2 * np.pi * random.uniform(60, 4000) * at)
    elif kind == 3:
        sound = (random.random(length) < 2e-4) * random.normal(size=length) + 0.003 * random.normal(
            size=length
        )
    elif kind == 4:
        sound = random.normal(size=length)
    else:
        sound = coloured_noise(length, random)
    return (sound / (np.abs(sound).max() + 1e-9) * 10 ** (random.uniform(-80, -6) / 20)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Usual:
    """Mean and standard deviation of features, each [features]: what jitter is measured in."""

    mean: Samples
    spread: Samples


def jittered(features: Samples, usual: Usual, random: Random) -> Samples:
    """Features [frames, features] as another microphone and another day would give them.

    Each part of 32 gets a smooth curve over its coefficients and a little noise; at times some neighbouring
    coefficients, or a whole part, say nothing. Cheap enough to be drawn anew for every crop. Masking follows
    Park et al., "SpecAugment" (2019).
    """
    parts = (features.shape[1] - 1) // COEFFICIENTS
    knots = np.linspace(0, COEFFICIENTS - 1, 6)
    curves = [
        np.interp(np.arange(COEFFICIENTS), knots, random.normal(0.0, 0.25, len(knots))) for _ in range(parts)
    ]
    offset = np.concatenate([*curves, random.normal(0.0, 0.15, 1)])
    jitter = offset + random.normal(0.0, 0.07, features.shape)
    return np.where(_masked(parts, random), usual.mean, features + jitter * usual.spread).astype(np.float32)


def warped(features: Samples, random: Random) -> Samples:
    """Features [frames, features] of spectral parts as from a longer or shorter throat, pitch unchanged.

    The frequency axis is stretched by up to WARP either way (vocal tract length perturbation, Jaitly & Hinton
    2013); every coefficient of the mel and LPC parts stands for a frequency.
    """
    parts = (features.shape[1] - 1) // COEFFICIENTS
    known = mel_points(COEFFICIENTS + 2)[1:-1]
    places = np.interp(known * np.exp(random.uniform(-WARP, WARP)), known, np.arange(COEFFICIENTS))
    lower = np.minimum(places.astype(int), COEFFICIENTS - 2)
    share = (places - lower).astype(np.float32)
    columns = np.concatenate([part * COEFFICIENTS + lower for part in range(parts)])
    shares = np.tile(share, parts)
    spectral = features[:, columns] * (1.0 - shares) + features[:, columns + 1] * shares
    return np.concatenate([spectral, features[:, -1:]], axis=1)


def _masked(parts: int, random: Random) -> npt.NDArray[np.bool_]:
    """[features] which coefficients say nothing; the energy always speaks."""
    mask = np.zeros(parts * COEFFICIENTS + 1, bool)
    for part in range(parts):
        if random.random() < 0.4:
            start = part * COEFFICIENTS + int(random.integers(COEFFICIENTS))
            mask[start : min(start + int(random.integers(1, 9)), (part + 1) * COEFFICIENTS)] = True
    if parts > 1 and random.random() < 0.15:
        lost = int(random.integers(parts)) * COEFFICIENTS
        mask[lost : lost + COEFFICIENTS] = True
    return mask


def _filtered(samples: Samples, decibels: npt.NDArray[np.float64], hertz: npt.NDArray[np.float64]) -> Samples:
    """Zero-phase gain over frequency, linear between the given points."""
    size = 1 << (len(samples) - 1).bit_length()
    gain = 10 ** (np.interp(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), hertz, decibels) / 20)
    return np.fft.irfft(np.fft.rfft(samples, size) * gain, size)[: len(samples)].astype(np.float32)


def _convolved(samples: Samples, response: npt.NDArray[np.float64]) -> Samples:
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    return wet[: len(samples)].astype(np.float32)
