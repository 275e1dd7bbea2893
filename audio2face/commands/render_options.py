"""What `audio2face render` is told, checked before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from audio2face.errors import OptionError
from exporters.beside import check_place
from exporters.picture import PICTURES, VIEWS, Background, named_background
from exporters.video import CODECS, RENDERERS, check_size, find_ffmpeg

FILM_SIZE, PICTURE_SIZE = 512, 256
"""Pixels of a side where --size is not given."""


@dataclass(frozen=True)
class Look:
    """How it is drawn.

    view        a camera preset
    size        width and height of a picture, in pixels
    background  what is behind the head
    renderer    auto, gl or software
    """

    view: str
    size: tuple[int, int]
    background: Background
    renderer: str


def look_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--camera --size --background --renderer`, as arguments of those names."""
    for option in (
        click.option(
            "--renderer",
            type=click.Choice(RENDERERS),
            default="auto",
            show_default=True,
            help="What draws: OpenGL, or the processor alone; auto takes OpenGL where there is one.",
        ),
        click.option(
            "--background",
            metavar="COLOUR",
            help="transparent, or a colour such as #1e2024; else a gradient.",
        ),
        click.option(
            "--size",
            metavar="N|WxH",
            help=f"Pixels of a picture; {FILM_SIZE} for a film, {PICTURE_SIZE} for each of a strip or sheet.",
        ),
        click.option(
            "--camera",
            type=click.Choice(list(VIEWS)),
            help="From where; front for a film, close for a strip or sheet.",
        ),
    ):
        function = option(function)
    return function


def is_film(output: Path) -> bool:
    """Whether a film is asked for, not a picture. Raises OptionError when the suffix is neither's."""
    suffix = output.suffix.lower()
    if suffix not in CODECS and suffix not in PICTURES:
        raise OptionError(
            f"{output}: unknown suffix {output.suffix!r}; films end in {', '.join(CODECS)} and pictures in "
            f"{', '.join(PICTURES)}"
        )
    return suffix in CODECS


def check_output(source: Path, output: Path, keep: tuple[Path, ...]) -> None:
    """Raises FaceError when nothing can be written there, or an input would be written over."""
    check_place(output)
    for file in (source, *keep):
        if output.exists() and file.exists() and output.samefile(file):
            raise OptionError(f"{output} is an input and would be overwritten; choose another output")
    if is_film(output):
        find_ffmpeg()


def look(camera: str | None, size: str | None, background: str | None, renderer: str, film: bool) -> Look:
    """The options as they are meant. Raises FaceError."""
    usual = FILM_SIZE if film else PICTURE_SIZE
    sides = picture_size(size) if size else (usual, usual)
    view = camera or ("front" if film else "close")
    return Look(view, sides, named_background(background), renderer)


def picture_size(text: str) -> tuple[int, int]:
    """512 → (512, 512); 1280x720 → (1280, 720). Raises OptionError, and FormatError outside what can be."""
    found = re.fullmatch(r"(\d{1,5})(?:[xX×](\d{1,5}))?", text)
    if found is None:
        raise OptionError(
            f"--size is {text[:20]!r}; expected a number such as 512, or a pair such as 1280x720"
        )
    size = int(found[1]), int(found[2] or found[1])
    check_size(*size)
    return size


def moments(text: str | None) -> list[float] | None:
    """`0.5,1.2` → [0.5, 1.2]. Raises OptionError."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise OptionError(f"--at is {text[:40]!r}; expected seconds, such as 0.5,1.2") from None
