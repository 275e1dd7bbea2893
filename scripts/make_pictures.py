"""Makes the README's pictures from what the program really gives: python scripts/make_pictures.py

docs/pictures/talk.png      moments of the bundled speech, as `audio2face demo` draws them
docs/pictures/emotions.png  one moment of it under each emotion
docs/pictures/anchors.png   anchor points on the default head
docs/pictures/knobs.png     an open and a closed mouth, with some settings turned
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from audio2face import FileSource, animate, load_model
from audio2face.commands.demo import SAMPLE
from audio2face.knobs import FaceSettings, Knobs
from exporters.picture import write_sheet
from exporters.picture.render import Renderer, named_view
from rigs import AnimationClip, anchor_positions, default_head, lip_gap

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LARGEST = 320_000
"""Bytes."""
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise")
STRENGTH = 1.0
TURNED = (
    *("neutral", "strength.lower 0.5", "strength.lower 1.6", "strength.upper 2", "offset.jaw 0.25"),
    *("offset.lips 0.4", "offset.lids 0.3", "offset.lids -0.4"),
)
"""What is turned, and to what."""


def talk(file: Path) -> None:
    """The demo's own picture."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "audio2face", "demo", "-o", folder]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        shutil.copyfile(Path(folder) / "talk.png", file)


def emotions(file: Path) -> None:
    """The moment at which the lips are widest apart, neutral and under each emotion."""
    model = load_model("studio")

    def spoken(mix: dict[str, float]) -> AnimationClip:
        return animate(FileSource(SAMPLE, block_seconds=16.0), model, emotion=mix)

    neutral = spoken({})
    frame = int(np.argmax(lip_gap(neutral.weights, neutral.names)))
    clips = {"neutral": neutral} | {name: spoken({name: STRENGTH}) for name in EMOTIONS}
    poses = {
        name: dict(zip(clip.names, clip.weights[frame].tolist(), strict=True)) for name, clip in clips.items()
    }
    write_sheet(default_head(), poses, file, view="face", size=224, columns=len(poses))


def knobs(file: Path) -> None:
    """Lips widest apart, and lips closed with the jaw as low as it gets then, under some settings."""
    model = load_model("studio")
    clip = animate(FileSource(SAMPLE, block_seconds=16.0), model, emotion={"joy": 0.6})
    gap = lip_gap(clip.weights, clip.names)
    moments = [int(np.argmax(gap)), int(np.argmax(np.where(gap <= 0.5, clip.channel("jawOpen"), -1)))]
    poses = {}
    for number, frame in enumerate(moments):
        for setting in TURNED:
            key, _, value = setting.partition(" ")
            settings = FaceSettings({key: float(value)} if value else {})
            row = Knobs(model.rig, clip.fps, settings)(clip.weights[frame : frame + 1])[0]
            label = setting if number == 0 else "closed" + " " * len(poses)
            poses[label] = dict(zip(clip.names, row.tolist(), strict=True))
    write_sheet(default_head(), poses, file, view="face", size=176, columns=len(TURNED))


def anchors(file: Path, size: int = 400) -> None:
    """The 68 points at rest, the 478 with the jaw open, each seen from the front."""
    rig = default_head()
    assert rig.mesh is not None
    low, high = rig.mesh.vertices.min(axis=0), rig.mesh.vertices.max(axis=0)
    sheet = Image.new("RGB", (2 * size, size))
    for place, (layout, pose) in enumerate((("anchors68", {}), ("anchors478", {"jawOpen": 0.4}))):
        panel = Image.fromarray(Renderer(rig).draw(pose, "face", size, size))
        points = anchor_positions(rig, [list(pose.values())], layout, list(pose))[0]
        spots = named_view("face").project(points, (low + high) / 2, float(np.max(high - low)), size, size)
        for x, y, _ in spots.tolist():
            ImageDraw.Draw(panel).ellipse([x - 1.5, y - 1.5, x + 1.5, y + 1.5], fill=(60, 255, 120))
        sheet.paste(panel, (place * size, 0))
    sheet.save(file, optimize=True)


def main() -> None:
    """Makes all, and says how large they are."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for make, name in (
        (talk, "talk.png"),
        (emotions, "emotions.png"),
        (anchors, "anchors.png"),
        (knobs, "knobs.png"),
    ):
        file = PICTURES / name
        make(file)
        size = file.stat().st_size
        print(f"{file}: {size:,} bytes")
        if size > LARGEST:
            sys.exit(f"{file} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
