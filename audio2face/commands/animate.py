"""`audio2face animate`: speech files → animation files."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands.facing import face_rig, only_components
from audio2face.commands.options import (
    emotion_option,
    face_settings,
    gains,
    knob_options,
    life,
    life_options,
    reduce_option,
    rig_option,
)
from audio2face.commands.plan import Job, plan
from audio2face.commands.talk import command, complain, fail, say, show_json
from audio2face.emotion import EmotionStream, parse_emotion
from audio2face.errors import OptionError
from audio2face.knobs import Knobs
from audio2face.models import Model, load_model
from audio2face.pipeline import DEFAULT_FPS
from audio2face.pipeline import animate as animate_sound
from audio2face.rigging import loses_head, on_rig, open_target
from audio2face.sources import FileSource
from exporters import check_reduce, find_format, write_clip
from rigs import AnimationClip, FaceError, Rig, Target


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
@click.option(
    "--face",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Of a model trained on vertices: the face at rest that moves, an .obj, .ply or .npy.",
)
@emotion_option
@life_options
@knob_options
@reduce_option
@click.option("--gain", "gain", metavar="NAME=X", multiple=True, help="Multiply a channel; may be repeated.")
def animate(
    sounds: tuple[Path, ...],
    output: Path,
    formats: tuple[str, ...],
    fps: float,
    model: str,
    rig: str | None,
    face: Path | None,
    emotion: tuple[str, ...],
    seed: int,
    no_head: bool,
    no_eyes: bool,
    settings_file: Path | None,
    sets: tuple[str, ...],
    error: float | None,
    gain: tuple[str, ...],
    as_json: bool,
) -> None:
    if not 1 <= fps <= 120:
        raise OptionError(f"--fps is {fps:g}; expected 1 to 120")
    feeling, factors = parse_emotion(emotion), gains(gain)
    settings = face_settings(settings_file, sets)
    network = load_model(model)
    target, left_over = (None, None) if rig is None else open_target(rig, network.rig.names)
    own = None if target is not None else face_rig(network, face)
    if face is not None and target is not None:
        raise OptionError("--face and --rig both say what moves; leave one out")
    keep = [] if target is None or target.rig.origin is None else [target.rig.origin.path]
    jobs = plan(sounds, output, formats, keep)
    for _, kind in jobs[0].outputs:
        check_reduce(find_format(output, kind), error)
    EmotionStream(network, feeling)
    Knobs(network.rig, fps, settings, factors)
    make = partial(
        _clip,
        network=network,
        fps=fps,
        emotion=feeling,
        gains=factors,
        life=life(no_head, no_eyes, settings),
        seed=seed,
        settings=settings,
    )
    results, failures = [], []
    for job in tqdm(jobs, unit="file", disable=None if len(jobs) > 1 else True):
        try:
            results.append(_do(job, make, target, own, error))
        except FaceError as trouble:
            if len(jobs) == 1:
                raise
            failures.append({"input": str(job.sound), "error": str(trouble)})
            complain(str(trouble))
    if as_json:
        told = {} if left_over is None else {"rig": left_over.table()}
        show_json({"done": results, "failed": failures, **told})
    else:
        for line in left_over.lines() if left_over else ():
            say(line)
        for result in results:
            say(_line(result))
        for line in only_components(own, (output for job in jobs for output in job.outputs)):
            say(line)
    if failures:
        fail(f"{len(failures)} of {len(jobs)} files failed; the others are written")


def _do(
    job: Job,
    make: Callable[[Path], AnimationClip],
    target: Target | None,
    own: Rig | None,
    error: float | None,
) -> dict[str, Any]:
    begin = time.perf_counter()
    clip = make(job.sound)
    if target is not None:
        clip = on_rig(clip, target)
    lost = target is not None and any(loses_head(target, clip, path) for path, _ in job.outputs)
    rig = own if target is None else target.rig
    for path, kind in job.outputs:
        write_clip(clip, path, kind, rig=rig, reduce=error)
    return {
        "input": str(job.sound),
        "outputs": [str(path) for path, _ in job.outputs],
        "frames": clip.frames,
        "fps": clip.fps,
        "seconds": round(clip.duration, 3),
        "took": round(time.perf_counter() - begin, 3),
        **({"head": "left out"} if lost else {}),
    }


def _clip(sound: Path, network: Model, **how: Any) -> AnimationClip:
    """One file, animated."""
    # Sixteen seconds at a time keeps the network in its widest stride and a ten-hour file out of memory.
    return animate_sound(FileSource(sound, block_seconds=16.0), network, audio=str(sound), **how)


def _line(result: dict[str, Any]) -> str:
    speed = result["seconds"] / max(result["took"], 1e-3)
    files = ", ".join(result["outputs"])
    head = "; head motion is left out, as the rig's file has no node called head" if "head" in result else ""
    return f"{files}: {result['frames']} frames, {result['seconds']:.2f} s at {speed:.0f}× real time{head}"
