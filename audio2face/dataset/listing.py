"""What a dataset lists, before any of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exporters import formats

DEFAULT_FPS = 30.0
"""Frames a second of motion that states none, as FACEGOOD's Maya export does."""

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff")
VIDEOS = (".mp4", ".mov", ".mpg", ".mpeg", ".avi", ".mkv", ".webm", ".m4v")
VALUES = "_BS_value.npy"
NAMES = "BS_name.npy"
TABLE = "dataset.toml"


@dataclass(frozen=True)
class Listed:
    """A take as its dataset names it; nothing of it has been opened yet.

    audio    the sound, or None where there is none
    motion   a clip, weights, vertices or a video; None where there is none
    names    the file of channel names, where the take has one of its own
    fps      frames a second of motion that states none
    stated   whether somebody said that rate, or it is the default
    offset   seconds by which the motion comes later than its sound, to be taken back when it is read
    """

    name: str
    audio: Path | None
    motion: Path | None
    names: Path | None = None
    speaker: str = "speaker"
    emotion: str = ""
    split: str = "train"
    fps: float = DEFAULT_FPS
    stated: bool = False
    offset: float = 0.0

    @property
    def is_video(self) -> bool:
        """Whether the motion has to be tracked from a film first."""
        return self.motion is not None and self.motion.suffix.lower() in VIDEOS


def clip_suffixes() -> tuple[str, ...]:
    """Suffixes of the animation files that can be read back, the table's order."""
    found = [entry.suffix for entry in formats() if entry.readable and entry.suffix != ".npy"]
    return tuple(dict.fromkeys(found))
