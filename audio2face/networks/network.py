"""What all networks have in common: features and emotion in, weights out, the past handed along."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audio2face.networks.fusion import DECISIONS, fuse

Tensor = Any
CHANNELS = 52


class FaceNetwork(keras.layers.Layer):
    """A network that hears in its own way, `listen`, and shows what it heard in the way of all.

    call(features [batch, time, features], emotion [batch, time, emotions], past [batch, memory])
    → weights [batch, time, 52], free [batch, time, 52], logits [batch, time, 3], past [batch, memory]

    bias       [3] added to the logits: the operating point of each decision
    sharpness  [3] by which the sums are multiplied: how soon a decision is all or nothing
    """

    def __init__(self, bias: Sequence[float], sharpness: Sequence[float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bias, self.sharpness = tuple(bias), tuple(sharpness)

    def make_output(self, components: int) -> None:
        """The layers after `listen`. Called last, because weights are kept in the order they are made in."""
        self.components = keras.layers.Dense(components)
        self.channels = keras.layers.Dense(CHANNELS)
        self.decide = keras.layers.Dense(len(DECISIONS))
        self.rest = keras.layers.Dense(CHANNELS, use_bias=False)

    @property
    @abstractmethod
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""

    @abstractmethod
    def listen(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """[batch, time, width] what was heard up to each frame, and the past for the next call."""

    def call(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        heard, past = self.listen(features, emotion, past, training)
        weights, free, logits = self.show(heard, emotion)
        return weights, free, logits, past

    def show(self, heard: Tensor, emotion: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weights [batch, time, 52], free motion [batch, time, 52] and logits [batch, time, 3]."""
        free = self.channels(self.components(heard))
        sure = self.decide(heard) + ops.convert_to_tensor(self.bias, "float32")
        logits = sure * ops.convert_to_tensor(self.sharpness, "float32")
        return fuse(free, logits, self.rest(emotion)), free, logits

    def start_from_components(self, basis: Tensor, mean: Tensor) -> None:
        """Sets the output layer to a PCA basis [components, 52] of the targets and their mean [52]."""
        self.channels.set_weights([basis, mean])

    def scale_channels(self, factors: Tensor) -> None:
        """Multiplies the continuous motion of each channel by a factor [52]."""
        basis, mean = self.channels.get_weights()
        self.channels.set_weights([basis * factors, mean * factors])
