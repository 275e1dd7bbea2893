"""The same words under emotions, for a page's slider."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audio2face.models import LiteRTModel
from exporters.page import Mood
from rigs import AnimationClip

LONGEST = 20.0
"""Seconds up to which a page holds every emotion; of longer sound it holds the one that was asked for."""

Speak = Callable[[Mapping[str, float]], AnimationClip]


def moods_of(
    speak: Speak, mix: Mapping[str, float], names: tuple[str, ...]
) -> tuple[AnimationClip, tuple[Mood, ...]]:
    """The neutral clip, and its moods: the mix that was asked for, and each emotion at full strength.

    speak  a mix of emotions → the clip
    names  the emotions to offer beside the mix, without neutral
    """
    neutral = speak({})
    asked = (Mood(mixed_name(mix), speak(mix), asked=True),) if mix else ()
    return neutral, asked + emotions_of(speak, neutral, names)


def emotions_of(speak: Speak, neutral: AnimationClip, names: tuple[str, ...]) -> tuple[Mood, ...]:
    """Each emotion at full strength; none when the clip is longer than LONGEST."""
    if neutral.duration > LONGEST:
        return ()
    return tuple(Mood(name, speak({name: 1.0})) for name in names)


def names_of(model: LiteRTModel) -> tuple[str, ...]:
    """The emotions of a model, without neutral."""
    return tuple(name for name in model.bundle.emotions if name != "neutral")


def mixed_name(mix: Mapping[str, float]) -> str:
    """{"joy": 0.6} → joy=0.6."""
    return ",".join(f"{name}={strength:g}" for name, strength in mix.items())
