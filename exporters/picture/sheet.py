"""Sheets of several pictures with labels: named poses in a grid, or moments of a clip in a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.picture.drawing import Drawing, Picture, draw_frame
from exporters.picture.render import Renderer
from rigs.clip import AnimationClip
from rigs.rig import Rig

Labelled = tuple[str, Picture]

_INK, _PAPER = (235, 237, 240), (30, 32, 36)
_GREY = (128, 128, 128)
"""Ink that reads on white and on black, where there is no paper."""
PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Suffixes of pictures, and what Pillow calls them."""
Size = int | tuple[int, int]
"""Pixels of one picture: a side of a square, or width and height."""
Watch = Callable[[Sequence[Any]], Iterable[Any]]
"""Gives what it gets, one after the other, and perhaps shows how far that is."""


def write_sheet(
    rig: Rig,
    poses: Mapping[str, Mapping[str, float]],
    path: Path,
    view: str = "front",
    size: Size = 256,
    columns: int | None = None,
    drawing: Drawing | None = None,
    labels: bool = True,
    watch: Watch = iter,
) -> None:
    """Writes a grid with one picture of each named pose, {label: {channel: weight}}.

    columns  pictures in a row; as many as there are rows when None
    drawing  what draws the rig; the processor when None
    labels   whether each has its label below

    Raises FormatError when there are no poses, the rig has no mesh, the view is unknown, or the suffix is no
    picture's.
    """
    if not poses:
        raise FormatError("a sheet needs at least one pose")
    drawing, sides = drawing or Renderer(rig), _sides(size)
    tiles = [
        (label if labels else "", drawing.draw(dict(poses[label]), view, *sides))
        for label in watch(list(poses))
    ]
    write_image(_grid(tiles, columns or math.ceil(math.sqrt(len(tiles)))), path)


def write_strip(
    clip: AnimationClip,
    rig: Rig,
    path: Path,
    times: Sequence[float] | None = None,
    view: str = "front",
    size: Size = 256,
    columns: int | None = None,
    drawing: Drawing | None = None,
    labels: bool = True,
    watch: Watch = iter,
) -> None:
    """Writes frames of a clip side by side, each labelled with its time.

    times  seconds, each shown by the nearest frame; None takes eight, evenly spread

    The rest is that of `write_sheet`; None puts all into one row. Raises FormatError when a time lies outside
    the clip, and as `write_sheet` does.
    """
    frames = [_frame(clip, time) for time in (_spread(clip) if times is None else times)]
    if not frames:
        raise FormatError("a strip needs at least one time")
    drawing, sides = drawing or Renderer(rig), _sides(size)
    tiles = [
        (
            f"{frame / clip.fps:.2f} s" if labels else "",
            draw_frame(drawing, clip, frame, view, *sides),
        )
        for frame in watch(frames)
    ]
    write_image(_grid(tiles, columns or len(tiles)), path)


def _sides(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def write_image(image: Image.Image, path: Path) -> None:
    """Writes a picture whole or not at all.

    Raises FormatError when the suffix is not one of a picture, or of one that cannot be clear or that large.
    """
    form = PICTURES.get(path.suffix.lower())
    if form is None:
        raise FormatError(f"{path.name} is no picture; end its name with one of {', '.join(PICTURES)}")
    if form == "JPEG" and image.mode == "RGBA":
        raise FormatError(f"{path.name} cannot be transparent; end its name with .png or .webp")
    most = {"JPEG": 65_500, "WEBP": 16_383}.get(form, 1 << 20)
    if max(image.size) > most:
        wide, high = image.size
        raise FormatError(f"{path.name} would be {wide}x{high} and may be {most} on a side; write a .png")
    with beside(path) as temporary:
        image.save(temporary, form)


def _spread(clip: AnimationClip) -> list[float]:
    count = min(8, clip.frames)
    return [(place + 0.5) / count * clip.frames // 1 / clip.fps for place in range(count)]


def _frame(clip: AnimationClip, time: float) -> int:
    """The frame nearest to a time. Raises FormatError outside the clip."""
    if not 0 <= time <= clip.duration:
        raise FormatError(f"no frame at {time:g} s; the clip runs from 0 to {clip.duration:.2f} s")
    return min(round(time * clip.fps), clip.frames - 1)


def _grid(tiles: Iterable[Labelled], columns: int) -> Image.Image:
    pictures = [_labelled(label, picture) for label, picture in tiles]
    high, wide, depth = pictures[0].shape
    rows = math.ceil(len(pictures) / columns)
    sheet = np.empty((rows * high, min(columns, len(pictures)) * wide, depth), dtype=np.uint8)
    sheet[:] = (*_PAPER, 0)[:depth]
    for number, picture in enumerate(pictures):
        top, left = number // columns * high, number % columns * wide
        sheet[top : top + high, left : left + wide] = picture
    return Image.fromarray(sheet)


def _labelled(label: str, picture: Picture) -> Picture:
    """The picture with its label on a band below, as small as it must be; without a label as it is."""
    if not label:
        return picture
    high, wide, depth = picture.shape
    band = max(14, wide // 12)
    clear = depth == 4
    image = Image.new("RGBA" if clear else "RGB", (wide, high + band), (*_PAPER, 0)[:depth])
    image.paste(Image.fromarray(picture))
    size = max(9, round(band * 0.72))
    length = ImageFont.load_default(size=size).getlength(label)
    font = ImageFont.load_default(size=max(6, min(size, int(size * 0.96 * wide / max(length, 1)))))
    ink = (*_GREY, 255) if clear else _INK
    ImageDraw.Draw(image).text((wide / 2, high + band / 2), label, ink, font, anchor="mm")
    return np.asarray(image)
