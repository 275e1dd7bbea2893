"""The systems that are always scored side by side: mean pose, loudness, the teacher, the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio2face.features import FRAME_RATE, SAMPLE_RATE, FrontEnd
from audio2face.models import Model
from audio2face.pipeline import animate
from audio2face.sources import ArraySource
from audio2face.teacher import Segment, teach
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray

RMS_WINDOW = 0.025
"""Seconds."""


def loudness(samples: FloatArray) -> AnimationClip:
    """The bar to clear: jawOpen = √RMS of the sound [samples] at 16 kHz, nothing else."""
    window = round(RMS_WINDOW * SAMPLE_RATE)
    power = np.convolve(samples.astype(np.float64) ** 2, np.full(window, 1 / window), "same")
    frames = max(1, len(samples) * FRAME_RATE // SAMPLE_RATE)
    places = np.minimum(np.arange(frames) * SAMPLE_RATE // FRAME_RATE, len(samples) - 1)
    weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    weights[:, ARKIT_NAMES.index("jawOpen")] = np.sqrt(np.sqrt(np.maximum(power[places], 0.0)))
    return AnimationClip(ARKIT_NAMES, np.clip(weights, 0.0, 1.0), FRAME_RATE)


def teacher(samples: FloatArray, phones: Sequence[Segment]) -> AnimationClip:
    """What the teacher makes of the true phones."""
    features = FrontEnd("mel").push(samples)
    return AnimationClip(ARKIT_NAMES, teach(phones, len(features), features[:, -1]).weights, FRAME_RATE)


def mean_pose(clip: AnimationClip) -> AnimationClip:
    """A clip frozen in its mean."""
    return AnimationClip(clip.names, np.tile(clip.weights.mean(0), (clip.frames, 1)), clip.fps)


def model(samples: FloatArray, network: Model) -> AnimationClip:
    """What a model makes of the sound, at the clock's own rate."""
    return animate(ArraySource(samples, SAMPLE_RATE, block_seconds=16.0), network, FRAME_RATE)
