"""`audio2face preview`: speech or an animation → a page that shows it."""

from __future__ import annotations

import shlex
import tempfile
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from audio2face.commands.options import emotion_option, face_settings, knob_options, rig_option
from audio2face.commands.talk import command, say, show_json
from audio2face.emotion import Emotion, EmotionStream, parse_emotion
from audio2face.errors import OptionError
from audio2face.knobs import FaceSettings
from audio2face.models import load_model
from audio2face.pipeline import DEFAULT_FPS, animate
from audio2face.preview import find_sound, moods_of, names_of, page_sound, sound_strip
from audio2face.rigging import open_target
from audio2face.showing import is_animation, only_for_sound, read_shown, with_mesh
from audio2face.sources import FileSource
from exporters.page import Mood, write_page
from rigs import AnimationClip, Rig, default_head, retarget

DEFAULT_MODEL = "studio"


@command(
    "Make a page that shows IN, a sound or an animation file, as a talking head: one HTML file that needs "
    "no network and no server.\n\n"
    "Without -o the page goes into a temporary folder and the browser opens it. A sound is animated first, "
    "as by `audio2face animate`, and the page can change its emotion; an animation is heard with --sound, or "
    "with the sound it names, where that lies beside it. With --rig hero.glb your own mesh is shown."
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("-o", "--output", metavar="PAGE", type=click.Path(path_type=Path), help="Where the page goes.")
@click.option("--sound", metavar="FILE", type=click.Path(path_type=Path), help="Sound of an animation file.")
@click.option("--fps", type=float, help=f"Frames a second, 1 to 120; {DEFAULT_FPS:g} for a sound.")
@click.option("--model", metavar="NAME|FOLDER", help=f"Model bundle for a sound; else {DEFAULT_MODEL}.")
@rig_option
@emotion_option
@knob_options
def preview(
    source: Path,
    output: Path | None,
    sound: Path | None,
    fps: float | None,
    model: str | None,
    rig: str | None,
    emotion: tuple[str, ...],
    settings_file: Path | None,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    if fps is not None and not 1 <= fps <= 120:
        raise OptionError(f"--fps is {fps:g}; expected 1 to 120")
    line = _line(source, output, sound, fps, model, rig, emotion, settings_file, sets)
    moods: tuple[Mood, ...] = ()
    if is_animation(source):
        only_for_sound(
            {
                "--model": model,
                "--emotion": emotion,
                "--settings": settings_file,
                "--set": sets,
            }
        )
        seen = read_shown(source, fps, rig)
        clip, shown = seen.clip, seen.rig
        heard = sound or find_sound(clip.audio, source)
    else:
        if sound is not None:
            raise OptionError(f"--sound is for animation files; {source} is heard by itself")
        settings = face_settings(settings_file, sets)
        clip, moods, shown = _from_sound(
            source, fps or DEFAULT_FPS, model or DEFAULT_MODEL, rig, emotion, settings
        )
        heard = source
    page = output or Path(tempfile.mkdtemp(prefix="audio2face-")) / f"{source.stem}.html"
    result = show(clip, page, shown, heard, moods, source.name, line)
    opened = output is None and webbrowser.open(page.resolve().as_uri())
    if as_json:
        show_json({"input": str(source), **result, "opened": opened})
        return
    say(told(result))
    if clip.audio and heard is None:
        say(f"the sound it names, {clip.audio}, is not there; name one with --sound")
    if output is None and not opened:
        say(f"no browser was found; open {page} in one")


def show(
    clip: AnimationClip,
    page: Path,
    rig: Rig,
    heard: Path | None,
    moods: tuple[Mood, ...],
    title: str,
    line: str,
) -> dict[str, Any]:
    """Writes the page; what `--json` tells of it."""
    sound = None if heard is None else page_sound(heard)
    strip = None if heard is None else sound_strip(heard, clip.duration)
    write_page(clip, page, rig, sound, strip, moods, title, line)
    return {
        "output": str(page),
        "bytes": page.stat().st_size,
        "sound": None if heard is None else str(heard),
        "sound_bytes": 0 if sound is None else len(sound.data),
        "sound_kind": None if sound is None else sound.kind,
        "frames": clip.frames,
        "fps": clip.fps,
        "seconds": round(clip.duration, 3),
        "emotions": [mood.name for mood in moods],
    }


def told(result: Mapping[str, Any]) -> str:
    """The same for people."""
    size, inside = result["bytes"] / 1e6, result["sound_bytes"] / 1e3
    heard = "no sound" if result["sound"] is None else f"{inside:.0f} kB of {result['sound_kind']}"
    return f"{result['output']}: {result['frames']} frames, {size:.2f} MB with {heard}"


def _from_sound(
    source: Path, fps: float, model: str, rig: str | None, emotion: tuple[str, ...], settings: FaceSettings
) -> tuple[AnimationClip, tuple[Mood, ...], Rig]:
    """The clip with the emotion asked for, its moods, and what is shown."""
    feeling = parse_emotion(emotion)
    network = load_model(model)
    EmotionStream(network, feeling)
    target = None if rig is None else with_mesh(open_target(rig, network.rig.names)[0])
    own = default_head() if network.rig.mesh is None else network.rig
    shown = own if target is None else target.rig

    def speak(felt: Emotion) -> AnimationClip:
        sound = FileSource(source, block_seconds=16.0)
        clip = animate(sound, network, fps, felt, audio=str(source), life=settings.life, settings=settings)
        return clip if target is None else retarget(clip, target.how)

    clip, moods = moods_of(speak, feeling, "; ".join(emotion), names_of(network))
    return clip, moods, shown


def _line(source: Path, output: Path | None, *rest: object) -> str:
    """The command line, quoted for a shell."""
    names = ("--sound", "--fps", "--model", "--rig", "--emotion", "--settings", "--set")
    options = []
    for name, value in zip(names, rest, strict=True):
        for one in value if isinstance(value, tuple) else (value,) if value else ():
            options += [name, f"{one:g}" if isinstance(one, float) else str(one)]
    return shlex.join(
        ["audio2face", "preview", str(source), *options, *([] if output is None else ["-o", str(output)])]
    )
