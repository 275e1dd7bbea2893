"""The systems that are always scored side by side: mean pose, loudness, the teacher, the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.features import FRAME_RATE, SAMPLE_RATE, WINDOW, FrontEnd
from audio2face.models import Model
from audio2face.pipeline import adjust
from audio2face.teacher import EMOTIONS, Segment, teach
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray

RMS_WINDOW = 0.025
"""Seconds."""
SYSTEMS = ("at rest", "mean pose", "loudness", "teacher", "components", "model")
"""In the order of the report; the first and the fifth are of vertices."""
BLOCK = 16 * SAMPLE_RATE
"""Samples whose features are computed at a time."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Sound and what a front end makes of it, computed once for all systems.

    samples   [samples] at 16 kHz
    features  [≥ frames, features], as far as a model looks ahead of the last frame
    """

    samples: FloatArray
    features: FloatArray

    @property
    def frames(self) -> int:
        """Frames that the sound is worth on the clock."""
        return max(1, round(len(self.samples) / SAMPLE_RATE * FRAME_RATE))


def hear(samples: FloatArray, network: Model) -> Heard:
    """The features that a model hears, and silence after them as `WeightStream` adds it."""
    front_end = FrontEnd(network.front_end)
    silence = WINDOW // 2 + (network.look_ahead + 4) * SAMPLE_RATE // FRAME_RATE
    whole = np.concatenate([samples, np.zeros(silence, np.float32)])
    parts = [front_end.push(whole[start : start + BLOCK]) for start in range(0, len(whole), BLOCK)]
    return Heard(samples, np.concatenate(parts))


def model(heard: Heard, network: Model, emotion: Mapping[str, float] | None = None) -> AnimationClip:
    """What a model makes of the sound, at the clock's own rate; the same as `pipeline.animate`."""
    answer = network.predict(heard.features, network.feel(dict(emotion or {})), network.start())
    weights = answer.weights[network.look_ahead :][: heard.frames]
    return AnimationClip(network.rig.names, adjust(weights, network, {}), FRAME_RATE)


def loudness(samples: FloatArray) -> AnimationClip:
    """The bar to clear: jawOpen = √RMS of the sound [samples] at 16 kHz, nothing else."""
    window = round(RMS_WINDOW * SAMPLE_RATE)
    energy = np.concatenate([np.zeros(window // 2), samples.astype(np.float64) ** 2, np.zeros(window // 2)])
    passed = np.concatenate([[0.0], np.cumsum(energy)])
    power = (passed[window:] - passed[:-window]) / window
    frames = max(1, len(samples) * FRAME_RATE // SAMPLE_RATE)
    places = np.minimum(np.arange(frames) * SAMPLE_RATE // FRAME_RATE, len(samples) - 1)
    weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    weights[:, ARKIT_NAMES.index("jawOpen")] = np.sqrt(np.sqrt(np.maximum(power[places], 0.0)))
    return AnimationClip(ARKIT_NAMES, np.clip(weights, 0.0, 1.0), FRAME_RATE)


def teacher(
    heard: Heard, phones: Sequence[Segment], emotion: Mapping[str, float] | None = None
) -> AnimationClip:
    """What the teacher makes of the true phones; of an emotion, what it knows of it."""
    mix = {name: strength for name, strength in (emotion or {}).items() if name in EMOTIONS}
    loud = heard.features[: heard.frames, -1]
    return AnimationClip(ARKIT_NAMES, teach(phones, heard.frames, loud, mix).weights, FRAME_RATE)


def mean_pose(clip: AnimationClip) -> AnimationClip:
    """A clip frozen in its mean."""
    return AnimationClip(clip.names, np.tile(clip.weights.mean(0), (clip.frames, 1)), clip.fps)
