"""The second architecture: convolutions over time, then a gated recurrent unit.

The shape is that of EigenLip and AuroraNet: a few convolutions over mel frames, a recurrent unit, and targets
as principal components. Here it is in streaming form, hears any front end, listens to the emotion, and its
contacts are decisions (see `networks.fusion`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audio2face.networks.network import FaceNetwork
from audio2face.networks.recurrent import StreamingGRU
from audio2face.networks.streaming import StreamingConv

Tensor = Any


@keras.saving.register_keras_serializable("audio2face")
class GRUNetwork(FaceNetwork):
    """Convolutions over time, then a gated recurrent unit. Its call, bias and sharpness are FaceNetwork's.

    The past is that of each convolution in order, then the state of the recurrent unit.

    mean, scale  [features] normalisation;  width  of the convolutions;  dilations  one for each of them
    units        numbers of recurrent state
    """

    def __init__(
        self,
        mean: Sequence[float],
        scale: Sequence[float],
        width: int = 80,
        units: int = 224,
        dilations: Sequence[int] = (1, 2, 4),
        components: int = 24,
        dropout: float = 0.0,
        bias: Sequence[float] = (0.0, 0.0, 0.0),
        sharpness: Sequence[float] = (1.0, 1.0, 1.0),
        **kwargs: Any,
    ) -> None:
        super().__init__(bias, sharpness, **kwargs)
        self._own = {
            **{"mean": tuple(mean), "scale": tuple(scale), "width": width, "units": units},
            **{"dilations": tuple(dilations), "components": components},
            **{"dropout": dropout, "bias": tuple(bias), "sharpness": tuple(sharpness)},
        }
        self.mean, self.scale = tuple(mean), tuple(scale)
        self.convolutions = [StreamingConv(width, dilation) for dilation in dilations]
        self.feel = keras.layers.Dense(width, use_bias=False)
        self.drop = keras.layers.SpatialDropout1D(dropout)
        self.even = keras.layers.LayerNormalization(epsilon=1e-4)
        self.recurrent = StreamingGRU(units)
        self.normalise = keras.layers.LayerNormalization(epsilon=1e-4)
        self.make_output(components)

    @property
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""
        return sum(length * width for length, width in self._pasts()) + self.recurrent.units

    def listen(
        self, features: Tensor, emotion: Tensor, past: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """[batch, time, units] what was heard up to each frame, and the past for the next call."""
        mean, scale = (ops.convert_to_tensor(part, "float32") for part in (self.mean, self.scale))
        frames, kept, start = (features - mean) / scale, [], 0
        for convolution, (length, width) in zip(self.convolutions, self._pasts(), strict=True):
            old = ops.reshape(past[:, start : start + length * width], (-1, length, width))
            heard, new = convolution(frames, old)
            frames = ops.relu(heard)
            kept.append(ops.reshape(new, (-1, length * width)))
            start += length * width
        felt = self.even(self.drop(frames, training=training) + self.feel(emotion))
        states, last = self.recurrent(felt, past[:, start:])
        return self.normalise(states), ops.concatenate([*kept, last], axis=-1)

    def _pasts(self) -> list[tuple[int, int]]:
        """Frames, and numbers in each, that every convolution needs of the past."""
        widths = [len(self.mean), *(convolution.width for convolution in self.convolutions)]
        return [(part.memory, width) for part, width in zip(self.convolutions, widths, strict=False)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._own}
