"""The seam between the pipeline and whatever turns features into weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rigs import Rig
from rigs.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of a run of frames.

    weights  [frames, channels] float32
    past     [memory] float32, to be handed to the next call
    """

    weights: FloatArray
    past: FloatArray


class Model(Protocol):
    """Features → weights, in order, the past handed along.

    rig         channels of the weights
    fps         frames a second of features and weights
    front_end   name of the features it hears
    emotions    names of those that it knows, neutral among them
    look_ahead  frames by which weights lag behind features: weights n belong to frame n − look_ahead
    """

    @property
    def rig(self) -> Rig: ...
    @property
    def fps(self) -> int: ...
    @property
    def front_end(self) -> str: ...
    @property
    def look_ahead(self) -> int: ...
    @property
    def emotions(self) -> tuple[str, ...]: ...

    def start(self) -> FloatArray:
        """[memory] the past before the first frame."""
        ...

    def feel(self, mix: dict[str, float]) -> FloatArray:
        """[emotions] the emotion vector of a mix such as {"joy": 0.6}."""
        ...

    def predict(self, features: FloatArray, emotion: FloatArray, past: FloatArray) -> Prediction:
        """Weights for features [frames, features], under an emotion vector [emotions]."""
        ...
