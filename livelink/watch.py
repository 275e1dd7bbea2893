"""What arrives at a listener, as figures: names, rate, jitter, what moves."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

MOST_NAMES = 1024
"""Names that are kept of one sender; those beyond are only counted."""


@dataclass(frozen=True)
class Summary:
    """A stream over the last seconds.

    names    every name that came, in the order it first did
    latest   {name: value} as last received
    frames   frames since the start; a frame is everything until a name comes again
    rate     frames a second, 0 when there are fewer than two
    jitter   seconds by which the interval between frames strays from its median, 99th percentile
    gap      seconds of the longest interval
    movers   (name, lowest, highest) by how far they moved, the furthest first; what stood still is left out
    surplus  values whose names were too many to keep
    """

    names: tuple[str, ...]
    latest: Mapping[str, float]
    frames: int
    rate: float
    jitter: float
    gap: float
    movers: tuple[tuple[str, float, float], ...]
    surplus: int


@dataclass
class Watch:
    """Keeps the frames of the last `seconds` of one sender, at most `most` of them."""

    seconds: float = 5.0
    most: int = 2000
    frames: int = 0
    surplus: int = 0
    _order: dict[str, float] = field(default_factory=dict)
    _frame: dict[str, float] = field(default_factory=dict)
    _begun: float = 0.0
    _kept: deque[tuple[float, dict[str, float]]] = field(default_factory=deque)

    def add(self, time: float, values: Mapping[str, float]) -> None:
        """Takes the values of one datagram that came at `time`, seconds of a clock that never goes back."""
        kept = {name: value for name, value in values.items() if self._keeps(name)}
        self.surplus += len(values) - len(kept)
        if not kept:
            return
        if not self._frame or any(name in self._frame for name in kept):
            self._begin(time)
        self._frame.update(kept)
        self._order.update(kept)

    def _keeps(self, name: str) -> bool:
        if name not in self._order and len(self._order) < MOST_NAMES:
            self._order[name] = 0.0
        return name in self._order

    def _begin(self, time: float) -> None:
        self._frame = {}
        self.frames += 1
        self._kept.append((time, self._frame))
        while self._kept[0][0] < time - self.seconds or len(self._kept) > self.most:
            self._kept.popleft()

    def summary(self, movers: int = 5) -> Summary:
        """The figures of what is kept."""
        steps = np.diff([time for time, _ in self._kept])
        usual = float(np.median(steps)) if len(steps) else 0.0
        return Summary(
            tuple(self._order),
            dict(self._order),
            self.frames,
            float(1 / steps.mean()) if len(steps) and steps.mean() > 0 else 0.0,
            float(np.percentile(np.abs(steps - usual), 99)) if len(steps) else 0.0,
            float(steps.max()) if len(steps) else 0.0,
            self._movers()[:movers],
            self.surplus,
        )

    def _movers(self) -> tuple[tuple[str, float, float], ...]:
        low: dict[str, float] = {}
        high: dict[str, float] = {}
        for _, frame in self._kept:
            for name, value in frame.items():
                low[name] = min(low.get(name, value), value)
                high[name] = max(high.get(name, value), value)
        moved = [(name, low[name], high[name]) for name in low if high[name] > low[name]]
        return tuple(sorted(moved, key=lambda mover: mover[1] - mover[2]))
