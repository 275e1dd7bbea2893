"""A curve of an FBX file: keys at ticks, and what lies between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.fbx.parse import Node

Array = np.ndarray[Any, Any]

CONSTANT, CUBIC, NEXT = 0x2, 0x8, 0x100
"""Key flags; a constant key with NEXT has the next key's value until there."""
_NEAR = 1e-3
"""Of a frame: so near to a key a sample is that key."""


@dataclass(frozen=True)
class Curve:
    """ticks [keys] int64, rising; values [keys] float64; flags [keys] int32."""

    ticks: Array
    values: Array
    flags: Array

    @staticmethod
    def read(node: Node) -> Curve:
        """The curve of an AnimationCurve record. Raises FormatError when it cannot be right."""
        ticks = node.array("KeyTime")
        with np.errstate(invalid="ignore"):
            values = node.array("KeyValueFloat").astype(np.float64)
        flags, counts = node.array("KeyAttrFlags"), node.array("KeyAttrRefCount")
        if any(whole.dtype.kind != "i" for whole in (ticks, flags, counts)):
            raise FormatError("the times or attributes of a curve are no whole numbers")
        if not len(ticks) or len(ticks) != len(values):
            raise FormatError(f"a curve has {len(ticks)} times for {len(values)} values")
        if np.any(ticks[1:] <= ticks[:-1]):
            raise FormatError("the times of a curve do not rise")
        if len(flags) != len(counts) or np.any(counts < 0) or np.any(counts > len(ticks)):
            raise FormatError("the attributes of a curve's keys do not fit their counts")
        spread = np.repeat(flags, counts)
        if len(spread) != len(ticks):
            raise FormatError(f"a curve has attributes for {len(spread)} of its {len(ticks)} keys")
        return Curve(ticks, values, spread)

    def sample(self, at: Array, step: float) -> Array:
        """[samples] float64 at ticks, a frame being `step` of them.

        Level before the first key and after the last. Raises FormatError when a sample lies on a cubic piece
        that is not level.
        """
        left = np.clip(np.searchsorted(self.ticks, at + _NEAR * step, "right") - 1, 0, len(self.ticks) - 1)
        right = np.minimum(left + 1, len(self.ticks) - 1)
        gone = (at - self.ticks[left]).astype(np.float64)
        between = (gone > _NEAR * step) & (right > left)
        part = np.where(between, gone / np.maximum(self.ticks[right] - self.ticks[left], 1), 0.0)
        flags, low, high = self.flags[left], self.values[left], self.values[right]
        if np.any(between & (flags & CUBIC != 0) & (low != high)):
            raise FormatError("its curves are cubic between frames; bake the animation to every frame first")
        part = np.where(between & (flags & CONSTANT != 0), (flags & NEXT != 0).astype(float), part)
        with np.errstate(invalid="ignore", over="ignore"):  # the clip refuses what is no number
            return low + part * (high - low)
