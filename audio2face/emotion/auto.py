"""What is heard in the voice → strengths of emotions in the face, every 200 ms."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from audio2face.emotion.auto_settings import AutoSettings
from audio2face.emotion.descriptors import CHUNK
from audio2face.emotion.hearing import Hearing
from audio2face.emotion.recogniser import CLASSES, Recogniser
from audio2face.features.clock import SAMPLE_RATE
from rigs.arrays import FloatArray

FELT: Mapping[str, Mapping[str, float]] = {
    "joy": {"joy": 1.0},
    "sadness": {"sadness": 1.0},
    "anger": {"anger": 1.0},
    "fear": {"fear": 1.0},
    "disgust": {"disgust": 1.0},
    "boredom": {"sadness": 0.3},
}
"""The face of each class; boredom has none and looks a little sad. Nothing sounds like surprise."""
EMOTIONS = tuple(dict.fromkeys(name for face in FELT.values() for name in face))
_FACES = np.array([[FELT.get(heard, {}).get(name, 0.0) for name in EMOTIONS] for heard in CLASSES])


class Auto:
    """Strengths over time, before that of the settings: `push` the sound, then ask `at` a sample of it."""

    def __init__(self, recogniser: Recogniser, settings: AutoSettings) -> None:
        self._hearing = Hearing(recogniser)
        self._settings = settings
        self._share = 1 - math.exp(-CHUNK / SAMPLE_RATE / settings.smooth)
        self._felt = np.zeros(len(EMOTIONS))
        self._ready: deque[tuple[int, FloatArray]] = deque([(0, self._felt.astype(np.float32))])

    def push(self, samples: FloatArray) -> None:
        """Hears samples [samples] at 16 kHz."""
        for opinion in self._hearing.push(samples):
            target = opinion.sure * shown(opinion.likely, self._settings)
            self._felt = self._felt + self._share * (target - self._felt)
            self._ready.append((opinion.end, self._felt.astype(np.float32)))

    def at(self, sample: int) -> FloatArray:
        """[len(EMOTIONS)] strengths as far as sound before a sample tells; samples must not go back."""
        while len(self._ready) > 1 and self._ready[1][0] <= sample:
            self._ready.popleft()
        return self._ready[0][1]


def shown(likely: npt.NDArray[np.float64], settings: AutoSettings) -> npt.NDArray[np.float64]:
    """[len(EMOTIONS)] the strengths that shares [len(CLASSES)] are shown with, 1 where there is no doubt."""
    sharp = np.maximum(likely, 1e-9) ** settings.contrast
    sharp[0] *= settings.neutral
    strengths: npt.NDArray[np.float64] = (sharp / sharp.sum()) @ _FACES
    return strengths
