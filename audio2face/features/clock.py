"""The one clock everything runs on: 120 audio frames a second.

24, 30, 40, 60 and 120 fps are exact strides of it. A frame's place in the sound is computed from its
number, never by adding up hops, so that nothing drifts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Samples a second that every feature is computed at."""

FRAME_RATE = 120
"""Audio frames, and network outputs, a second."""

WINDOW = SAMPLE_RATE * 25 // 1000
"""Samples under one analysis window: 25 ms."""


def centres(first: int, count: int) -> npt.NDArray[np.int64]:
    """[count] sample positions of the frames `first`, `first + 1`, …: round(n · 16000 / 120)."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    return (numbers * SAMPLE_RATE + FRAME_RATE // 2) // FRAME_RATE


def frames_before(sample: int) -> int:
    """How many frames have their centre before this sample position."""
    # centre < sample means n · 16000 + 60 < sample · 120; the smallest n beyond that is their count.
    return max(0, -((FRAME_RATE // 2 - sample * FRAME_RATE) // SAMPLE_RATE))
