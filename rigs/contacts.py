"""Contacts of the lips: sealed, and on the teeth.

In ARKit's terms closed lips under a partly open jaw are jawOpen = mouthClose; mouthPress and the rolls seal
them. A contact keeps a share of what the face does, adds its own shape, and then sets mouthClose so that
nothing is left of the gap. Everything is linear in the weights, so a network can do the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rigs.arkit import ARKIT_NAMES
from rigs.arrays import FloatArray, lock
from rigs.errors import RigError
from rigs.lips import lip_gap_row, lip_teeth_gap, lip_teeth_row

COUNT = len(ARKIT_NAMES)


@dataclass(frozen=True, eq=False)
class Contact:
    """The shape that a contact pulls weights w to: keep · w + add.

    keep, add  [52] float32, in the order of ARKIT_NAMES
    """

    keep: FloatArray
    add: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "keep", lock(self.keep, "keep", (COUNT,), RigError))
        object.__setattr__(self, "add", lock(self.add, "add", (COUNT,), RigError))


def _contact(keep: dict[str, float], add: dict[str, float]) -> Contact:
    """Channels whose name starts with a key are kept by that share (others fully) and get that offset."""
    shares = np.ones(COUNT)
    offset = np.zeros(COUNT)
    for number, name in enumerate(ARKIT_NAMES):
        shares[number] = next((share for stem, share in keep.items() if name.startswith(stem)), 1.0)
        offset[number] = next((value for stem, value in add.items() if name.startswith(stem)), 0.0)
    return Contact(shares.astype(np.float32), offset.astype(np.float32))


SEALED = _contact(
    keep={
        **{"jawOpen": 0.4, "mouthClose": 0.0, "mouthLowerDown": 0.0, "mouthUpperUp": 0.0},
        **{"mouthFunnel": 0.3, "mouthStretch": 0.6, "mouthShrugUpper": 0.4, "tongueOut": 0.0},
    },
    add={"mouthPress": 0.10, "mouthRollLower": 0.12, "mouthRollUpper": 0.10},
)
"""p, b, m."""

ON_TEETH = _contact(
    keep={
        **{"jawOpen": 0.4, "mouthClose": 0.0, "mouthLowerDown": 0.0, "mouthUpperUp": 0.6},
        **{"mouthFunnel": 0.3, "mouthPucker": 0.5, "mouthRollLower": 0.0, "tongueOut": 0.0},
    },
    add={"mouthRollLower": 0.45, "mouthUpperUp": 0.18, "jawOpen": 0.02},
)
"""f, v."""

PARTED = 1.5
"""mm between lips that speak and are not sealed: a mouth that talks is either closed or visibly not."""
_PARTING = {"jawOpen": 0.25, "mouthLowerDownLeft": 1.0, "mouthLowerDownRight": 1.0}

CLOSE = ARKIT_NAMES.index("mouthClose")
TEETH_AT_REST = float(lip_teeth_gap(np.zeros((1, COUNT)), ARKIT_NAMES)[0])
"""mm from the upper teeth's edge down to the lower lip at rest; negative, as the teeth hang behind it."""


def parting() -> FloatArray:
    """[52] weights that open the lips by one mm."""
    shape = np.array([_PARTING.get(name, 0.0) for name in ARKIT_NAMES], np.float32)
    opening: FloatArray = shape / (shape @ lip_gap_row(ARKIT_NAMES))
    return opening


def part(weights: FloatArray, gate: npt.ArrayLike) -> FloatArray:
    """Weights [frames, 52] with lips at least PARTED mm apart, as far as gate [frames] (0…1) says."""
    lacking = np.maximum(0.0, PARTED - weights @ lip_gap_row(ARKIT_NAMES)) * np.asarray(gate, np.float32)
    parted: FloatArray = weights + lacking[:, None] * parting()
    return parted


def seal(weights: FloatArray, gate: npt.ArrayLike) -> FloatArray:
    """Weights [frames, 52] with lips sealed as far as gate [frames] (0…1) says; at 1 the gap is closed."""
    shape = weights * SEALED.keep + SEALED.add
    row = lip_gap_row(ARKIT_NAMES)
    gap = shape @ row
    shape[:, CLOSE] += np.maximum(0.0, gap) / -row[CLOSE]
    return _mix(weights, shape, gate)


def touch(weights: FloatArray, gate: npt.ArrayLike) -> FloatArray:
    """Weights [frames, 52] with the lower lip on the upper teeth as far as gate [frames] says."""
    shape = weights * ON_TEETH.keep + ON_TEETH.add
    row = lip_teeth_row(ARKIT_NAMES)
    gap = TEETH_AT_REST + shape @ row
    shape[:, CLOSE] += np.maximum(0.0, gap) / -row[CLOSE]
    return _mix(weights, shape, gate)


def _mix(free: FloatArray, bound: FloatArray, gate: npt.ArrayLike) -> FloatArray:
    share = np.asarray(gate, np.float32)[:, None]
    mixed: FloatArray = free + share * (bound - free)
    return mixed
