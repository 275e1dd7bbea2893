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
from audio2face.networks.network import FaceNetwork
from audio2face.networks.streaming import ArticulationBlock

Tensor = Any


@keras.saving.register_keras_serializable("audio2face")
class ArticulationNetwork(FaceNetwork):
    """Formant analysis of each frame, then articulation over time.

    Its call, bias and sharpness are those of FaceNetwork.

    parts      parts of the front end;  mean, scale  [features] normalisation
    maps       widths of the formant layers;  width  of the articulation;  dilations  one for each block
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
        super().__init__(bias, sharpness, **kwargs)
        self._own = {
            **{"parts": parts, "mean": tuple(mean), "scale": tuple(scale), "maps": tuple(maps)},
            **{"width": width, "dilations": tuple(dilations), "components": components},
            **{"dropout": dropout, "bias": tuple(bias), "sharpness": tuple(sharpness)},
        }
        self.width = width
        self.formant = FormantAnalysis(parts, maps, mean, scale)
        self.enter = keras.layers.Dense(width)
        self.blocks = [ArticulationBlock(width, dilation, dropout) for dilation in dilations]
        self.normalise = keras.layers.LayerNormalization(epsilon=1e-4)
        self.make_output(components)

    @property
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""
        return sum(block.conv.memory for block in self.blocks) * self.width

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

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._own}
