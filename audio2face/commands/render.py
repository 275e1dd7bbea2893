"""`audio2face render`: speech, an animation or a rig → a film, a strip of moments, a sheet of shapes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from audio2face.commands.options import (
    emotion_option,
    face_settings,
    knob_options,
    life,
    life_options,
    rig_option,
)
from audio2face.commands.render_jobs import render_film, render_sheet, render_strip, told
from audio2face.commands.render_options import check_output, is_film, look, look_options, moments
from audio2face.commands.talk import command, say, show_json
from audio2face.emotion import parse_emotion
from audio2face.errors import OptionError
from audio2face.models import load_model
from audio2face.pipeline import DEFAULT_FPS, animate
from audio2face.preview import find_sound
from audio2face.rigging import open_target
from audio2face.showing import (
    Shown,
    is_animation,
    is_rig,
    only_for_sound,
    put_on,
    read_shown,
    with_mesh,
)
from audio2face.sources import FileSource
from exporters.picture import telling_times
from rigs import AnimationClip, load_target

DEFAULT_MODEL = "studio"
GIF_FPS = 25.0
PICTURES = 8
"""Of a strip."""


@command(
    "Make a film with sound, or a picture, of IN: a sound, an animation file, or a rig.\n\n"
    "OUT's suffix says which: .mp4, .mov, .webm or .gif is a film; .png, .jpg or .webp a strip of telling "
    "moments. Of a rig, by name or file, it is a sheet of all its shapes at full strength. A sound is "
    "animated first, as by `audio2face animate`; an animation is heard with --sound, or with the sound it "
    "names, where that lies beside it. Films need an extra: pip install 'audio2face[render]'."
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="OUT", required=True, type=click.Path(path_type=Path))
@click.option("--sound", metavar="FILE", type=click.Path(path_type=Path), help="Sound of an animation file.")
@click.option(
    "--fps",
    type=float,
    help=f"Frames a second, 1 to 120; for a sound {DEFAULT_FPS:g}, for a .gif {GIF_FPS:g}.",
)
@click.option("--model", metavar="NAME|FOLDER", help=f"Model bundle for a sound; else {DEFAULT_MODEL}.")
@rig_option
@emotion_option
@life_options
@knob_options
@look_options
@click.option(
    "--strip", metavar="N", type=click.IntRange(1, 1000), help=f"Moments of a strip; else {PICTURES}."
)
@click.option("--at", metavar="S,S…", help="Moments of a strip, in seconds.")
@click.option(
    "--shapes", is_flag=True, help="A sheet of shapes, of a rig's file that holds an animation too."
)
@click.option("--columns", metavar="N", type=click.IntRange(1), help="Pictures in a row of a strip or sheet.")
@click.option("--no-labels", is_flag=True, help="Nothing written below the pictures of a strip or sheet.")
def render(
    source: Path,
    output: Path,
    sound: Path | None,
    fps: float | None,
    model: str | None,
    rig: str | None,
    emotion: tuple[str, ...],
    seed: int,
    no_head: bool,
    no_eyes: bool,
    settings_file: Path | None,
    sets: tuple[str, ...],
    camera: str | None,
    size: str | None,
    background: str | None,
    renderer: str,
    strip: int | None,
    at: str | None,
    shapes: bool,
    columns: int | None,
    no_labels: bool,
    as_json: bool,
) -> None:
    begin = time.perf_counter()
    if fps is not None and not 1 <= fps <= 120:
        raise OptionError(f"--fps is {fps:g}; expected 1 to 120")
    film, times = is_film(output), moments(at)
    check_output(source, output, () if sound is None else (sound,))
    seen = look(camera, size, background, renderer, film)
    for_sound: dict[str, object] = {"--model": model, "--emotion": emotion, "--seed": seed}
    for_sound |= {"--no-head": no_head, "--no-eyes": no_eyes, "--settings": settings_file, "--set": sets}
    for_pictures = {"--strip": strip, "--at": at, "--columns": columns, "--no-labels": no_labels}
    grid = {"columns": columns, "labels": not no_labels}
    if film:
        _refuse(for_pictures, "is for strips and sheets; a film shows all there is")
    if shapes or is_rig(source):
        _refuse(
            for_sound | {"--sound": sound, "--fps": fps, "--strip": strip, "--at": at},
            f"is for what moves; {source} has no animation, or --shapes asks for its shapes",
        )
        if film:
            raise OptionError(
                f"{source} has no animation to film: give a sound and --rig {source}, or end OUT in .png "
                "for a sheet of its shapes"
            )
        result = render_sheet(with_mesh(load_target(rig or source)).rig, output, seen, grid)
    else:
        rate = fps or (GIF_FPS if output.suffix.lower() == ".gif" else None)
        if is_animation(source):
            only_for_sound(for_sound)
            shown = read_shown(source, rate, rig)
            heard = sound or find_sound(shown.clip.audio, source)
        else:
            if sound is not None:
                raise OptionError(f"--sound is for animation files; {source} is heard by itself")
            settings = face_settings(settings_file, sets)
            how: dict[str, Any] = {"life": life(no_head, no_eyes, settings), "settings": settings}
            how |= {"seed": seed, "emotion": parse_emotion(emotion)}
            shown = _spoken(source, rate or DEFAULT_FPS, model or DEFAULT_MODEL, rig, how)
            heard = source
        if film:
            result = render_film(shown, heard, output, seen)
        else:
            result = render_strip(shown, output, _times(shown.clip, times, strip), seen, grid)
    result = {"input": str(source), "output": str(output), **result, "took": time.perf_counter() - begin}
    if as_json:
        show_json(result | {"bytes": output.stat().st_size, "took": round(result["took"], 3)})
    else:
        say(told(result))


def _spoken(source: Path, fps: float, model: str, rig: str | None, how: dict[str, Any]) -> Shown:
    """The sound, animated."""
    network = load_model(model)
    target = None if rig is None else with_mesh(open_target(rig, network.rig.names)[0])
    sound = FileSource(source, block_seconds=16.0)
    clip = animate(sound, network, fps, audio=str(source), **how)
    if target is None and network.rig.mesh is not None:
        return Shown(clip, network.rig)
    return put_on(clip, target)


def _times(clip: AnimationClip, asked: list[float] | None, count: int | None) -> list[float]:
    """The moments of a strip."""
    if asked is not None and count is not None:
        raise OptionError("--strip and --at both say which moments; give one of them")
    return telling_times(clip, count or PICTURES) if asked is None else asked


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Raises OptionError when one of the options is given."""
    for name, value in options.items():
        if value:
            raise OptionError(f"{name} {why}")
