"""Makes the README's pictures from what the program really gives: python scripts/make_pictures.py

docs/pictures/talk.png      moments of the bundled speech, as `audio2face demo` draws them
docs/pictures/talk.gif      all of it, as `audio2face render` films it; needs the extra `render`
docs/pictures/emotions.png  one moment of it under each emotion
docs/pictures/moods.png     a strip of it under each emotion
docs/pictures/shapes.png    every shape of the default head
docs/pictures/anchors.png   anchor points on the default head
docs/pictures/knobs.png     an open and a closed mouth, with some settings turned

With names, such as `talk.gif moods.png`, only those.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from audio2face import FileSource, animate, load_model
from audio2face.commands.demo import SAMPLE
from audio2face.knobs import FaceSettings, Knobs
from audio2face.life import LifeSettings
from exporters.picture import telling_times, write_sheet, write_strip
from exporters.picture.render import Renderer, named_view
from rigs import AnimationClip, anchor_positions, default_head, lip_gap

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LARGEST = 320_000
"""Bytes, but for those in LARGER."""
LARGER = {"talk.png": 420_000, "talk.gif": 1_500_000, "moods.png": 900_000, "shapes.png": 900_000}
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise")
STRENGTH = 1.0
TURNED = (
    *("neutral", "strength.lower 0.5", "strength.lower 1.6", "strength.upper 2", "offset.jaw 0.25"),
    *("offset.lips 0.4", "offset.lids 0.3", "offset.lids -0.4"),
)
"""What is turned, and to what."""


def program(*words: str) -> None:
    """Runs the program."""
    subprocess.run([sys.executable, "-m", "audio2face", *words], check=True, stderr=subprocess.DEVNULL)


def talk(file: Path) -> None:
    """The demo's own picture."""
    with tempfile.TemporaryDirectory() as folder:
        program("demo", "-o", folder)
        shutil.copyfile(Path(folder) / "talk.png", file)


def film(file: Path) -> None:
    """The sentence with joy, so that it can be seen that it is alive."""
    how = ("--emotion", "joy=0.5", "--size", "240", "--fps", "20", "--background", "#3b4048")
    program("render", str(SAMPLE), "-o", str(file), *how)


def shapes(file: Path) -> None:
    """The sheet of the default head."""
    program("render", "arkit", "-o", str(file), "--size", "160", "--columns", "9", "--renderer", "software")


def moods(file: Path, size: int = 128) -> None:
    """Telling moments of the neutral sentence, a row for each emotion, alive."""
    model, rows, times = load_model("studio"), [], []
    for name in ("neutral", *EMOTIONS):
        mix = {} if name == "neutral" else {name: STRENGTH}
        source = FileSource(SAMPLE, block_seconds=16.0)
        clip = animate(source, model, emotion=mix, life=LifeSettings())
        times = times or telling_times(clip)
        with tempfile.TemporaryDirectory() as folder:
            strip = Path(folder) / "strip.png"
            write_strip(clip, default_head(), strip, times, "face", size, labels=name == EMOTIONS[-1])
            rows.append((name, Image.open(strip).copy()))
    band = size // 2 + 24
    wide, high = rows[0][1].width + band, sum(row.height for _, row in rows)
    sheet, top = Image.new("RGB", (wide, high), (30, 32, 36)), 0
    font = ImageFont.load_default(size=15)
    for name, row in rows:
        sheet.paste(row, (band, top))
        middle = (band / 2, top + size / 2)
        ImageDraw.Draw(sheet).text(middle, name, (235, 237, 240), font, anchor="mm")
        top += row.height
    sheet.save(file, optimize=True)


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


MADE = {
    "talk.png": talk,
    "talk.gif": film,
    "emotions.png": emotions,
    "moods.png": moods,
    "shapes.png": shapes,
    "anchors.png": anchors,
    "knobs.png": knobs,
}


def main() -> None:
    """Makes all, or those that are named, and says how large they are."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or MADE:
        if name not in MADE:
            sys.exit(f"no picture {name!r}; known are {', '.join(MADE)}")
        file = PICTURES / name
        MADE[name](file)
        size, most = file.stat().st_size, LARGER.get(name, LARGEST)
        print(f"{file}: {size:,} bytes")
        if size > most:
            sys.exit(f"{file} is larger than {most:,} bytes")


if __name__ == "__main__":
    main()
