"""Formant analysis: what one audio frame sounds like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable("audio2face")
class FormantAnalysis(keras.layers.Layer):
    """Convolutions along the coefficient axis of each frame, 32 coefficients down to one.

    Source: Karras et al., SIGGRAPH 2017, the five 1×3 convolutions of stride 2.
    call(features [batch, time, 32·parts + 1]) → [batch, time, last of `maps` + 1]; the energy, the last
    feature, passes by the side. `mean` and `scale` [features] bring features to a like size.
    """

    def __init__(
        self,
        parts: int,
        maps: Sequence[int],
        mean: Sequence[float],
        scale: Sequence[float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.parts, self.maps = parts, tuple(maps)
        self.mean, self.scale = tuple(mean), tuple(scale)
        self.layers = [
            keras.layers.Conv2D(width, (1, 3), strides=(1, 2), padding="same", activation="relu")
            for width in maps
        ]

    def call(self, features: Tensor) -> Tensor:
        mean = ops.convert_to_tensor(self.mean, "float32")
        level = (features - mean) / ops.convert_to_tensor(self.scale, "float32")
        energy = level[..., -1:]
        time = ops.shape(level)[1]
        picture = ops.reshape(level[..., :-1], (-1, time, self.parts, 32))
        picture = ops.transpose(picture, (0, 1, 3, 2))
        for layer in self.layers:
            picture = layer(picture)
        heard = ops.reshape(picture, (-1, time, self.maps[-1]))
        return ops.concatenate([heard, energy], axis=-1)

    def get_config(self) -> dict[str, Any]:
        own = {"parts": self.parts, "maps": self.maps, "mean": self.mean, "scale": self.scale}
        return {**super().get_config(), **own}
