"""A network for a character of its own: the ears of any network, and a linear output for its channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audio2face.networks.network import FaceNetwork

Tensor = Any


@keras.saving.register_keras_serializable("audio2face")
class RigNetwork(keras.layers.Layer):
    """Listens as a FaceNetwork does, and moves the channels of a rig.

    call(features [batch, time, features], emotion [batch, time, emotions], past [batch, memory])
    → weights [batch, time, channels], past [batch, memory]

    The output is that of Karras et al., SIGGRAPH 2017: a linear layer, then one that starts as the PCA basis
    of the targets. Contacts are not decided apart: what closes lips is a matter of the rig.

    ear              the network whose `listen` hears; its own output layers are not used
    lowest, highest  [channels] range of each channel; weights never leave it
    """

    def __init__(
        self,
        ear: FaceNetwork,
        components: int,
        lowest: Sequence[float],
        highest: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._own = {"components": components, "lowest": tuple(lowest), "highest": tuple(highest)}
        self.ear = ear
        self.lowest, self.highest = tuple(lowest), tuple(highest)
        self.components = keras.layers.Dense(components)
        self.channels = keras.layers.Dense(len(self.lowest))

    @property
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""
        return self.ear.memory

    def build(self, features_shape: Any, emotion_shape: Any, past_shape: Any) -> None:
        """Nothing of its own: its parts are built as they are called."""

    def call(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        free, past = self.move(features, emotion, past, training)
        low, high = (ops.convert_to_tensor(bound, "float32") for bound in (self.lowest, self.highest))
        return ops.clip(free, low, high), past

    def move(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """As call, but the weights may leave their range, so that training has a slope there."""
        heard, past = self.ear.listen(features, emotion, past, training=training)
        return self.channels(self.components(heard)), past

    def start_from_components(self, basis: Tensor, mean: Tensor) -> None:
        """Sets the output layer to a PCA basis [components, channels] of the targets and their mean."""
        self.channels.set_weights([basis, mean])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ear": self.ear, **self._own}
