"""By how much motion comes too late, or too early: the lag of the best cross-correlation within ±200 ms."""

from __future__ import annotations

import numpy as np

from audio2face.measures.tracking import LAGS, RATE, Array, correlations


def offset(motion: Array, reference: Array) -> float:
    """Seconds by which `motion` is later than `reference`, both [frames] at 100 Hz; NaN if either is still.

    A parabola through the best lag and its neighbours gives fractions of a frame.
    """
    found = correlations(motion, reference)
    if not np.isfinite(found).all():
        return float("nan")
    best = int(np.argmax(found))
    return (best - LAGS + _vertex(found, best)) / RATE


def _vertex(values: Array, best: int) -> float:
    """Where between its neighbours, −0.5 to 0.5, a parabola through a maximum has its top; 0 at the ends."""
    if not 0 < best < len(values) - 1:
        return 0.0
    before, at, after = values[best - 1 : best + 2]
    curve = before - 2 * at + after
    return float(0.5 * (before - after) / curve) if curve < 0 else 0.0
