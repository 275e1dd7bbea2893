"""Frame rates: from measured times back to the number that a person would say."""

from __future__ import annotations

COMMON_RATES = (12, 15, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 90, 100, 119.88, 120, 240)

TOLERANCE = 0.0004
"""Relative; below half the 0.1 % between 29.97 and 30, above the 0.02 % that a phone's clock drifts."""


def nearest_rate(measured: float, tolerance: float = TOLERANCE) -> float:
    """The common rate within `tolerance` (relative) of a measured one, else `measured` to 4 decimals."""
    nearest = min(COMMON_RATES, key=lambda rate: abs(rate - measured))
    return nearest if abs(nearest - measured) <= tolerance * measured else whole(round(measured, 4))


def whole(number: float) -> float:
    """60.0 as the integer 60; 29.97 as it is. JSON and the reader's eye tell them apart."""
    return int(number) if number == int(number) else float(number)
