"""How much a reader believes a file that names a size: hours of animation, not 4 GB of nothing."""

from __future__ import annotations

from pathlib import Path

from exporters.errors import FormatError

FRAMES = 10_000_000
"""46 hours at 60 fps."""

VALUES = 1 << 28
"""Frames times channels; 1 GB as float32, the largest array that the npz reader takes too."""


def check_size(frames: float, channels: int) -> int:
    """The number of frames, if a clip of that size is within reason. Raises FormatError when it is not."""
    if not 1 <= frames <= FRAMES or frames * max(channels, 1) > VALUES:
        raise FormatError(
            f"it says {frames:.6g} frames of {channels} channels; a clip has 1 to {FRAMES} frames"
        )
    return int(frames)


def beginning(file: Path, length: int = 1 << 16) -> str:
    """The first bytes of a file as text, however wrong; empty when it cannot be opened."""
    try:
        with file.open("rb") as stream:
            return stream.read(length).decode("utf-8", errors="replace")
    except OSError:
        return ""
