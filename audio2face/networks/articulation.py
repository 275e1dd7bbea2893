"""The formant + articulation network in streaming form.

Source: Karras et al., "Audio-driven facial animation by joint end-to-end learning of pose and emotion",
SIGGRAPH 2017. Changed: each audio frame is computed once, the articulation layers are dilated convolutions
whose past is carried along, and contacts are decisions (see `networks.fusion`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audio2face.networks.formant import FormantAnalysis
from audio2face.networks.fusion import DECISIONS, fuse
from audio2face.networks.streaming import ArticulationBlock

Tensor = Any
CHANNELS = 52


@keras.saving.register_keras_serializable("audio2face")
class ArticulationNetwork(keras.layers.Layer):
    """Features and emotion in, ARKit weights out; the past goes in and comes out.

    call(features [batch, time, features], emotion [batch, time, emotions], past [batch, memory])
    → weights [batch, time, 52], free [batch, time, 52], logits [batch, time, 3], past [batch, memory]

    parts      parts of the front end;  mean, scale  [features] normalisation
    maps       widths of the formant layers;  width  of the articulation;  dilations  one for each block
    bias       [3] added to the logits: the operating point of each decision
    sharpness  [3] by which the sums are multiplied: how soon a decision is all or nothing
    """

    def __init__(
        self,
        parts: int,
        mean: Sequence[float],
        scale: Sequence[float],
        maps: Sequence[int] = (32, 48, 64, 96, 128),
        width: int = 96,
        dilations: Sequence[int] = (1, 2, 4, 8, 16, 1, 2, 4, 8),
        components: int = 24,
        dropout: float = 0.0,
        bias: Sequence[float] = (0.0, 0.0, 0.0),
        sharpness: Sequence[float] = (1.0, 1.0, 1.0),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._own = {
            **{"parts": parts, "mean": tuple(mean), "scale": tuple(scale), "maps": tuple(maps)},
            **{"width": width, "dilations": tuple(dilations), "components": components},
            **{"dropout": dropout, "bias": tuple(bias), "sharpness": tuple(sharpness)},
        }
        self.bias, self.sharpness = tuple(bias), tuple(sharpness)
        self.width = width
        self.formant = FormantAnalysis(parts, maps, mean, scale)
        self.enter = keras.layers.Dense(width)
        self.blocks = [ArticulationBlock(width, dilation, dropout) for dilation in dilations]
        self.normalise = keras.layers.LayerNormalization(epsilon=1e-4)
        self.components = keras.layers.Dense(components)
        self.channels = keras.layers.Dense(CHANNELS)
        self.decide = keras.layers.Dense(len(DECISIONS))
        self.rest = keras.layers.Dense(CHANNELS, use_bias=False)

    @property
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""
        return sum(block.conv.memory for block in self.blocks) * self.width

    def call(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        heard, past = self.listen(features, emotion, past, training)
        weights, free, logits = self.show(heard, emotion)
        return weights, free, logits, past

    def listen(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """[batch, time, width] what was heard up to each frame, and the past for the next call."""
        frames = self.enter(self.formant(features))
        kept, start = [], 0
        for block in self.blocks:
            length = block.conv.memory
            old = ops.reshape(past[:, start : start + length * self.width], (-1, length, self.width))
            frames, new = block(frames, emotion, old, training=training)
            kept.append(ops.reshape(new, (-1, length * self.width)))
            start += length * self.width
        return self.normalise(frames), ops.concatenate(kept, axis=-1)

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

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._own}
