"""What life adds to a face, and how it is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rigs import ROTATION_NAMES
from rigs.arrays import FloatArray

LOOK = 30.0
"""Degrees that an eyeLook channel at 1 turns an eye."""

LIFE_NAMES: tuple[str, ...] = (
    *("eyeBlinkLeft", "eyeBlinkRight", "eyeWideLeft", "eyeWideRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookUpLeft", "eyeLookUpRight"),
    *("eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight"),
    *("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
)
"""The channels that life moves: none of the mouth, and none that moves a lip of the default head."""
_LIDS = (
    ("eyeBlinkLeft", ("eyeWideLeft", "eyeSquintLeft")),
    ("eyeBlinkRight", ("eyeWideRight", "eyeSquintRight")),
)


@dataclass(frozen=True, eq=False)
class Motion:
    """Some frames of life.

    channels  [frames, LIFE_NAMES] float32, 0 to 1
    head      [frames, 3] float32 yaw, pitch, roll in degrees, as in AnimationClip
    """

    channels: FloatArray
    head: FloatArray

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.head)

    def __getitem__(self, some: slice) -> Motion:
        return Motion(self.channels[some], self.head[some])


def joined(parts: Sequence[Motion]) -> Motion:
    """One after another; at least one."""
    return Motion(
        np.concatenate([part.channels for part in parts]),
        np.concatenate([part.head for part in parts]),
    )


def rotations(weights: FloatArray, names: Sequence[str], head: FloatArray) -> FloatArray:
    """[frames, 9] float32 radians in the order of ROTATION_NAMES, for frames of weights and of head.

    The eyes turn as their eyeLook channels say, so that a program may take either; they do not roll.
    """
    place = {name: number for number, name in enumerate(names)}

    def look(which: str) -> FloatArray:
        column: FloatArray = (
            weights[:, place[which]] if which in place else np.zeros(len(weights), np.float32)
        )
        return column * np.float32(np.radians(LOOK))

    turned = np.zeros((len(weights), len(ROTATION_NAMES)), np.float32)
    turned[:, :3] = np.radians(head)
    turned[:, 3] = look("eyeLookOutLeft") - look("eyeLookInLeft")
    turned[:, 4] = look("eyeLookDownLeft") - look("eyeLookUpLeft")
    turned[:, 6] = look("eyeLookInRight") - look("eyeLookOutRight")
    turned[:, 7] = look("eyeLookDownRight") - look("eyeLookUpRight")
    return turned


def enliven(weights: FloatArray, names: Sequence[str], motion: Motion) -> FloatArray:
    """Weights [frames, names] with life added: saturating, so that a blink shuts the lids whatever they did.

    While lids are shut nothing widens or squints them. Other channels are as they were, to the bit.
    """
    place = {name: number for number, name in enumerate(names)}
    result = weights.copy()
    for number, name in enumerate(LIFE_NAMES):
        if name in place:
            own, more = weights[:, place[name]], motion.channels[:, number]
            result[:, place[name]] = own + more * np.maximum(1 - own, 0)
    for lid, others in _LIDS:
        still_open = 1 - motion.channels[:, LIFE_NAMES.index(lid)]
        for other in others:
            if other in place:
                result[:, place[other]] *= still_open
    return result
