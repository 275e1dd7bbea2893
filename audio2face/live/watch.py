"""What is worth knowing while a performance runs."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from rigs.arrays import FloatArray

SILENT = 2.0
"""Seconds of nothing but zeros after which the sound counts as missing."""
LATEST = 512
"""Samples that are kept for whoever wants to see what is heard."""
METERED = 10
"""Blocks that a meter shows at a time: a tenth of a second."""
KEPT = 200
"""Blocks over which latency and rate are read."""


@dataclass
class Watch:
    """Counts, and the last two seconds or so.

    frames, late   sent on, and not sent because they came too late
    latest         [samples] the last LATEST of the sound at most
    zeros          seconds of nothing but zeros up to now
    """

    frames: int = 0
    late: int = 0
    zeros: float = 0.0
    heard: float = 0.0
    latest: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    _peak: float = 0.0
    _peaks: deque[float] = field(default_factory=lambda: deque(maxlen=METERED))
    _delays: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    _sent: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def hear(self, samples: FloatArray, seconds: float) -> None:
        """Takes note of a block of sound of that length."""
        peak = float(np.abs(samples).max(initial=0.0))
        self._peak = max(self._peak, peak)
        self._peaks.append(peak)
        self.latest = np.concatenate([self.latest, samples])[-LATEST:]
        self.zeros = 0.0 if peak else self.zeros + seconds
        self.heard += seconds

    def send(self, now: float, frames: int, late: int, delay: float) -> None:
        """Takes note of what was sent at a moment, `delay` seconds after its sound was due."""
        self.frames += frames
        self.late += late
        self._delays.append(delay)
        self._sent.append((now, self.frames))

    def level(self) -> float:
        """The highest peak since the last call, in decibels of full scale; -inf for zeros."""
        peak, self._peak = self._peak, 0.0
        return 20 * math.log10(peak) if peak else -math.inf

    def level_now(self) -> float:
        """The highest peak of the last METERED blocks in the same unit, for whoever looks, however often."""
        peak = max(self._peaks, default=0.0)
        return 20 * math.log10(peak) if peak else -math.inf

    @property
    def silent(self) -> bool:
        """Whether there has been nothing but zeros for a while."""
        return self.zeros >= SILENT

    @property
    def delay(self) -> float:
        """Seconds, in the median, from a block's being due to its frames' being sent."""
        return float(np.median(self._delays)) if self._delays else 0.0

    @property
    def worst_delay(self) -> float:
        """The longest of those."""
        return max(self._delays, default=0.0)

    @property
    def fps(self) -> float:
        """Frames a second, as sent lately."""
        if len(self._sent) < 2:
            return 0.0
        (begin, first), (end, last) = self._sent[0], self._sent[-1]
        return (last - first) / (end - begin) if end > begin else 0.0
