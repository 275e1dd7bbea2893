"""Blocks of sound in, frames of a face out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from audio2face.models import Model
from audio2face.pipeline import Adjustment
from audio2face.weights import WeightStream
from rigs import Retarget, WeightFrame
from rigs.arrays import FloatArray


class LiveFace:
    """The weights of `pipeline.animate`, a few frames at a time.

    model    runs the sound
    fps      frames a second, 1 to 120
    emotion  mix of the model's emotions
    gains    {channel: factor}
    how      the map to another rig, whose channels then are the frames'; None for the model's own

    Raises OptionError for values that the model cannot take.
    """

    def __init__(
        self,
        model: Model,
        fps: float,
        emotion: Mapping[str, float],
        gains: Mapping[str, float],
        how: Retarget | None = None,
    ) -> None:
        self.names, self.fps = model.rig.names if how is None else how.names, fps
        self._own_names, self._how = model.rig.names, how
        self._stream = WeightStream(model, fps, emotion)
        self._adjust = Adjustment(model, gains)
        self._count = 0
        self._waiting: list[FloatArray] = []
        self._heard = 0

    @property
    def latency(self) -> float:
        """Seconds by which frames lag behind the sound that they belong to."""
        return self._stream.latency

    def push(self, samples: FloatArray) -> list[WeightFrame]:
        """The frames that [samples] at 16 kHz complete; frame n is the face at n / fps seconds of sound.

        Sound that completes none waits for the sound that does: at 30 fps two thirds of the work are saved.
        """
        self._waiting.append(samples)
        self._heard += len(samples)
        if self._heard < self._stream.needed:
            return []
        return self._framed(self._stream.push(self._take()))

    def finish(self) -> list[WeightFrame]:
        """The frames that were still waiting for sound to come."""
        rest = self._framed(self._stream.push(self._take())) if self._waiting else []
        return rest + self._framed(self._stream.finish())

    def _take(self) -> FloatArray:
        """[samples] all that wait."""
        samples, self._waiting = np.concatenate(self._waiting), []
        return samples

    def rest(self) -> WeightFrame:
        """The face at rest, after all frames so far."""
        return self._framed(np.zeros((1, len(self._own_names)), np.float32))[0]

    def _framed(self, weights: FloatArray) -> list[WeightFrame]:
        if not len(weights):
            return []
        first, self._count = self._count, self._count + len(weights)
        rows = self._adjust(weights)
        if self._how is not None:
            rows = self._how.apply(rows, self._own_names)
        return [WeightFrame((first + index) / self.fps, row) for index, row in enumerate(rows)]
