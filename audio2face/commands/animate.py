"""`audio2face animate`: speech files → animation files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands.folders import make_folder
from audio2face.commands.options import emotion as emotion_mix
from audio2face.commands.options import gains, rig_option
from audio2face.commands.talk import command, complain, fail, say, show_json
from audio2face.errors import OptionError
from audio2face.models import load_model
from audio2face.pipeline import DEFAULT_FPS, adjust
from audio2face.pipeline import animate as animate_sound
from audio2face.rigging import loses_head, open_target
from audio2face.sources import FileSource
from exporters import find_format, write_clip
from exporters import formats as known_formats
from rigs import FaceError, Target, retarget


@dataclass(frozen=True)
class Job:
    """One input and the files, with their formats, that it becomes."""

    sound: Path
    outputs: tuple[tuple[Path, str], ...]


@command(
    "Turn speech files into animation files: one file into one file, or many into a folder.\n\n"
    "The format is that of OUT's suffix; --format overrides it and may be given several times. "
    "For a folder, name the formats, or get .json.\n\n"
    "With --rig hero.glb -o hero_line.glb your own file comes back, animated."
)
@click.argument("sounds", metavar="IN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="OUT", required=True, type=click.Path(path_type=Path))
@click.option(
    "--format", "formats", metavar="NAME", multiple=True, help="A format; see `audio2face formats`."
)
@click.option("--fps", default=DEFAULT_FPS, show_default=True, help="Frames a second, 1 to 120.")
@click.option("--model", default="studio", show_default=True, metavar="NAME|FOLDER", help="Model bundle.")
@rig_option
@click.option("--emotion", metavar="MIX", help="For example joy=0.6,fear=0.2.")
@click.option("--gain", "gain", metavar="NAME=X", multiple=True, help="Multiply a channel; may be repeated.")
def animate(
    sounds: tuple[Path, ...],
    output: Path,
    formats: tuple[str, ...],
    fps: float,
    model: str,
    rig: str | None,
    emotion: str | None,
    gain: tuple[str, ...],
    as_json: bool,
) -> None:
    if not 1 <= fps <= 120:
        raise OptionError(f"--fps is {fps:g}; expected 1 to 120")
    mix, factors = emotion_mix(emotion), gains(gain)
    network = load_model(model)
    target, left_over = (None, None) if rig is None else open_target(rig, network.rig.names)
    keep = [] if target is None or target.rig.origin is None else [target.rig.origin.path]
    jobs = plan(sounds, output, formats, keep)
    network.feel(mix)
    adjust(network.start()[:0].reshape(0, len(network.rig.channels)), network, factors)
    results, failures = [], []
    for job in tqdm(jobs, unit="file", disable=None if len(jobs) > 1 else True):
        try:
            results.append(_do(job, network, fps, mix, factors, target))
        except FaceError as error:
            if len(jobs) == 1:
                raise
            failures.append({"input": str(job.sound), "error": str(error)})
            complain(str(error))
    if as_json:
        told = {} if left_over is None else {"rig": left_over.table()}
        show_json({"done": results, "failed": failures, **told})
    else:
        for line in left_over.lines() if left_over else ():
            say(line)
        for result in results:
            say(_line(result))
    if failures:
        fail(f"{len(failures)} of {len(jobs)} files failed; the others are written")


def plan(
    sounds: tuple[Path, ...], output: Path, formats: tuple[str, ...], keep: Sequence[Path] = ()
) -> list[Job]:
    """Which files come of which input. Raises FaceError before anything is computed.

    keep  files beside the sounds that must not be written over
    """
    to_folder = len(sounds) > 1 or output.is_dir() or not output.suffix
    if len(sounds) > 1 and not output.is_dir() and _is_format(output):
        raise OptionError(f"{len(sounds)} inputs need a folder for -o, and {output} is the name of a file")
    names = formats or (("json",) if to_folder else (find_format(output).name,))
    kinds = list(dict.fromkeys(find_format(output, name) for name in names))
    if not to_folder:
        paths = [output if len(kinds) == 1 else output.with_suffix(kind.suffix) for kind in kinds]
        if len(set(paths)) < len(paths):
            alike = ", ".join(kind.name for kind in kinds)
            raise OptionError(f"formats {alike} would share a file; write them one at a time")
        _keep((*sounds, *keep), paths)
        return [Job(sounds[0], tuple((path, kind.name) for path, kind in zip(paths, kinds, strict=True)))]
    jobs = [
        Job(sound, tuple((output / (sound.stem + kind.suffix), kind.name) for kind in kinds))
        for sound in sounds
    ]
    wanted = [path for job in jobs for path, _ in job.outputs]
    twice = next((path for path in wanted if wanted.count(path) > 1), None)
    if twice and len({kind.suffix for kind in kinds}) < len(kinds):
        raise OptionError(f"two formats would both be written to {twice}; name them one at a time")
    if twice:
        raise OptionError(f"two inputs would both be written to {twice}; rename one, or use two folders")
    _keep((*sounds, *keep), wanted)
    make_folder(output)
    return jobs


def _is_format(output: Path) -> bool:
    """Whether the name is that of a file in a known format."""
    return any(output.suffix.lower() in (kind.suffix, *kind.also) for kind in known_formats())


def _keep(sounds: tuple[Path, ...], outputs: list[Path]) -> None:
    """Raises OptionError where an output would be written over an input."""
    for path in outputs:
        if path.exists() and any(sound.exists() and path.samefile(sound) for sound in sounds):
            raise OptionError(f"{path} is an input and would be overwritten; choose another output")


def _do(
    job: Job,
    network: Any,
    fps: float,
    mix: dict[str, float],
    factors: dict[str, float],
    target: Target | None,
) -> dict[str, Any]:
    begin = time.perf_counter()
    # Sixteen seconds at a time keeps the network in its widest stride and a ten-hour file out of memory.
    source = FileSource(job.sound, block_seconds=16.0)
    clip = animate_sound(source, network, fps, mix, factors, audio=str(job.sound))
    if target is not None:
        clip = retarget(clip, target.how)
    lost = target is not None and any(loses_head(target, clip, path) for path, _ in job.outputs)
    for path, kind in job.outputs:
        write_clip(clip, path, kind, rig=None if target is None else target.rig)
    return {
        "input": str(job.sound),
        "outputs": [str(path) for path, _ in job.outputs],
        "frames": clip.frames,
        "fps": fps,
        "seconds": round(clip.duration, 3),
        "took": round(time.perf_counter() - begin, 3),
        **({"head": "left out"} if lost else {}),
    }


def _line(result: dict[str, Any]) -> str:
    speed = result["seconds"] / max(result["took"], 1e-3)
    files = ", ".join(result["outputs"])
    head = "; head motion is left out, as the rig's file has no node called head" if "head" in result else ""
    return f"{files}: {result['frames']} frames, {result['seconds']:.2f} s at {speed:.0f}× real time{head}"
