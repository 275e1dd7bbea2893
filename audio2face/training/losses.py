"""What the network is asked to get right.

Sources: position P, motion M, emotion R and their normalisation by a running root mean square are those of
Karras et al., SIGGRAPH 2017; the lip-gap loss follows NVIDIA's Audio2Face-3D report (2025).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from audio2face.networks.fusion import DECISIONS, fuse, lip_gap, mouth_width
from audio2face.teacher.phones import OPEN_VOWELS, TARGETS
from rigs import ARKIT_NAMES, MOUTH_NAMES

Tensor = Any

POSITIVE = (2.0, 3.0, 1.0)
"""How much more a missed "closed", "teeth", "active" counts than a false one."""
OPEN, ROUND = 3.0, 2.5
"""How much a false "closed" counts in an open vowel, where everybody sees it, and in a rounded sound, n, l
or r, which sound most like m and b. In any other sound it counts 1."""
CLOSE_SOUNDS = frozenset({"W", "UW", "UH", "R", "L", "N", "NG"})
DECAY = 0.99
"""Of the running mean square that each loss is divided by."""


FALSE_CLOSED = np.array(
    [OPEN if name in OPEN_VOWELS else ROUND if name in CLOSE_SOUNDS else 1.0 for name in TARGETS],
    np.float32,
)
"""[phones] in the order of TARGETS."""


@keras.saving.register_keras_serializable("audio2face")
class RunningScale(keras.layers.Layer):
    """Divides each of `count` losses by a running root mean square of itself and adds them up."""

    def __init__(self, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.count = count

    def build(self, _: Any = None) -> None:
        self.square = self.add_weight(shape=(self.count,), initializer="zeros", trainable=False)
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, losses: Tensor, training: bool = False) -> Tensor:
        if training:
            self.square.assign(self.square * DECAY + (1 - DECAY) * ops.stop_gradient(losses) ** 2)
            self.seen.assign(self.seen * DECAY + (1 - DECAY))
        mean = self.square / ops.maximum(self.seen, 1e-3)
        return ops.sum(losses / (ops.sqrt(mean) + 1e-6))


def all_losses(
    free: Tensor,
    logits: Tensor,
    rest: Tensor,
    weights: Tensor,
    labels: Tensor,
    judged: Tensor,
    phones: Tensor,
) -> list[Tensor]:
    """Scalars: position, motion, lip gap, mouth width, rounding, stillness, and one for each decision.

    free, rest, weights  [batch, time, 52];  logits, labels  [batch, time, 3];  judged  [batch, time] 0 or 1
    phones               [batch, time] numbers in the order of TARGETS
    """
    harm = ops.take(ops.convert_to_tensor(FALSE_CLOSED), ops.cast(phones, "int32"))
    false = [harm, ops.ones_like(harm), ops.ones_like(harm)]
    # Position and motion must not talk the decisions out of being decisions, so they see them as given.
    seen = fuse(free, ops.stop_gradient(logits), rest)
    # Motion beyond the decisions is judged where they would hide it, too.
    moved = fuse(free, logits, rest)
    return [
        position(seen, weights, judged),
        motion(seen, weights, judged),
        gap(moved, weights, labels, judged),
        width(seen, weights, judged),
        rounding(seen, weights, judged),
        stillness(moved, weights, labels, judged),
        *(decision(logits, labels, judged, number, false[number]) for number in range(len(DECISIONS))),
    ]


def position(found: Tensor, wanted: Tensor, judged: Tensor) -> Tensor:
    """P: mean squared error of the weights."""
    return _mean(ops.mean((found - wanted) ** 2, axis=-1), judged)


def motion(found: Tensor, wanted: Tensor, judged: Tensor) -> Tensor:
    """M: twice the mean squared error of the change from one frame to the next of the same take."""
    change = (found[:, 1:] - found[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])
    return 2.0 * _mean(ops.mean(change**2, axis=-1), judged[:, 1:] * judged[:, :-1])


def gap(found: Tensor, wanted: Tensor, labels: Tensor, judged: Tensor) -> Tensor:
    """Squared error of the lip gap on the default head in mm, four times as grave where lips close."""
    error = (lip_gap(found) - lip_gap(wanted)) ** 2
    grave = 1.0 + 3.0 * ops.cast(labels[..., 0] > 0.8, "float32")
    return _mean(ops.minimum(error, 100.0) * grave, judged)


def width(found: Tensor, wanted: Tensor, judged: Tensor) -> Tensor:
    """Error of the mouth's width on the default head, in square mm."""
    return _mean((mouth_width(found) - mouth_width(wanted)) ** 2, judged)


def rounding(found: Tensor, wanted: Tensor, judged: Tensor) -> Tensor:
    """Squared error of pucker and funnel together: which of the two it is matters less than that it is."""
    both = np.array([name in ("mouthPucker", "mouthFunnel") for name in ARKIT_NAMES], np.float32)
    error = ops.sum((found - wanted) * ops.convert_to_tensor(both), axis=-1)
    return _mean(error**2, judged)


def stillness(found: Tensor, wanted: Tensor, labels: Tensor, judged: Tensor) -> Tensor:
    """Squared error of the mouth where nobody speaks."""
    mouth = np.array([name in MOUTH_NAMES for name in ARKIT_NAMES], np.float32)
    quiet = judged * ops.cast(labels[..., 2] < 0.02, "float32")
    error = ops.mean((found - wanted) ** 2 * ops.convert_to_tensor(mouth), axis=-1)
    return ops.sum(error * quiet) / (ops.sum(judged) + 1.0)


def decision(logits: Tensor, labels: Tensor, judged: Tensor, number: int, false: Tensor = 1.0) -> Tensor:
    """Cross-entropy of one of DECISIONS; missed ones weigh POSITIVE, false ones `false` [batch, time]."""
    logit, label = logits[..., number], labels[..., number]
    missed = POSITIVE[number] * label * ops.softplus(-logit)
    return _mean(missed + false * (1.0 - label) * ops.softplus(logit), judged)


def phone(logits: Tensor, labels: Tensor, judged: Tensor) -> Tensor:
    """Cross-entropy of the phone that is being said; logits [batch, time, phones], labels [batch, time]."""
    wrong = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return _mean(wrong, judged)


def emotion(latent: Tensor) -> Tensor:
    """R: how much latents change from frame to frame, against how large they are [batch, time, emotions]."""
    change = ops.mean((latent[:, 1:] - latent[:, :-1]) ** 2)
    return change / (ops.mean(latent**2) + 1e-6)


def _mean(values: Tensor, judged: Tensor) -> Tensor:
    return ops.sum(values * judged) / (ops.sum(judged) + 1.0)
