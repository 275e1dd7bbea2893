"""Faces beside their sound: python scripts/make_strips.py SOUND... -o FOLDER [--model NAME]

FOLDER/<name>.png for each SOUND: spectrogram, curves of lip gap and of rounding, and the mouth every tenth
of a second below the moment it belongs to. Where <name>.json lies beside the sound, with "phones": [[label,
start, end], …], their labels are shown. It needs: pip install 'audio2face[plot]'
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from audio2face import FileSource, animate, load_model
from exporters.picture import Renderer, draw_frame
from rigs import AnimationClip, default_head, lip_gap

EVERY = 0.1
"""Seconds."""
SIZE = 110
"""Pixels of one face."""
FPS = 60.0
Phone = tuple[str, float, float]
"""Label, start and end in seconds."""
BILABIAL = ("P", "B", "M")


def main() -> None:
    """Draws every sound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sounds", nargs="+", type=Path, metavar="SOUND")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--model", default="studio")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    model = load_model(arguments.model)
    for sound in arguments.sounds:
        samples = np.concatenate([block.samples for block in FileSource(sound)])
        clip = animate(FileSource(sound), model, FPS)
        draw(samples, clip, phones_beside(sound), arguments.output / f"{sound.stem}.png")


def phones_beside(sound: Path) -> list[Phone]:
    """The phones of a sound, if a .json beside it tells them."""
    file = sound.with_suffix(".json")
    if not file.is_file():
        return []
    return [tuple(row) for row in json.loads(file.read_text(encoding="utf-8"))["phones"]]


def draw(samples: np.ndarray, clip: AnimationClip, phones: list[Phone], file: Path) -> None:
    """Spectrogram, curves and faces, one above the other."""
    faces = strip(clip)
    wide = faces.shape[1] / 100
    figure, rows = plt.subplots(
        3, 1, figsize=(wide, 4.6), gridspec_kw={"height_ratios": [1.3, 1.3, SIZE / 100]}, dpi=100
    )
    end = faces.shape[1] / SIZE * EVERY
    rows[0].specgram(samples + 1e-6, NFFT=400, Fs=16000, noverlap=300, vmin=-140, cmap="magma")
    label(rows[0], phones)
    curves(rows[1], clip, phones)
    rows[2].imshow(faces, aspect="auto", extent=(-EVERY / 2, end - EVERY / 2, 0, 1))
    for axes in rows:
        axes.set_xlim(-EVERY / 2, end - EVERY / 2)
        axes.set_xticks([])
    rows[2].set_xticks(np.arange(0, end, 0.5))
    rows[2].set_yticks([])
    figure.subplots_adjust(0.03, 0.06, 0.995, 0.98, hspace=0.05)
    figure.savefig(file)
    plt.close(figure)
    print(file)


def label(axes: Axes, phones: list[Phone]) -> None:
    """Names of phones over the spectrogram."""
    axes.set_ylabel("Hz")
    for name, start, stop in phones:
        if name != "SIL":
            axes.text((start + stop) / 2, 7000, name, color="white", ha="center", fontsize=8)
            axes.axvline(start, color="white", lw=0.3)


def curves(axes: Axes, clip: AnimationClip, phones: list[Phone]) -> None:
    """Lip gap in mm and rounding, p b m shaded."""
    times = np.arange(clip.frames) / clip.fps
    axes.plot(times, lip_gap(clip.weights, clip.names), "C0", label="lip gap, mm")
    rounded = clip.weights[:, [clip.names.index(name) for name in ("mouthPucker", "mouthFunnel")]].sum(axis=1)
    axes.plot(times, 10 * rounded, "C1", label="pucker + funnel, tenths")
    axes.axhline(1.0, color="grey", lw=0.5)
    for name, start, stop in phones:
        if name in BILABIAL:
            axes.axvspan(start, stop, color="C3", alpha=0.2)
    axes.legend(loc="upper right", fontsize=7)


def strip(clip: AnimationClip) -> np.ndarray:
    """[SIZE, faces · SIZE, 3] the face at every tenth of a second."""
    renderer = Renderer(default_head())
    frames = np.arange(0.0, clip.duration, EVERY) * clip.fps
    shown = [min(round(frame), clip.frames - 1) for frame in frames]
    return np.concatenate([draw_frame(renderer, clip, frame, "mouth", SIZE) for frame in shown], axis=1)


if __name__ == "__main__":
    main()
