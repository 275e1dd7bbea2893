"""Makes the README's pictures from what the program really gives: python scripts/make_pictures.py

docs/pictures/talk.png      moments of the bundled speech, as `audio2face demo` draws them
docs/pictures/emotions.png  one moment of it under each emotion
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from audio2face import FileSource, animate, load_model
from audio2face.commands.demo import SAMPLE
from exporters.picture import write_sheet
from rigs import AnimationClip, default_head, lip_gap

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LARGEST = 300_000
"""Bytes."""
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise")
STRENGTH = 1.0


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


def main() -> None:
    """Makes both, and says how large they are."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for make, name in ((talk, "talk.png"), (emotions, "emotions.png")):
        file = PICTURES / name
        make(file)
        size = file.stat().st_size
        print(f"{file}: {size:,} bytes")
        if size > LARGEST:
            sys.exit(f"{file} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
