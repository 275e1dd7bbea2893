"""The whole path in one place: a source of sound and a model give a clip."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from audio2face.emotion import Emotion
from audio2face.knobs import FaceSettings, Knobs
from audio2face.life import Life, LifeSettings
from audio2face.life.motion import joined
from audio2face.models import Model
from audio2face.sources import AudioSource
from audio2face.weights import WeightStream
from rigs import AnimationClip
from rigs.arrays import FloatArray

DEFAULT_FPS = 60.0


def animate(
    source: AudioSource,
    model: Model,
    fps: float = DEFAULT_FPS,
    emotion: Mapping[str, float] | Emotion | None = None,
    gains: Mapping[str, float] | None = None,
    audio: str | None = None,
    life: LifeSettings | None = None,
    seed: int = 0,
    settings: FaceSettings | None = None,
) -> AnimationClip:
    """Speech → an animation clip with the channels of the model's rig.

    fps      frames a second, 1 to 120
    emotion  mix of the model's emotions, such as {"joy": 0.6}, or an Emotion that moves
    gains    {channel: factor} by which weights are multiplied before they are clamped to the channel's range
    audio    what the clip says its sound is
    life     how the head, eyes and brows move; None for the mouth and the emotion alone
    seed     of life
    settings strengths, smoothing, offsets and channels; what they say of life is `settings.life`

    Raises SoundError, OptionError, ModelError.
    """
    knobs = Knobs(model.rig, fps, settings, gains)
    stream = WeightStream(model, fps, emotion)
    alive = None if life is None else Life(seed, fps, life)
    parts, moved = [], []
    for block in source:
        parts.append(stream.push(block.samples))
        if alive:
            moved.append(alive.push(block.samples))
    weights = np.concatenate([*parts, stream.finish()])
    motion = joined([*moved, alive.finish()]) if alive else None
    head = motion.head if motion and alive and alive.settings.head else None
    return AnimationClip(model.rig.names, knobs(weights, motion), fps, head, audio)


def adjust(weights: FloatArray, model: Model, gains: Mapping[str, float]) -> FloatArray:
    """Weights [frames, channels] with gains applied, clamped to each channel's range.

    Raises OptionError for a channel that the model's rig does not have.
    """
    return Knobs(model.rig, DEFAULT_FPS, gains=gains)(weights)
