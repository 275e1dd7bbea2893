"""`audio2face convert`: an animation file → another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audio2face.commands.talk import command, say, show_json
from audio2face.errors import OptionError
from exporters import check_reduce, find_format, read_clip, write_clip
from rigs import AnimationClip, resample_clip


@command(
    "Turn an animation file into another format, or another frame rate.\n\n"
    "The formats are those of the suffixes; --from and --format override them. Where two formats share a "
    "suffix, IN is told by its beginning, and OUT must be named with --format."
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--format", "kind", metavar="NAME", help="Format of OUT; see `audio2face formats`.")
@click.option("--from", "origin", metavar="NAME", help="Format of IN.")
@click.option("--fps", type=float, help="Frames a second of OUT; those of IN if left out.")
@click.option("--from-fps", type=float, help="Frames a second of an IN that holds no rate (npy); else 30.")
@click.option(
    "--reduce",
    "error",
    type=float,
    metavar="ERROR",
    help="Fewest linear keys within this error, such as 0.005.",
)
def convert(
    source: Path,
    output: Path,
    kind: str | None,
    origin: str | None,
    fps: float | None,
    from_fps: float | None,
    error: float | None,
    as_json: bool,
) -> None:
    entry = find_format(output, kind)
    check_reduce(entry, error)
    if source.exists() and output.exists() and output.samefile(source):
        raise OptionError(f"{output} is the input and would be overwritten; choose another output")
    clip = read_clip(source, origin, from_fps)
    if fps is not None:
        clip = resample_clip(clip, fps)
    write_clip(clip, output, entry.name, reduce=error)
    if as_json:
        show_json(_result(source, output, clip))
    else:
        say(f"{output}: {clip.frames} frames of {len(clip.names)} channels at {clip.fps:g} a second")


def _result(source: Path, output: Path, clip: AnimationClip) -> dict[str, Any]:
    return {
        "input": str(source),
        "output": str(output),
        "frames": clip.frames,
        "channels": len(clip.names),
        "fps": clip.fps,
    }
