"""`audio2face convert`: an animation file → another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audio2face.commands.options import reduce_option, rig_option
from audio2face.commands.talk import command, say, show_json
from audio2face.errors import OptionError
from audio2face.rigging import Coverage, open_target
from exporters import check_reduce, find_format, read_clip, write_clip
from rigs import (
    AnimationClip,
    Target,
    clip_from_vertices,
    default_head,
    load_target,
    read_vertices,
    resample_clip,
    retarget,
)

VERTICES = "vertices"
"""What --from says of a sequence of vertices."""
DEFAULT_FPS = 30.0
"""Frames a second of vertices that say nothing."""


@command(
    "Turn an animation file into another format, another frame rate, or the channels of another rig.\n\n"
    "The formats are those of the suffixes; --from and --format override them. Where two formats share a "
    "suffix, IN is told by its beginning, and OUT must be named with --format.\n\n"
    "--from vertices reads an .npy of [frames, vertices, 3] in metres and solves the weights that move the "
    "mesh of --rig, or the default head, in that way."
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--format", "kind", metavar="NAME", help="Format of OUT; see `audio2face formats`.")
@click.option("--from", "origin", metavar="NAME", help="Format of IN, or vertices.")
@rig_option
@click.option("--fps", type=float, help="Frames a second of OUT; those of IN if left out.")
@click.option("--from-fps", type=float, help="Frames a second of an IN that holds no rate; else 30.")
@reduce_option
def convert(
    source: Path,
    output: Path,
    kind: str | None,
    origin: str | None,
    rig: str | None,
    fps: float | None,
    from_fps: float | None,
    error: float | None,
    as_json: bool,
) -> None:
    entry = find_format(output, kind)
    check_reduce(entry, error)
    if source.exists() and output.exists() and output.samefile(source):
        raise OptionError(f"{output} is the input and would be overwritten; choose another output")
    clip, target, left_over = _read(source, origin, from_fps, rig)
    if fps is not None:
        clip = resample_clip(clip, fps)
    write_clip(clip, output, entry.name, rig=None if target is None else target.rig, reduce=error)
    if as_json:
        show_json(_result(source, output, clip, left_over))
        return
    for line in left_over.lines() if left_over else ():
        say(line)
    say(f"{output}: {clip.frames} frames of {len(clip.names)} channels at {clip.fps:g} a second")


def _read(
    source: Path, origin: str | None, fps: float | None, rig: str | None
) -> tuple[AnimationClip, Target | None, Coverage | None]:
    """The clip in the channels of the rig, the rig, and what is left over on either side."""
    if origin == VERTICES:
        target = None if rig is None else load_target(rig)
        solved = default_head() if target is None else target.rig
        return clip_from_vertices(read_vertices(source), fps or DEFAULT_FPS, solved), target, None
    clip = read_clip(source, origin, fps)
    if rig is None:
        return clip, None, None
    target, left_over = open_target(rig, clip.names)
    return retarget(clip, target.how), target, left_over


def _result(source: Path, output: Path, clip: AnimationClip, left_over: Coverage | None) -> dict[str, Any]:
    return {
        "input": str(source),
        "output": str(output),
        "frames": clip.frames,
        "channels": len(clip.names),
        "fps": clip.fps,
        **({} if left_over is None else {"rig": left_over.table()}),
    }
