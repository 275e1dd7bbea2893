"""Which channel of a stream is which value of a protocol.

Streams carry ARKit's 52 channels, weights from 0 to 1, and perhaps the nine rotations of Live Link Face in
radians. Protocols spell, order and scale them differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from livelink.errors import RefusedError
from rigs import ARKIT_NAMES, ROTATION_NAMES
from rigs.arrays import FloatArray, IntArray

LINK_NAMES: tuple[str, ...] = (*ARKIT_NAMES, *ROTATION_NAMES)
"""The 61 channels in the order of Live Link Face."""

HEAD_NAMES, LEFT_EYE_NAMES, RIGHT_EYE_NAMES = ROTATION_NAMES[:3], ROTATION_NAMES[3:6], ROTATION_NAMES[6:]
"""Yaw, pitch, roll of each."""

_SIDE = re.compile(r"(?<=[a-z])(Left|Right)$")
_ONE_SIDED = {"jawLeft", "jawRight", "mouthLeft", "mouthRight"}


def plain(name: str) -> str:
    """`JawOpen` as ARKit spells it, `jawOpen`."""
    return name[:1].lower() + name[1:]


def underscored(name: str) -> str:
    """`mouthSmileLeft` → `mouthSmile_L`; directions such as `jawLeft` stay as they are."""
    return name if name in _ONE_SIDED else _SIDE.sub(lambda side: f"_{side[1][0]}", name)


def printable(text: str) -> str:
    """Text from outside, with what could confuse a terminal replaced."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Places:
    """Where the channels of a stream go in a protocol's fixed order.

    Raises RefusedError when the protocol knows fewer of the channels than not: the stream is of another rig.
    """

    def __init__(self, names: Sequence[str], order: Sequence[str], protocol: str) -> None:
        known = {name: place for place, name in enumerate(order)}
        pairs = [(i, known[plain(name)]) for i, name in enumerate(names) if plain(name) in known]
        strange = [name for name in names if plain(name) not in known]
        if len(strange) > len(pairs) or not pairs:
            shown = ", ".join(strange[:3])
            raise RefusedError(
                f"{protocol} sends ARKit channels; this stream has {shown} …: use the arkit rig"
            )
        self._from: IntArray = np.array([pair[0] for pair in pairs], np.int32)
        self._to: IntArray = np.array([pair[1] for pair in pairs], np.int32)
        self._size = len(order)

    def values(self, weights: FloatArray) -> FloatArray:
        """[channels] → [order] float32; what the stream lacks is 0."""
        result = np.zeros(self._size, np.float32)
        result[self._to] = weights[self._from]
        return result


def angles(values: Mapping[str, float], names: Sequence[str]) -> tuple[float, float, float]:
    """Pitch, yaw, roll in degrees: the x, y, z of protocols. `names` are those of yaw, pitch, roll."""
    yaw, pitch, roll = (float(np.degrees(values.get(name, 0.0))) for name in names)
    return pitch, yaw, roll
