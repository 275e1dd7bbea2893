"""Captured and taught lips of a clip over its spectrogram, with the phones named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filmed import Filmed

from audio2face.features import SAMPLE_RATE

INK = {"film": "#ffffff", "shipped": "#ff9f1c"}
NAMES = {"film": "filmed", "shipped": "taught"}


def draw(clips: Sequence[Filmed], shown: dict[str, list[dict[str, Any]]], file: Path) -> None:
    """A column for each clip, opening above, width below; `shown` holds what a teacher does in each clip."""
    import matplotlib as mpl  # noqa: PLC0415 - an optional extra

    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    figure, places = pyplot.subplots(2, len(clips), figsize=(13, 6.4), squeeze=False, constrained_layout=True)
    for column, clip in enumerate(clips):
        for row, what in enumerate(("opening", "width")):
            curves = {"film": getattr(clip, what)} | {name: one[column][what] for name, one in shown.items()}
            _panel(places[row, column], clip, curves, what)
        places[0, column].set_title(f"clip {clip.name} of GRID, speaker 1 (held back)", fontsize=10)
        places[1, column].set_xlabel("seconds")
    places[0, 0].legend(loc="center right", fontsize=8, facecolor="#333355", labelcolor="white")
    figure.savefig(file, dpi=85)
    pyplot.close(figure)


def _panel(place: Any, clip: Filmed, curves: dict[str, Any], what: str) -> None:
    spoken = [phone for phone in clip.phones if phone.label != "SIL"]
    first, last = spoken[0].start - 0.3, spoken[-1].end + 0.4
    middle = (clip.times >= first) & (clip.times <= last)
    behind = place.twinx()
    behind.specgram(
        clip.sound, NFFT=400, Fs=SAMPLE_RATE, noverlap=300, cmap="magma", vmin=-130, vmax=-30, alpha=0.75
    )
    behind.set(ylim=(0, 5000), yticks=[])
    place.set_zorder(behind.get_zorder() + 1)
    place.patch.set_visible(False)
    for name, values in curves.items():
        # Where a width begins is each clip's own affair: the film's head is nearer or further away.
        zero = np.median(values[middle]) if what == "width" else 0.0
        place.plot(clip.times, values - zero, color=INK[name], lw=2.2, label=NAMES[name])
    low, high = place.get_ylim()
    place.set(xlim=(first, last), ylim=(low, high + 0.16 * (high - low)), ylabel=f"{what}, mm")
    for number, phone in enumerate(spoken):
        place.axvline(phone.start, color="white", lw=0.4, alpha=0.6)
        height = high + (0.1 if number % 2 else 0.03) * (high - low)
        place.text((phone.start + phone.end) / 2, height, phone.label, color="white", ha="center", fontsize=8)
    place.axvline(spoken[-1].end, color="white", lw=0.4, alpha=0.6)
