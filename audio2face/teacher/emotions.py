"""How an emotion changes a face, in ARKit weights at full strength."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from audio2face.errors import OptionError
from rigs import ARKIT_NAMES
from rigs.arrays import FloatArray

_BOTH = ("Left", "Right")
_SIDED: dict[str, dict[str, float]] = {
    "neutral": {},
    "joy": {
        "mouthSmile": 0.75,
        "cheekSquint": 0.6,
        "eyeSquint": 0.45,
        "mouthDimple": 0.15,
        "browOuterUp": 0.1,
    },
    "sadness": {"mouthFrown": 0.55, "eyeBlink": 0.18, "eyeLookDown": 0.15, "browInnerUp": 0.65},
    "anger": {"browDown": 0.85, "noseSneer": 0.4, "mouthPress": 0.3, "eyeSquint": 0.35, "mouthFrown": 0.15},
    "fear": {"eyeWide": 0.7, "mouthStretch": 0.4, "browInnerUp": 0.75, "browOuterUp": 0.2},
    "disgust": {
        "noseSneer": 0.7,
        "mouthUpperUp": 0.35,
        "browDown": 0.35,
        "mouthFrown": 0.2,
        "cheekSquint": 0.3,
    },
    "surprise": {"browInnerUp": 0.8, "browOuterUp": 0.9, "eyeWide": 0.8, "jawOpen": 0.25},
}
EMOTIONS: tuple[str, ...] = tuple(_SIDED)

JAW_GAIN = {"sadness": -0.25, "anger": 0.2, "fear": 0.05, "joy": 0.05, "surprise": 0.15}
"""How much wider or smaller the jaw swings while speaking, at full strength."""


def offsets(mix: Mapping[str, float]) -> FloatArray:
    """[52] ARKit offsets of a mix such as {"joy": 0.6}. Raises OptionError for an unknown emotion."""
    total = np.zeros(len(ARKIT_NAMES), np.float32)
    for emotion, strength in mix.items():
        for name, weight in _shape(emotion).items():
            total[ARKIT_NAMES.index(name)] += strength * weight
    return np.clip(total, 0.0, 1.0)


def jaw_gain(mix: Mapping[str, float]) -> float:
    """The factor by which a mix scales the jaw's swing."""
    return 1.0 + sum(JAW_GAIN.get(emotion, 0.0) * strength for emotion, strength in mix.items())


def _shape(emotion: str) -> dict[str, float]:
    if emotion not in _SIDED:
        raise OptionError(f"unknown emotion {emotion!r}; known are {', '.join(EMOTIONS)}")
    return {
        name: weight
        for stem, weight in _SIDED[emotion].items()
        for name in ([stem] if stem in ARKIT_NAMES else [stem + side for side in _BOTH])
    }
