"""What a face is to feel: a mix, tracks, or both added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from audio2face.emotion.track import EmotionTrack


@dataclass(frozen=True)
class Emotion:
    """The parts of an emotion; their strengths add up.

    mix     {name: strength}, all the time
    tracks  keyframes over time
    """

    mix: Mapping[str, float] = field(default_factory=dict)
    tracks: tuple[EmotionTrack, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether it changes over time."""
        return bool(self.tracks)

    @property
    def names(self) -> tuple[str, ...]:
        """All emotions that it may have, each once."""
        return tuple(dict.fromkeys([*self.mix, *(name for track in self.tracks for name in track.names)]))


def as_emotion(asked: Mapping[str, float] | Emotion | None) -> Emotion:
    """The same as an Emotion; a mapping is a mix, None is neutral."""
    return asked if isinstance(asked, Emotion) else Emotion(dict(asked or {}))
