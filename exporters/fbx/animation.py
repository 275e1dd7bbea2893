"""Animation as FBX objects: a stack, its layer, and a curve for whatever moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exporters.fbx.document import Document, number, properties, time
from exporters.fbx.record import Record, array, double, int32

Array = np.ndarray[Any, Any]

STACK = "Speech"
LINEAR = 0x104
"""Key flags: straight to the next key; the tangents, which then mean nothing, are automatic."""


class Animation:
    """One stack with one layer. `ticks` [frames] int64 are the times of the clip's frames."""

    def __init__(self, document: Document, ticks: Array) -> None:
        self._document, self._ticks = document, ticks
        last = int(ticks[-1])
        spans = (
            time(f"{of}{end}", at)
            for of in ("Local", "Reference")
            for end, at in (("Start", 0), ("Stop", last))
        )
        stack = document.add("AnimationStack", STACK, "AnimStack", "", properties(*spans))
        self._layer = document.add("AnimationLayer", "BaseLayer", "AnimLayer", "")
        document.connect(self._layer, stack)
        self._times: dict[bytes, bytes] = {}

    def drive(
        self,
        target: int,
        property: str,
        name: str,
        parts: Sequence[str],
        curves: Sequence[tuple[Array, Array]],
    ) -> None:
        """Moves a property: for each part, such as "X", the numbers of its keys' frames and their values."""
        rows = (
            number(f"d|{part}", float(values[0]), "A")
            for part, (_, values) in zip(parts, curves, strict=True)
        )
        node = self._document.add("AnimationCurveNode", name, "AnimCurveNode", "", properties(*rows))
        self._document.connect(node, self._layer)
        self._document.connect(node, target, property)
        for part, (frames, values) in zip(parts, curves, strict=True):
            self._document.connect(self._curve(frames, values.astype(np.float32)), node, f"d|{part}")

    def _curve(self, frames: Array, values: Array) -> int:
        return self._document.add(
            "AnimationCurve",
            "",
            "AnimCurve",
            "",
            Record("Default", (double(float(values[0])),)),
            Record("KeyVer", (int32(4008),)),
            Record("KeyTime", (self._key_times(frames),)),
            Record("KeyValueFloat", (array(values),)),
            Record("KeyAttrFlags", (array(np.array([LINEAR], dtype=np.int32)),)),
            Record("KeyAttrDataFloat", (array(np.zeros(4, dtype=np.float32)),)),
            Record("KeyAttrRefCount", (array(np.array([len(values)], dtype=np.int32)),)),
        )

    def _key_times(self, frames: Array) -> bytes:
        """The times as a property; most curves share theirs, so it is packed once."""
        key = frames.tobytes()
        if key not in self._times:
            self._times[key] = array(self._ticks[frames])
        return self._times[key]
