"""`audio2face demo`: the first minute."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import click

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
from exporters.picture import telling_times, write_strip
from rigs import AnimationClip
from rigs.head import default_head

SAMPLE = Path(__file__).parents[1] / "data" / "sample.ogg"
FORMATS = (".json", ".csv", ".npz", ".glb", ".fbx")


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
