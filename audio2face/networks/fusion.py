"""Decisions fused with motion: sealed lips, lip on teeth, and stillness.

A regression answers "sometimes closed" with "ajar". So three questions are asked as yes or no (are the
lips sealed, is the lip on the teeth, is anybody speaking), and their answers bend the continuous motion.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from rigs import ARKIT_NAMES, MOUTH_NAMES
from rigs.arrays import FloatArray
from rigs.contacts import CLOSE, ON_TEETH, PARTED, SEALED, TEETH_AT_REST, Contact, parting
from rigs.lips import lip_gap_row, lip_teeth_row, mouth_width_row

Tensor = Any

DECISIONS = ("closed", "teeth", "active")
"""The three logits, in order."""
SPOKEN = np.array([name in MOUTH_NAMES for name in ARKIT_NAMES], np.float32)
"""[52] 1 for channels that speech moves; brows, eyes, cheeks and nose show the emotion, spoken or not."""


def gate(logit: Tensor) -> Tensor:
    """0 at a logit of −2 and below, 1 at 2 and above; unlike a sigmoid it reaches both."""
    return ops.clip(0.5 + 0.25 * logit, 0.0, 1.0)


def fuse(free: Tensor, logits: Tensor, rest: Tensor) -> Tensor:
    """[batch, time, 52] weights in 0…1, from what the network says.

    free    [batch, time, 52] continuous motion
    logits  [batch, time, 3] DECISIONS
    rest    [batch, time, 52] the face of this emotion when nobody speaks; above the mouth, at all times
    """
    gates = gate(logits)
    closed, teeth, active = gates[..., 0:1], gates[..., 1:2], gates[..., 2:3]
    weights = ops.clip(rest + active * ops.convert_to_tensor(SPOKEN) * (free - rest), 0.0, 1.0)
    weights = _parted(weights, active)
    weights = weights + active * teeth * (_on_teeth(weights) - weights)
    weights = weights + active * closed * (_sealed(weights) - weights)
    return ops.clip(weights, 0.0, 1.0)


def lip_gap(weights: Tensor) -> Tensor:
    """[batch, time] mm of lip gap on the default head, from weights [batch, time, 52]."""
    return ops.sum(weights * ops.convert_to_tensor(lip_gap_row(ARKIT_NAMES)), axis=-1)


def mouth_width(weights: Tensor) -> Tensor:
    """[batch, time] mm by which the mouth is wider than at rest, from weights [batch, time, 52]."""
    return ops.sum(weights * ops.convert_to_tensor(mouth_width_row(ARKIT_NAMES)), axis=-1)


def _bound(weights: Tensor, contact: Contact) -> Tensor:
    return weights * ops.convert_to_tensor(contact.keep) + ops.convert_to_tensor(contact.add)


def _parted(weights: Tensor, gate: Tensor) -> Tensor:
    """Lips that speak are apart, as `rigs.contacts.part` says; contacts come after."""
    gap = ops.sum(weights * ops.convert_to_tensor(lip_gap_row(ARKIT_NAMES)), axis=-1, keepdims=True)
    return weights + gate * ops.relu(PARTED - gap) * ops.convert_to_tensor(parting())


def _sealed(weights: Tensor) -> Tensor:
    """The sealed shape, as `rigs.contacts.seal` makes it."""
    return _closed_up(_bound(weights, SEALED), lip_gap_row(ARKIT_NAMES), 0.0)


def _on_teeth(weights: Tensor) -> Tensor:
    """The lip-on-teeth shape, as `rigs.contacts.touch` makes it."""
    return _closed_up(_bound(weights, ON_TEETH), lip_teeth_row(ARKIT_NAMES), TEETH_AT_REST)


def _closed_up(shape: Tensor, row: FloatArray, rest: float) -> Tensor:
    """The shape with as much mouthClose more as brings a distance, `rest` + shape · row in mm, to 0."""
    only_close = [0.0] * len(ARKIT_NAMES)
    only_close[CLOSE] = -1.0 / float(row[CLOSE])
    gap = rest + ops.sum(shape * ops.convert_to_tensor(row), axis=-1, keepdims=True)
    return shape + ops.relu(gap) * ops.convert_to_tensor(only_close, "float32")
