"""What a dataset lists, before any of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from exporters import formats

DEFAULT_FPS = 30.0
"""Frames a second of motion that states none, as FACEGOOD's Maya export does."""

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff")
VIDEOS = (".mp4", ".mov", ".mpg", ".mpeg", ".avi", ".mkv", ".webm", ".m4v")
PLAIN_VALUES = "BS_value.npy"
VALUES = f"_{PLAIN_VALUES}"
NAMES = "BS_name.npy"
TABLE = "dataset.toml"


@dataclass(frozen=True, eq=False)
class Listed:
    """A take as its dataset names it; nothing of its motion has been read yet.

    audio     the sound, or None where there is none
    motion    a clip, weights, vertices or a video; None where there is none
    names     the file of channel names, where the take has one of its own
    fps       frames a second of motion that states none
    stated    whether somebody said that rate, or it is the default
    offset    seconds by which the motion comes later than its sound, to be taken back when it is read
    rows      [frames] of an array that several takes share, those of this one; None for all
    template  [vertices, 3] the speaker's face at rest, where the motion is vertices and it is known
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
    rows: npt.NDArray[Any] | None = None
    template: npt.NDArray[Any] | None = None

    @property
    def is_video(self) -> bool:
        """Whether the motion has to be tracked from a film first."""
        return self.motion is not None and self.motion.suffix.lower() in VIDEOS

    @property
    def is_vertices(self) -> bool:
        """Whether the motion is a sequence of vertices: an .npy without names of channels."""
        file = self.motion
        return (
            file is not None
            and file.suffix.lower() == ".npy"
            and not file.name.endswith(PLAIN_VALUES)
            and self.names is None
        )


def clip_suffixes() -> tuple[str, ...]:
    """Suffixes of the animation files that can be read back, in the table's order."""
    found = [suffix for entry in formats() if entry.readable for suffix in entry.suffixes if suffix != ".npy"]
    return tuple(dict.fromkeys(found))
