"""Layers whose past is carried along: one network serves files, live sound and training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any

LONGEST_DENSE = 64
"""Frames up to which a convolution is written as a matrix product: what the runtime's files hold."""


@keras.saving.register_keras_serializable("audio2face")
class StreamingConv(keras.layers.Layer):
    """A causal convolution over time, three taps `dilation` frames apart.

    call(frames [batch, time, width], past [batch, 2·dilation, width])
    → frames [batch, time, width], past of the same shape for the next call.
    """

    def __init__(self, width: int, dilation: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.dilation = dilation
        # Taps side by side and one dense layer: the same sum as a dilated convolution, and a plain matrix
        # product on every backend and in LiteRT, for any number of frames.
        self.mix = keras.layers.Dense(width)

    @property
    def memory(self) -> int:
        """Frames of past that a call needs."""
        return 2 * self.dilation

    def call(self, frames: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        known = ops.concatenate([past, frames], axis=1)
        time = frames.shape[1]
        if self.mix.built and (time is None or time > LONGEST_DENSE):
            return self._convolved(known), known[:, -self.memory :]
        early = known[:, : -2 * self.dilation]
        middle = known[:, self.dilation : -self.dilation]
        late = known[:, 2 * self.dilation :]
        mixed = self.mix(ops.concatenate([early, middle, late], axis=-1))
        return mixed, known[:, -self.memory :]

    def _convolved(self, known: Tensor) -> Tensor:
        """The same sum as a convolution: whole takes, in training, go through four times as fast."""
        kernel = ops.reshape(self.mix.kernel, (3, -1, self.width))
        mixed = ops.conv(known, kernel, padding="valid", dilation_rate=self.dilation)
        return mixed + self.mix.bias

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width, "dilation": self.dilation}


@keras.saving.register_keras_serializable("audio2face")
class ArticulationBlock(keras.layers.Layer):
    """One residual step of the articulation network: normalise, look back, listen to the emotion, add.

    call(frames [batch, time, width], emotion [batch, time, emotions], past)
    → frames [batch, time, width], past for the next call.
    """

    def __init__(self, width: int, dilation: int, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width, self.dilation, self.dropout = width, dilation, dropout
        self.normalise = keras.layers.LayerNormalization(epsilon=1e-4)
        self.conv = StreamingConv(width, dilation)
        # A dense layer added in is the same as concatenating the emotion before the convolution.
        self.feel = keras.layers.Dense(width, use_bias=False)
        self.drop = keras.layers.SpatialDropout1D(dropout)
        self.out = keras.layers.Dense(width)

    def call(
        self, frames: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        heard, past = self.conv(self.normalise(frames), past)
        moved = self.out(self.drop(ops.relu(heard + self.feel(emotion)), training=training))
        return frames + moved, past

    def get_config(self) -> dict[str, Any]:
        own = {"width": self.width, "dilation": self.dilation, "dropout": self.dropout}
        return {**super().get_config(), **own}
