"""The network with everything around it that only training needs: emotion table, latents of takes, losses."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from audio2face.networks.network import FaceNetwork
from audio2face.teacher.phones import TARGETS
from audio2face.training.losses import RunningScale, all_losses, emotion, phone

Tensor = Any

EMOTION_WIDTH = 16
LOSSES = 11


@keras.saving.register_keras_serializable("audio2face")
class Classroom(keras.Model):
    """Batches in, loss out: fit() on any Keras backend trains the network inside.

    network  a FaceNetwork
    knots    rows of the table of take latents; row 0 belongs to no take
    """

    def __init__(self, network: FaceNetwork, knots: int, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network
        # Emotion strengths [6] to emotion vector; neutral has none and so is exactly zero.
        self.emotions = keras.layers.Dense(EMOTION_WIDTH, use_bias=False, name="emotions")
        self.latents = keras.layers.Embedding(knots, EMOTION_WIDTH, embeddings_initializer="zeros")
        # What was said: nobody asks for it at run time, but a network that knows it hears better.
        self.phones = keras.layers.Dense(len(TARGETS), name="phones")
        self.scale = RunningScale(LOSSES)

    def call(self, batch: dict[str, Tensor], training: bool = False) -> Tensor:
        latent = self._latent(batch["knot"])
        felt = self.emotions(batch["emotion"]) + latent
        past = ops.zeros((ops.shape(felt)[0], self.network.memory))
        heard, _ = self.network.listen(batch["features"], felt, past, training=training)
        weights, free, logits = self.network.show(heard, felt)
        rest = self.network.rest(felt)
        wanted = [batch[name] for name in ("weights", "labels", "judged", "phones")]
        losses = all_losses(free, logits, rest, *wanted)
        losses += [emotion(latent), phone(self.phones(heard), batch["phones"], batch["judged"])]
        self.add_loss(self.scale(ops.stack(losses), training=training))
        return weights

    def _latent(self, knot: Tensor) -> Tensor:
        """[batch, time, 16] the takes' latents between their knots; zeros at knot 0."""
        lower, upper = ops.cast(ops.floor(knot), "int32"), ops.cast(ops.ceil(knot), "int32")
        first, second = self.latents(lower), self.latents(upper)
        share = (knot - ops.floor(knot))[..., None]
        return (first + share * (second - first)) * ops.cast(lower > 0, "float32")[..., None]
