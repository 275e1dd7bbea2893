"""A gated recurrent unit whose state is carried along by the caller."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any

LONGEST_UNROLLED = 64
"""Frames up to which the steps are written out one by one: what the runtime needs, because LiteRT runs a
plain sequence of operations faster than a loop. Longer ones, in training, are a loop."""


@keras.saving.register_keras_serializable("audio2face")
class Gate(keras.layers.Layer):
    """One step of the gated recurrent unit, from an input that already went through its own matrix.

    Source: Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014, with the
    reset gate after the recurrent matrix, so that a step is a single matrix product.
    call(mixed [batch, 3·units], [state [batch, units]]) → state, [state]; the thirds are update, reset and
    candidate.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units
        self.recall = keras.layers.Dense(3 * units, kernel_initializer="orthogonal")

    def build(self, _: Any = None) -> None:
        self.recall.build((None, self.units))

    def call(self, mixed: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        (state,) = states
        recalled = self.recall(state)
        update, reset = ops.split(
            ops.sigmoid(mixed[:, : 2 * self.units] + recalled[:, : 2 * self.units]), 2, axis=-1
        )
        candidate = ops.tanh(mixed[:, 2 * self.units :] + reset * recalled[:, 2 * self.units :])
        state = candidate + update * (state - candidate)
        return state, [state]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("audio2face")
class StreamingGRU(keras.layers.Layer):
    """A gated recurrent unit over time.

    call(frames [batch, time, width], state [batch, units]) → states [batch, time, units], the last state.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        # All frames at once: only what depends on the state has to wait for it.
        self.mix = keras.layers.Dense(3 * units)
        self.gate = Gate(units)
        self.loop = keras.layers.RNN(self.gate, return_sequences=True, return_state=True)

    def build(self, frames_shape: tuple[int | None, ...], state_shape: tuple[int | None, ...]) -> None:
        self.mix.build(frames_shape)
        self.loop.build((*frames_shape[:-1], 3 * self.units))

    def call(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        mixed = self.mix(frames)
        time = frames.shape[1]
        if time is None or time > LONGEST_UNROLLED:
            return tuple(self.loop(mixed, initial_state=[state]))
        states = []
        for frame in range(time):
            state, _ = self.gate(mixed[:, frame], [state])
            states.append(state)
        return ops.stack(states, axis=1), state

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}
