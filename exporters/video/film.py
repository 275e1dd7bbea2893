"""A clip → a film of it."""

from __future__ import annotations

from pathlib import Path

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.picture.drawing import Drawing, draw_frame
from exporters.picture.sheet import Watch
from exporters.video.codecs import check_memory, codec_of
from exporters.video.encode import encoding
from rigs import AnimationClip

LARGEST = 7680
"""Pixels of a side."""


def write_film(
    clip: AnimationClip,
    drawing: Drawing,
    file: Path,
    view: str = "front",
    size: tuple[int, int] = (512, 512),
    clear: bool = False,
    sound: Path | None = None,
    watch: Watch = iter,
) -> Path:
    """Writes the film whole or not at all, and returns its path; the suffix says of what kind it is.

    drawing  what draws the clip's rig
    size     width and height in pixels
    clear    whether the drawing's background is
    sound    a file that begins with the clip; of it as much is heard as the clip lasts
    watch    gets the numbers of the frames, and gives them as they are drawn

    Raises FormatError, in one line, when the film cannot be, or cannot be written.
    """
    codec_of(file, *size, clip.fps, clear)
    check_memory(file, *size, clip.frames)
    with (
        beside(file) as temporary,
        encoding(temporary, *size, clip.fps, clip.frames, clear, sound) as encoder,
    ):
        for frame in watch(range(clip.frames)):
            encoder.add(draw_frame(drawing, clip, frame, view, *size))
    return file


def check_size(width: int, height: int) -> None:
    """Raises FormatError for sides that no picture should have."""
    if not (16 <= width <= LARGEST and 16 <= height <= LARGEST):
        raise FormatError(f"pictures of {width}x{height} are none; expected 16 to {LARGEST} on a side")
