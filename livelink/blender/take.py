"""A recording: frames as they come → values at frames of the scene."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from .frames import Frame

MOST_ROWS = 216_000
"""Frames that a take may have: an hour at 60 a second."""

MOST_STRAY = 1.0
"""Seconds by which the sender's clock may stray from ours; beyond, it was set anew and is read anew."""


class Row(NamedTuple):
    """What was known at one frame of the scene: values in the order of the take's names, or the first few."""

    frame: float
    values: array[float]


class Take:
    """Collects frames.

    names  of the values, in the order they first came
    full   whether there is no room for more
    """

    def __init__(self, begin: float, frame: float, rate: float, stream_clock: bool = True) -> None:
        """`begin` is now in seconds, at the scene's `frame`; the scene has `rate` frames a second.

        With `stream_clock` the sender's clock spaces the keys, where it has one; else their arrival does.
        """
        self.names: list[str] = []
        self._begin, self._frame, self._rate, self._stream_clock = begin, frame, rate, stream_clock
        self._places: dict[str, int] = {}
        self._now = array("f")
        self._rows: list[tuple[float, array[float]]] = []
        self._anchor: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def full(self) -> bool:
        return len(self._rows) >= MOST_ROWS

    def add(self, frame: Frame) -> None:
        """Takes a frame; what it does not say stays as it was."""
        for name, value in frame.values.items():
            place = self._places.get(name)
            if place is None:
                self._places[name] = len(self.names)
                self.names.append(name)
                self._now.append(value)
            else:
                self._now[place] = value
        if not self.full:
            self._rows.append((max(0.0, self._elapsed(frame)), self._now[:]))

    def _elapsed(self, frame: Frame) -> float:
        """Seconds from the beginning of the take to a frame."""
        arrived = frame.arrival - self._begin
        if frame.time is None or not self._stream_clock:
            return arrived
        if self._anchor is None or abs(self._anchor[0] + frame.time - self._anchor[1] - arrived) > MOST_STRAY:
            # On a whole frame, so that streams of the scene's own rate are keyed at every frame.
            whole = math.floor(self._frame + arrived * self._rate + 0.5)
            self._anchor = ((whole - self._frame) / self._rate, frame.time)
        return self._anchor[0] + frame.time - self._anchor[1]

    def rows(self, whole: bool) -> Iterator[Row]:
        """What to key, at rising frames of the scene.

        With `whole` they are whole numbers, and each has the row that came nearest to it; else they are where
        the rows came, and of rows at the same instant the last is kept.
        """
        kept: dict[float, tuple[float, array[float]]] = {}
        for elapsed, values in self._rows:
            exact = self._frame + elapsed * self._rate
            frame = float(math.floor(exact + 0.5)) if whole else round(exact, 3)
            if frame not in kept or abs(exact - frame) <= kept[frame][0]:
                kept[frame] = (abs(exact - frame), values)
        for frame in sorted(kept):
            yield Row(frame, kept[frame][1])
