"""A network for a rig with what only its training needs: latents of takes, and losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audio2face.networks.rig import RigNetwork
from audio2face.training.classroom import EMOTION_WIDTH
from audio2face.training.workers import Spread, shared_mean

Tensor = Any
DECAY = 0.99
"""Of the running mean square that each loss is divided by."""
LOSSES = ("position", "motion", "latent")


@keras.saving.register_keras_serializable("audio2face")
class SharedScale(keras.layers.Layer):
    """Divides losses by a running root mean square of themselves, over all workers, and adds them up."""

    def build(self, _: Any = None) -> None:
        shape = (len(LOSSES),)
        self.square = self.add_weight(shape=shape, initializer="zeros", trainable=False, aggregation="mean")
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, aggregation="mean")

    def call(self, losses: Tensor, training: bool = False) -> Tensor:
        if training:
            heard = shared_mean(ops.stop_gradient(losses))
            self.square.assign(self.square * DECAY + (1 - DECAY) * heard**2)
            self.seen.assign(self.seen * DECAY + (1 - DECAY))
        mean = self.square / ops.maximum(self.seen, 1e-3)
        return ops.sum(losses / (ops.sqrt(mean) + 1e-6))


@keras.saving.register_keras_serializable("audio2face")
class RigClassroom(Spread):
    """Batches in, loss out: fit() on any Keras backend trains the network inside.

    Losses are P, M and R of Karras et al., SIGGRAPH 2017. All are means over every frame of the batch, judged
    or not, so that halves of a batch on two workers add up to the same.

    knots   (first knot, knots) of each take's latent in their table; row 0 belongs to no take
    unit    [channels] what errors are measured in: a channel that moves little counts as much as one that
            moves far
    """

    def __init__(
        self, network: RigNetwork, knots: Sequence[tuple[int, int]], unit: Any, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.network, self.unit = network, tuple(float(one) for one in unit)
        first, count = knots[-1]
        self.inside = tuple(
            float(place not in {one for one, _ in knots}) for place in range(1, first + count + 1)
        )
        self.latents = keras.layers.Embedding(
            first + count + 1, EMOTION_WIDTH, embeddings_initializer="zeros"
        )
        self.scale = SharedScale()

    def call(self, batch: dict[str, Tensor], training: bool = False) -> Tensor:
        latent = self._latent(batch["knot"])
        past = ops.zeros((ops.shape(latent)[0], self.network.memory))
        moved, _ = self.network.move(batch["features"], latent, past, training=training)
        error = (moved - batch["weights"]) / ops.convert_to_tensor(self.unit, "float32")
        judged = batch["judged"][..., None]
        change = (error[:, 1:] - error[:, :-1]) * judged[:, 1:] * judged[:, :-1]
        table = ops.convert_to_tensor(self.latents.embeddings)
        inside = ops.convert_to_tensor(self.inside, "float32")[:, None]
        losses = [
            ops.mean(judged * error**2),
            2.0 * ops.mean(change**2),
            ops.mean((table[1:] - table[:-1]) ** 2 * inside) / (ops.mean(table**2) + 1e-6),
        ]
        self.add_loss(self.scale(ops.stack(losses), training=training))
        return moved

    def _latent(self, knot: Tensor) -> Tensor:
        """[batch, time, emotions] the takes' latents between their knots; zeros at knot 0."""
        lower, upper = ops.cast(ops.floor(knot), "int32"), ops.cast(ops.ceil(knot), "int32")
        first, second = self.latents(lower), self.latents(upper)
        share = (knot - ops.floor(knot))[..., None]
        return (first + share * (second - first)) * ops.cast(lower > 0, "float32")[..., None]
