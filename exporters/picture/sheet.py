"""Sheets of several pictures with labels: named poses in a grid, or moments of a clip in a row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.picture.render import Picture, Renderer
from rigs.clip import AnimationClip
from rigs.rig import Rig

Labelled = tuple[str, Picture]

_INK, _PAPER = (235, 237, 240), (30, 32, 36)
_SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def write_sheet(
    rig: Rig,
    poses: Mapping[str, Mapping[str, float]],
    path: Path,
    view: str = "front",
    size: int = 256,
    columns: int | None = None,
) -> None:
    """Writes a grid with one picture of each named pose, {label: {channel: weight}}.

    Raises FormatError when there are no poses, the rig has no mesh, the view is unknown, or the suffix is no
    picture's.
    """
    if not poses:
        raise FormatError("a sheet needs at least one pose")
    renderer = Renderer(rig)
    tiles = ((label, renderer.draw(dict(weights), view, size, size)) for label, weights in poses.items())
    write_image(_grid(list(tiles), columns or math.ceil(math.sqrt(len(poses)))), path)


def write_strip(
    clip: AnimationClip,
    rig: Rig,
    path: Path,
    times: Sequence[float] | None = None,
    view: str = "front",
    size: int = 256,
) -> None:
    """Writes frames of a clip side by side, each labelled with its time.

    times  seconds, each shown by the nearest frame; None takes eight, evenly spread

    Raises FormatError when a time lies outside the clip, and as `write_sheet` does.
    """
    frames = [_frame(clip, time) for time in (_spread(clip) if times is None else times)]
    if not frames:
        raise FormatError("a strip needs at least one time")
    renderer = Renderer(rig)
    tiles = [(f"{frame / clip.fps:.2f} s", draw_frame(renderer, clip, frame, view, size)) for frame in frames]
    write_image(_grid(tiles, len(tiles)), path)


def draw_frame(renderer: Renderer, clip: AnimationClip, frame: int, view: str, size: int) -> Picture:
    """[size, size, 3] one frame of a clip, with the turn of its head."""
    weights = dict(zip(clip.names, clip.weights[frame].tolist(), strict=True))
    turn = None if clip.head is None else tuple(clip.head[frame].tolist())
    return renderer.draw(weights, view, size, size, turn)


def write_image(image: Image.Image, path: Path) -> None:
    """Writes a picture whole or not at all. Raises FormatError when the suffix is not one of a picture."""
    form = _SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise FormatError(f"{path.name} is no picture; end its name with one of {', '.join(_SUFFIXES)}")
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
    high, wide, _ = pictures[0].shape
    rows = math.ceil(len(pictures) / columns)
    sheet = np.empty((rows * high, columns * wide, 3), dtype=np.uint8)
    sheet[:] = _PAPER
    for number, picture in enumerate(pictures):
        top, left = number // columns * high, number % columns * wide
        sheet[top : top + high, left : left + wide] = picture
    return Image.fromarray(sheet)


def _labelled(label: str, picture: Picture) -> Picture:
    """The picture with its label on a band below."""
    high, wide, _ = picture.shape
    band = max(14, wide // 12)
    image = Image.new("RGB", (wide, high + band), _PAPER)
    image.paste(Image.fromarray(picture))
    font = ImageFont.load_default(size=max(9, round(band * 0.72)))
    ImageDraw.Draw(image).text((wide / 2, high + band / 2), label, _INK, font, anchor="mm")
    return np.asarray(image)
