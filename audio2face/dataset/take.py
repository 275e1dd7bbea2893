"""One recording of a character."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audio2face.errors import TrainingError
from rigs import AnimationClip

SPLITS = ("train", "check", "test")
"""Learned from; watched while learning, and stopped by; only scored."""


@dataclass(frozen=True, eq=False)
class MotionTake:
    """A sound and the motion of a rig while it was spoken; frame 0 is the face at the sound's first sample.

    name     unique within a dataset
    audio    any sound file that FileSource reads
    motion   weights of the character's own channels, at their own rate
    speaker  who is heard, and whose style it is
    emotion  name of the mood it was performed in, or "" when nobody says
    split    one of SPLITS

    Raises TrainingError for an unknown split and an empty name.
    """

    name: str
    audio: Path
    motion: AnimationClip
    speaker: str = "speaker"
    emotion: str = ""
    split: str = "train"

    def __post_init__(self) -> None:
        if not self.name:
            raise TrainingError(f"a take with the sound {self.audio} has no name; name every take")
        if self.split not in SPLITS:
            raise TrainingError(f"take {self.name}: split {self.split!r}; known are {', '.join(SPLITS)}")
