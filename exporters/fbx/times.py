"""FBX's clock: a second has 46,186,158,000 ticks, and a time mode names the rate of the timeline.

Frame n of a clip lies at n / fps seconds, so at 29.97 its tick is n / 29.97 and not n * 1001 / 30000, as in
every other format here; after ten minutes the two are 0.6 ms apart, a fiftieth of a frame.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from exporters.errors import FormatError

TICKS = 46_186_158_000
"""Ticks of a second."""

TIME_MODES = {
    120: 1, 100: 2, 60: 3, 50: 4, 48: 5, 30: 6, 29.97: 9, 25: 10, 24: 11, 1000: 12, 23.976: 13,
    96: 15, 72: 16, 59.94: 17,
}  # fmt: skip
"""{rate: FbxTime::EMode}"""
CUSTOM = 14
"""The mode whose rate stands in CustomFrameRate."""
OTHER_MODES = {7: 30.0, 8: 29.97, 18: 119.88}
"""Modes that are read only: drop-frame timecodes, and one that older SDKs lack."""


def time_mode(fps: float) -> int:
    """The time mode of a rate."""
    return TIME_MODES.get(fps, CUSTOM)


def mode_rate(mode: int, custom: float) -> float | None:
    """The rate of a time mode, or None when it names none."""
    rates = {number: rate for rate, number in TIME_MODES.items()} | OTHER_MODES | {CUSTOM: custom}
    return rates.get(mode)


def frame_ticks(frames: int, rate: Fraction) -> np.ndarray[Any, Any]:
    """[frames] int64, the tick nearest to each frame. Raises FormatError where int64 ends, after 6 years."""
    step, of = TICKS * rate.denominator, rate.numerator
    if (frames * step) // of >= 1 << 63:
        raise FormatError(f"{frames} frames at {float(rate):g} a second are longer than fbx counts (6 years)")
    return np.array([(2 * frame * step + of) // (2 * of) for frame in range(frames)], dtype=np.int64)


def ticks(frames: int, fps: float) -> np.ndarray[Any, Any]:
    """[frames] int64, the tick of each frame of a clip."""
    return frame_ticks(frames, Fraction(str(fps)))
