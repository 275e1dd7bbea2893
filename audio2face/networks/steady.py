"""A network that ships: its decisions made steady and consistent.

Lips cannot be sealed and on the teeth at once: where both are likely, the likelier wins, so that f and v are
not swallowed by an operating point that wants every p b m.

A decision may waver from frame to frame, and each frame is 8 ms: faster than any lip moves. So its mean over
seven frames counts, and the motion waits for the middle one.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from audio2face.networks.fusion import DECISIONS, fuse, gate
from audio2face.networks.network import CHANNELS, FaceNetwork

Tensor = Any

DELAY = 3
"""Frames that weights wait; they come to the network's own look-ahead."""
SPAN = 2 * DELAY + 1
"""Frames whose decisions are averaged."""


@keras.saving.register_keras_serializable("audio2face")
class SteadyNetwork(keras.layers.Layer):
    """Wraps a FaceNetwork; call and memory are of the same form, its answers DELAY frames later.

    The logits it gives are those of the averaged decisions, within ±2, where `fusion.gate` is linear.
    """

    def __init__(self, network: FaceNetwork, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network
        self._gates, self._motion = (SPAN - 1) * len(DECISIONS), DELAY * CHANNELS

    @property
    def memory(self) -> int:
        """Numbers of past that are carried from call to call."""
        return self.network.memory + self._gates + self._motion

    def call(self, features: Tensor, emotion: Tensor, past: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        own, gates = self.network.memory, self.network.memory + self._gates
        heard, kept = self.network.listen(features, emotion, past[:, :own])
        _, free, logits = self.network.show(heard, emotion)
        free, moved = _late(free, past[:, gates:], DELAY)
        decided, wavered = _mean(exclusive(logits), past[:, own:gates])
        logits = 4.0 * (decided - 0.5)
        weights = fuse(free, logits, self.network.rest(emotion))
        return weights, free, logits, ops.concatenate([kept, wavered, moved], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "network": self.network}


def exclusive(logits: Tensor) -> Tensor:
    """Gates [..., decisions] of logits; "closed" steps back where "teeth" is likelier."""
    gates = gate(logits)
    closed, teeth = logits[..., 0:1], logits[..., 1:2]
    touching = gate(teeth) * gate(teeth - closed)
    return ops.concatenate([gates[..., 0:1] * (1.0 - touching), gates[..., 1:]], axis=-1)


def _late(values: Tensor, past: Tensor, frames: int) -> tuple[Tensor, Tensor]:
    """Values [batch, time, width] that many frames later, and what to hand to the next call."""
    known = _known(values, past, frames)
    return known[:, :-frames], _flat(known[:, -frames:])


def _mean(gates: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """Gates [batch, time, decisions] averaged over SPAN frames that end here, and what to hand on."""
    known = _known(gates, past, SPAN - 1)
    last = SPAN - 1
    shifted = [known[:, start : ops.shape(known)[1] - last + start] for start in range(SPAN)]
    return sum(shifted[1:], shifted[0]) / SPAN, _flat(known[:, -last:])


def _known(values: Tensor, past: Tensor, frames: int) -> Tensor:
    return ops.concatenate([ops.reshape(past, (-1, frames, values.shape[-1])), values], axis=1)


def _flat(values: Tensor) -> Tensor:
    return ops.reshape(values, (-1, values.shape[1] * values.shape[2]))
