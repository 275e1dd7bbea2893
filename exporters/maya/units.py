"""What Maya calls frame rates.

Autodesk, Maya's Python commands, `currentUnit -time`: names for the oldest rates, `<rate>fps` for the others.
"""

from __future__ import annotations

_NAMED = {"game": 15, "film": 24, "pal": 25, "ntsc": 30, "show": 48, "palf": 50, "ntscf": 60}
_SPELT = (
    *(23.976, 29.97, 47.952, 59.94),
    *(2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 40, 75, 80, 90, 100, 120, 125, 150, 200, 240, 250, 300, 375, 400),
    *(500, 600, 750),
)
RATES: dict[str, float] = {**_NAMED, **{f"{rate}fps": rate for rate in _SPELT}}
"""Frames a second by the name of the unit of time."""

SECONDS = {"hour": 3600.0, "min": 60.0, "sec": 1.0, "millisec": 0.001}
"""Seconds in a unit of time that is no frame."""


def unit_of(fps: float) -> str | None:
    """Maya's name for a rate, None when it has none."""
    return next((name for name, rate in RATES.items() if rate == fps), None)
