"""Makes docs/pictures/emotion_sheet.png: python scripts/make_emotion_figures.py [MODEL] [-o FILE]

A row for each emotion; columns for both strengths, each while silent, in the widest open vowel of the bundled
sentence, and in the closure before it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from audio2face.commands.demo import SAMPLE
from audio2face.measures import systems
from audio2face.measures.moods import STRENGTHS
from audio2face.measures.recordings import read_samples
from audio2face.models import load_model
from audio2face.teacher import EMOTIONS
from exporters.picture import write_sheet
from rigs import AnimationClip, default_head, lip_gap

SHEET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "emotion_sheet.png"
SIZE = 168
LARGEST = 600_000
"""Bytes."""


def moments(neutral: AnimationClip) -> dict[str, int]:
    """The frame of each column: before anybody speaks, the widest opening, the tightest closure before it."""
    gap = lip_gap(neutral.weights, neutral.names)
    widest = int(np.argmax(gap))
    pressed = neutral.weights[:, neutral.names.index("mouthRollLower")] * (gap <= 0.1)
    return {"silent": 0, "vowel": widest, "closure": int(np.argmax(pressed[: widest + 1]))}


def poses(model_name: str) -> dict[str, dict[str, float]]:
    """{label: weights}, row by row."""
    model = load_model(model_name)
    heard = systems.hear(read_samples(SAMPLE), model)
    frames = moments(systems.model(heard, model))
    found = {}
    for name in EMOTIONS:
        for strength in STRENGTHS:
            mix = {} if name == EMOTIONS[0] else {name: strength}
            clip = systems.model(heard, model, mix)
            for moment, frame in frames.items():
                weights = dict(zip(clip.names, clip.weights[frame].tolist(), strict=True))
                found[f"{name} {strength:g}, {moment}"] = weights
    return found


def main() -> None:
    """Draws the sheet, and says how large it is."""
    parser = argparse.ArgumentParser(description="Draws every emotion at both strengths.")
    parser.add_argument("model", nargs="?", default="studio")
    parser.add_argument("-o", "--output", type=Path, default=SHEET)
    options = parser.parse_args()
    rows = poses(options.model)
    write_sheet(default_head(), rows, options.output, view="face", size=SIZE, columns=len(STRENGTHS) * 3)
    size = options.output.stat().st_size
    print(f"{options.output}: {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"{options.output} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
