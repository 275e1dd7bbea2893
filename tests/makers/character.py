"""A character made here: sounds, and five channels that move with them by a known rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE, FPS = 16_000, 30.0
NAMES = ("jaw_open", "lips_wide", "lips_round", "brow_up", "dead")


def write_take(folder: Path, name: str, seconds: float, seed: int, shift: float = 0.0) -> Path:
    """A sound of two resonances that come and go, and motion that is a fixed mix of how loud each is."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    low, high = (_swell(seconds, random) for _ in range(2))
    at = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * at) / k for k in range(1, 30))
    ring = np.sin(2 * np.pi * 2500 * at) * (1 + 0.3 * np.sin(2 * np.pi * 120 * at))
    sound = 0.15 * buzz * _at(low, at) + 0.3 * ring * _at(high, at) + random.normal(0, 1e-4, len(at))
    soundfile.write(folder / f"{name}.wav", sound.astype(np.float32), RATE)
    times = np.arange(round(seconds * FPS)) / FPS - shift
    a, b = _at(low, times), _at(high, times)
    rows = [0.8 * a, 0.6 * b, 0.5 * a - 0.3 * b, 0.2 * a + 0.3 * b, 0 * a]
    np.save(folder / f"{name}_BS_value.npy", np.stack(rows, axis=1).astype(np.float32))
    np.save(folder / "BS_name.npy", np.array(NAMES))
    return folder


def _swell(seconds: float, random: np.random.Generator) -> np.ndarray:
    """[knots] 0…1 every 150 ms, now and then still."""
    knots = random.uniform(0.0, 1.0, int(seconds / 0.15) + 3)
    return knots * (random.random(len(knots)) > 0.25)


def _at(knots: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.interp(times, np.arange(len(knots)) * 0.15, knots)
