"""What a face is to feel: a mix, tracks, what is heard in the voice, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from audio2face.emotion.auto_settings import AutoSettings
from audio2face.emotion.track import EmotionTrack

AUTO = "auto"
"""What is heard in the voice, among the names of emotions."""


@dataclass(frozen=True)
class Emotion:
    """The parts of an emotion; their strengths add up.

    mix     {name: strength}, all the time
    tracks  keyframes over time
    auto    how what is heard in the voice shows; None for not at all
    """

    mix: Mapping[str, float] = field(default_factory=dict)
    tracks: tuple[EmotionTrack, ...] = ()
    auto: AutoSettings | None = None

    @property
    def controls(self) -> dict[str, float]:
        """The mix, and the strength of what is heard as AUTO, if anything is."""
        return dict(self.mix) if self.auto is None else {**self.mix, AUTO: self.auto.strength}

    @property
    def moves(self) -> bool:
        """Whether it changes over time."""
        return bool(self.tracks) or self.auto is not None

    @property
    def names(self) -> tuple[str, ...]:
        """All emotions that it may have, each once."""
        return tuple(dict.fromkeys([*self.mix, *(name for track in self.tracks for name in track.names)]))


def as_emotion(asked: Mapping[str, float] | Emotion | None) -> Emotion:
    """The same as an Emotion; a mapping is a mix, None is neutral."""
    return asked if isinstance(asked, Emotion) else Emotion(dict(asked or {}))
