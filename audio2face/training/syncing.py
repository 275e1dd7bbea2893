"""By how much each take's motion is later than its sound, as a model hears it, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audio2face.dataset import MotionTake
from audio2face.dataset.checking.opening import heard_opening, opening, opening_channel
from audio2face.dataset.checking.sync import Fit, at_rate, fit
from audio2face.dataset.motion import Motion, shifted
from audio2face.models import Model

LEAST = 0.02
"""Seconds; a lag below is within what can be told."""


def find_offsets(takes: Sequence[MotionTake], model: Model) -> dict[str, Fit]:
    """{take: lag} for the takes in which something opens with the sound. `model` gives ARKit weights."""
    heard = {take.name: heard_opening(take.audio, model) for take in takes}
    motions = {
        take.name: Motion(take.motion.names, take.motion.weights, take.motion.fps, True) for take in takes
    }
    channel = opening_channel(motions, heard)
    found: dict[str, Fit] = {}
    for name, motion in motions.items():
        mouth = opening(motion, channel)
        lag = None if mouth is None else fit(at_rate(mouth, motion.fps), heard[name])
        if lag is not None:
            found[name] = lag
    return found


def aligned(takes: Sequence[MotionTake], offsets: Mapping[str, Fit]) -> list[MotionTake]:
    """Takes with a sure lag of LEAST seconds or more taken back; the others as they are."""
    return [_aligned(take, offsets.get(take.name)) for take in takes]


def _aligned(take: MotionTake, lag: Fit | None) -> MotionTake:
    if lag is None or not lag.sure or abs(lag.offset) < LEAST:
        return take
    return replace(take, motion=shifted(take.motion, lag.offset))
