"""`audio2face demo`: the first minute."""

from __future__ import annotations

import shlex
import time
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from audio2face.commands.folders import make_folder
from audio2face.commands.preview import show
from audio2face.commands.talk import command, say, show_json
from audio2face.emotion import Emotion
from audio2face.life import LifeSettings
from audio2face.models import LiteRTModel, load_model
from audio2face.pipeline import animate
from audio2face.preview import emotions_of, names_of
from audio2face.sources import FileSource
from exporters import write_clip
from exporters.picture import write_strip
from rigs import MOUTH_NAMES, AnimationClip
from rigs.head import default_head
from rigs.lips import lip_gap

SAMPLE = Path(__file__).parents[1] / "data" / "sample.ogg"
FORMATS = (".json", ".csv", ".npz", ".glb", ".fbx")
PICTURES = 8


@command(
    "Turn the bundled speech into animation files, a page that shows them, and a picture; needs no "
    "microphone, network or GPU."
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default=Path("audio2face-demo"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the files.",
)
def demo(output: Path, as_json: bool) -> None:
    make_folder(output)
    begin = time.perf_counter()
    model = load_model("studio")
    clip = _speak(model)
    took = time.perf_counter() - begin
    files = [write_clip(clip, output / f"talk{suffix}") for suffix in FORMATS]
    page = _page(output / "talk.html", clip, model, output)
    strip = output / "talk.png"
    write_strip(clip, default_head(), strip, telling_times(clip), "face")
    if as_json:
        written = [str(file) for file in [*files, page, strip]]
        show_json({"files": written, "frames": clip.frames, "fps": clip.fps})
        return
    many = f"{clip.frames} frames of {len(clip.names)} ARKit weights"
    say(f"{clip.duration:.1f} s of speech became {many} in {took:.2f} s.")
    say(f"{page}: see it talk, in any browser.")
    say(f"{output / 'talk.glb'}: the talking head; open it in Blender, or drop it on a glTF viewer.")
    say(f"{output / 'talk.fbx'} for Maya, Unity and Unreal, .csv for Unreal's Live Link Face importer,")
    say("  .json for Audio2Face tools, .npz for Python; and more: audio2face formats")
    say(f"{strip}: what it looks like.")
    say("Next: audio2face animate your.wav -o your.glb --emotion joy=0.6   (all commands: audio2face -h)")


def _speak(model: LiteRTModel, emotion: Emotion | None = None) -> AnimationClip:
    """The sentence, alive."""
    source = FileSource(SAMPLE, block_seconds=16.0)
    return animate(source, model, emotion=emotion, audio=SAMPLE.name, life=LifeSettings())


def _page(file: Path, clip: AnimationClip, model: LiteRTModel, folder: Path) -> Path:
    """The page, with every emotion on its slider."""
    emotions = emotions_of(lambda emotion: _speak(model, emotion), clip, names_of(model))
    line = shlex.join(["audio2face", "demo", "-o", str(folder)])
    show(clip, file, default_head(), SAMPLE, emotions, "The bundled sentence", line)
    return file


def telling_times(clip: AnimationClip, count: int = PICTURES) -> list[float]:
    """Seconds of the frames worth showing: lips closed and lips open in turn, in the order of time."""
    gap = lip_gap(clip.weights, clip.names)
    mouth = [place for place, name in enumerate(clip.names) if name in MOUTH_NAMES]
    moving = np.flatnonzero(np.abs(clip.weights[:, mouth]).sum(1) > 1e-3)
    first, last = (moving[0], moving[-1] + 1) if len(moving) else (0, clip.frames)
    edges = np.linspace(first, max(last, first + count), count + 1).astype(int)
    pick = (np.argmin, np.argmax)
    return [
        float(start + pick[number % 2](gap[start:end])) / clip.fps
        for number, (start, end) in enumerate(pairwise(edges))
        if start < clip.frames
    ]
