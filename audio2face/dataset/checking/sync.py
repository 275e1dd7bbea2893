"""When motion belongs to its sound: lag and rate, by how the mouth opens.

What the mouth does is held against what a model makes of the sound, at every lag of up to half a second and
at the customary frame rates. Correlation says how well it fits; a second peak nearly as high, or a
correlation that chance would give, makes the answer unsure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RATE = 100
"""Steps a second in which both are compared."""
REACH = 50
"""Steps that motion may be early or late: half a second."""
APART = 15
"""Steps from the best lag from which another one is another answer."""
RATES = (23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 59.94, 60.0, 100.0, 120.0)
LEAST_R = 0.4
"""Correlation below which motion does not follow the sound well enough to say."""
CHANCE = 3.0
"""Standard errors of a correlation by chance that the best must exceed."""
SYLLABLES = 4.0
"""Independent movements a second: what the standard error counts."""
CLEAR = 0.04
"""By how much the best lag must correlate better than any other answer."""


@dataclass(frozen=True)
class Fit:
    """How motion lies on its sound.

    offset  seconds by which the motion is later than the sound
    r       correlation there
    second  the best correlation at a lag that is another answer
    sure    whether the answer can be relied on
    """

    offset: float
    r: float
    second: float
    sure: bool


def fit(motion: Array, heard: Array) -> Fit | None:
    """The lag of motion [steps] against what a model hears [steps], both at RATE; None if either is still."""
    found = _correlations(motion, heard)
    if found is None:
        return None
    best = int(np.argmax(found))
    others = np.concatenate([found[: max(0, best - APART)], found[best + APART + 1 :]])
    second = float(others.max()) if len(others) else -1.0
    r, seconds = float(found[best]), min(len(motion), len(heard)) / RATE
    sure = 0 < best < 2 * REACH and r >= enough(seconds) and r - second >= CLEAR
    return Fit(
        (best - REACH + _top(found, best)) / RATE,
        r,
        second,
        bool(sure),
    )


def enough(seconds: float) -> float:
    """The correlation that so much sound must give to mean something."""
    return max(LEAST_R, CHANCE / float(np.sqrt(SYLLABLES * seconds)))


def best_rate(values: Array, stated: float, heard: Array) -> dict[float, float]:
    """{rate: correlation at its best lag} of motion [frames] read at the stated and the customary rates."""
    tried = sorted({stated, *RATES})
    fits = {rate: _correlations(at_rate(values, rate), heard) for rate in tried}
    return {rate: float(found.max()) for rate, found in fits.items() if found is not None}


def at_rate(values: npt.ArrayLike, fps: float) -> Array:
    """[frames] at `fps`, linearly between frames, → [steps] at RATE."""
    series = np.asarray(values, np.float64)
    times = np.arange(int((len(series) - 1) / fps * RATE) + 1) / RATE
    return np.interp(times, np.arange(len(series)) / fps, series)


def _correlations(first: Array, second: Array) -> Array | None:
    """[2 · REACH + 1] from `first` early to `first` late; None where they are short or still."""
    length = min(len(first), len(second))
    if length <= 2 * REACH:
        return None
    lags = range(-REACH, REACH + 1)
    found = np.array([_correlation(*_overlap(first[:length], second[:length], lag)) for lag in lags])
    return found if np.isfinite(found).all() else None


def _overlap(first: Array, second: Array, lag: int) -> tuple[Array, Array]:
    if lag >= 0:
        return first[lag:], second[: len(second) - lag]
    return first[:lag], second[-lag:]


def _correlation(first: Array, second: Array) -> float:
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size > 1e-12 else float("nan")


def _top(values: Array, best: int) -> float:
    """Where between its neighbours, −0.5 to 0.5, a parabola through the best has its top."""
    if not 0 < best < len(values) - 1:
        return 0.0
    before, at, after = values[best - 1 : best + 2]
    curve = before - 2 * at + after
    return float(0.5 * (before - after) / curve) if curve < 0 else 0.0
