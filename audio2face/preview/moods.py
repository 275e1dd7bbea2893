"""The same words under emotions, for a page's slider."""

from __future__ import annotations

from collections.abc import Callable

from audio2face.emotion import Emotion
from audio2face.models import LiteRTModel
from exporters.page import Mood
from rigs import AnimationClip

LONGEST = 20.0
"""Seconds up to which a page holds every emotion; of longer sound it holds the one that was asked for."""

Speak = Callable[[Emotion], AnimationClip]


def moods_of(
    speak: Speak, emotion: Emotion, said: str, names: tuple[str, ...]
) -> tuple[AnimationClip, tuple[Mood, ...]]:
    """The neutral clip, and its moods: what was asked for, and each emotion at full strength.

    speak    an emotion → the clip
    emotion  what was asked for, and
    said     in which words; nothing when neither was
    names    the emotions to offer beside it, without neutral
    """
    neutral = speak(Emotion())
    asked = (Mood(said, speak(emotion), asked=True),) if said else ()
    return neutral, asked + emotions_of(speak, neutral, names)


def emotions_of(speak: Speak, neutral: AnimationClip, names: tuple[str, ...]) -> tuple[Mood, ...]:
    """Each emotion at full strength; none when the clip is longer than LONGEST."""
    if neutral.duration > LONGEST:
        return ()
    return tuple(Mood(name, speak(Emotion({name: 1.0}))) for name in names)


def names_of(model: LiteRTModel) -> tuple[str, ...]:
    """The emotions of a model, without neutral."""
    return tuple(name for name in model.bundle.emotions if name != "neutral")
