"""A network for a character of its own: the ears of any network, and a linear output for its channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from audio2face.networks.network import FaceNetwork

Tensor = Any
LEAST_ABOVE = 0.05
"""How near to its lowest value, in bends, a channel's mean may be at first: below, it would hardly learn."""
SLOPE = 0.1
"""Of the output far below the lowest value."""


@keras.saving.register_keras_serializable("audio2face")
class RigNetwork(keras.layers.Layer):
    """Listens as a FaceNetwork does, and moves the channels of a rig.

    call(features [batch, time, features], emotion [batch, time, emotions], past [batch, memory])
    → weights [batch, time, channels], past [batch, memory]

    The output is that of Karras et al., SIGGRAPH 2017: a linear layer, then one that starts as the PCA basis
    of the targets. Contacts are not decided apart: what closes lips is a matter of the rig.

    Most channels of a rig rest at their lowest value and rise now and then. So the output approaches it as
    softplus does, and nothing has to be learned about how far below it to stay.

    ear              the network whose `listen` hears; its own output layers are not used
    lowest, highest  [channels] range of each channel; weights never leave it
    bend             [channels] how far above its lowest value a channel begins to bend
    """

    def __init__(
        self,
        ear: FaceNetwork,
        components: int,
        lowest: Sequence[float],
        highest: Sequence[float],
        bend: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.ear = ear
        self.lowest, self.highest, self.bend = tuple(lowest), tuple(highest), tuple(bend)
        self._own = {
            **{"components": components, "lowest": self.lowest},
            **{"highest": self.highest, "bend": self.bend},
        }
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
        """As call, but the weights may exceed their range, so that training has a slope there."""
        heard, past = self.ear.listen(features, emotion, past, training=training)
        low, bend = (ops.convert_to_tensor(one, "float32") for one in (self.lowest, self.bend))
        above = (self.channels(self.components(heard)) - low) / bend
        # Softplus in operations that every runtime has, and a slope that never vanishes: a channel that
        # seldom moves would otherwise sink to where nothing is learned any more.
        bent = ops.relu(above) + ops.log(1.0 + ops.exp(-ops.abs(above))) + SLOPE * ops.minimum(above, 0.0)
        return low + bend * bent, past

    def start_from_components(self, basis: Tensor, mean: Tensor) -> None:
        """Sets the output layer to a PCA basis [components, channels] of the targets and their mean."""
        low, bend = np.asarray(self.lowest), np.asarray(self.bend)
        above = np.maximum((np.asarray(mean) - low) / bend, LEAST_ABOVE)
        self.channels.set_weights([basis, low + bend * np.log(np.expm1(above))])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ear": self.ear, **self._own}
