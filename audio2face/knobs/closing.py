"""Closed lips stay closed, whatever is turned.

The model's own lip gap on the default head decides. Where it is CONTACT or less, lips count as closed: the
gap may then become no larger than it was. Towards lips that are PARTED this fades away. mouthClose makes up
for the difference, as closed lips under an open jaw are jawOpen = mouthClose in ARKit's terms; where it can
do no more, what opens the lips is held back. Nor are lips pressed deeper than they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray
from rigs.channel import Channel
from rigs.contacts import PARTED
from rigs.lips import CONTACT, lip_gap_row

Array = npt.NDArray[np.float64]

FULL = CONTACT + 0.05
"""mm of lip gap up to which lips are held in full, so that rounding opens none."""


class Closing:
    """Holds closed lips, for the channels of a rig; for a rig that moves no lips it does nothing."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._names = names = [channel.name for channel in channels]
        self._close = names.index("mouthClose") if "mouthClose" in names else None
        self._range = (0.0, 1.0)
        if self._close is not None:
            self._range = channels[self._close].minimum, channels[self._close].maximum

    @cached_property
    def _row(self) -> Array:
        """[channels] mm of lip gap per unit weight; the head is only read where something is turned."""
        row: Array = lip_gap_row(self._names).astype(np.float64)
        return row

    def prepare(self) -> None:
        """Reads the head now."""
        assert len(self._row) == len(self._names)

    def gap(self, weights: FloatArray) -> Array:
        """[frames] mm; each frame's is summed by itself, so that it does not depend on the others."""
        summed: Array = (weights.astype(np.float64, order="C") * self._row).sum(axis=1)
        return summed

    def held(self, gap: Array) -> Array:
        """[frames] how far lips with this gap are held: 1 closed … 0 apart."""
        if not self._row.any():
            return np.zeros(len(gap))
        share: Array = np.clip((PARTED - gap) / (PARTED - FULL), 0.0, 1.0)
        return share

    def hold(self, weights: FloatArray, before: Array) -> FloatArray:
        """Weights [frames, channels] with lips that had the gap `before` [frames] held closed."""
        gap = self.gap(weights)
        over = self.held(before) * np.maximum(0.0, gap - np.maximum(before, 0.0))
        under = np.maximum(0.0, np.minimum(before, 0.0) - gap)
        result = weights.copy()
        if self._close is not None and self._row[self._close] < 0:
            closed = weights[:, self._close] + (over - under) / -self._row[self._close]
            result[:, self._close] = np.clip(closed, *self._range)
        return self._less_open(result, np.where(over > 0, self.gap(result) - (gap - over), 0.0))

    def _less_open(self, weights: FloatArray, left: Array) -> FloatArray:
        """Weights with the channels that open lips scaled down by `left` [frames] mm of gap."""
        opening = (np.maximum(0.0, weights.astype(np.float64, order="C")) * np.maximum(self._row, 0.0)).sum(
            axis=1
        )
        share = np.clip(1 - np.maximum(0.0, left) / np.maximum(opening, 1e-9), 0.0, 1.0)
        lessened: FloatArray = np.where(self._row > 0, weights * share[:, None].astype(np.float32), weights)
        return lessened
