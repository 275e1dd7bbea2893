"""What `audio2face render` makes: films, strips and sheets, and what is said of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from audio2face.commands.render_options import Look
from audio2face.commands.stopping import Stopping, stopping
from audio2face.commands.talk import say
from audio2face.errors import OptionError
from audio2face.preview import sound_track
from audio2face.showing import Shown, rig_name
from exporters.picture import Drawing, shape_poses, write_sheet, write_strip
from exporters.video import codec_of, opened, write_film
from rigs import Rig

Watch = Callable[[Sequence[Any]], Iterable[Any]]
Result = dict[str, Any]
Grid = dict[str, Any]
"""`columns` and `labels` of a strip or sheet."""


def render_film(shown: Shown, heard: Path | None, output: Path, seen: Look) -> Result:
    """Writes the film; what `--json` tells of it."""
    clip, clear = shown.clip, seen.background.clear
    codec = codec_of(output, *seen.size, clip.fps, clear)
    if heard is None and clip.audio and codec.sound:
        say(f"the sound it names, {clip.audio}, is not there; name one with --sound")
    heard = heard if codec.sound else None
    with _drawing(shown.rig, seen, "frame") as (drawing, watch), sound_track(heard, output.parent) as track:
        write_film(clip, drawing, output, seen.view, seen.size, clear, track, watch)
        result = _result("film", drawing, shown.name, clip.frames, seen)
    sound = None if heard is None else str(heard)
    return result | {"sound": sound, "seconds": round(clip.duration, 3), "fps": clip.fps}


def render_strip(shown: Shown, output: Path, times: list[float], seen: Look, grid: Grid) -> Result:
    """Writes the moments at those seconds; what `--json` tells of it."""
    with _drawing(shown.rig, seen, "picture") as (drawing, watch):
        how = {**grid, "drawing": drawing, "watch": watch}
        write_strip(shown.clip, shown.rig, output, times, seen.view, seen.size, **how)
        return _result("strip", drawing, shown.name, len(times), seen)


def render_sheet(rig: Rig, output: Path, seen: Look, grid: Grid) -> Result:
    """Writes all shapes; what `--json` tells of it."""
    name, poses = rig_name(rig), shape_poses(rig)
    if len(poses) == 1:
        raise OptionError(f"the mesh of {name} has no shapes to draw")
    with _drawing(rig, seen, "picture") as (drawing, watch):
        write_sheet(rig, poses, output, seen.view, seen.size, **grid, drawing=drawing, watch=watch)
        return _result("sheet", drawing, name, len(poses), seen)


def told(result: Mapping[str, Any]) -> str:
    """The same for people."""
    wide, high = result["size"]
    count = "1 picture" if result["pictures"] == 1 else f"{result['pictures']} pictures"
    what = f"{result['output']}: {count} of {wide}x{high}, {result['shows']}"
    if result["kind"] == "film":
        heard = "no sound" if result["sound"] is None else "sound"
        what += f", {result['seconds']:.2f} s with {heard}"
    return f"{what}, drawn by {result['renderer']} in {result['took']:.1f} s"


def _result(kind: str, drawing: Drawing, name: str, count: int, seen: Look) -> Result:
    size = list(seen.size)
    return {"kind": kind, "renderer": drawing.name, "shows": name, "pictures": count, "size": size}


class _Work(NamedTuple):
    drawing: Drawing
    watch: Watch


@contextlib.contextmanager
def _drawing(rig: Rig, seen: Look, unit: str) -> Iterator[_Work]:
    """What draws, and how far it is; says so where OpenGL was expected and is not there."""
    with opened(rig, seen.renderer, seen.background) as (drawing, instead), stopping() as stop:
        if instead:
            say(f"drawn by the processor, which takes longer: {instead}")
        yield _Work(drawing, _watch(stop, unit))


def _watch(stop: Stopping, unit: str) -> Watch:
    """Shows a bar with rate and time left on a terminal, and ends the work when the user asks."""

    def watched(numbers: Sequence[Any]) -> Iterator[Any]:
        for number in tqdm(numbers, unit=unit, disable=None, leave=False):
            if stop.asked:
                raise KeyboardInterrupt
            yield number

    return watched
