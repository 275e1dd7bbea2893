"""Pictures in matplotlib: curves over the spectrogram, closures against the p b m said, and scatter plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np

from audio2face.features import SAMPLE_RATE
from audio2face.measures.amplitude import EYE_CORNERS
from audio2face.measures.closure import CLOSED, SLACK
from audio2face.measures.recordings import Recording, moves_lips, read_samples
from audio2face.measures.rig_motion import jaws
from audio2face.measures.statistics import Array
from audio2face.measures.tracking import RATE
from audio2face.teacher import BILABIALS, Segment
from audio2face.teacher.phones import SILENCE
from rigs import AnimationClip
from rigs.arrays import FloatArray
from rigs.lips import lip_gap

matplotlib.use("Agg")  # draws without a screen; before pyplot is imported
import matplotlib.pyplot as plt

RED, GREEN, BLUE, BLACK, GREY = "#d1495b", "#2a9d5c", "#00798c", "#222222", "#b5b5b5"
LINES = {"loudness": GREY, "teacher": BLUE, "model": RED}
SECONDS = 4.0
"""Of each recording."""
WINDOW, STEP = 256, 64
"""Samples of a spectrogram: 16 ms every 4 ms."""
RANGE = 60.0
"""dB from black to white."""
SMALL: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7}

Played = Sequence[tuple[Recording, Mapping[str, AnimationClip]]]
"""Recordings, and what each system makes of them."""


def curves(played: Played) -> Any:
    """Spectrogram with phones, and the lip gap of every system below it, for each recording."""
    heights = [1.0, 1.3] * len(played)
    size = (13, 3.6 * len(played))
    figure, axes = plt.subplots(len(heights), 1, figsize=size, height_ratios=heights, layout="constrained")
    for (recording, clips), sound, lips in zip(played, axes[::2], axes[1::2], strict=True):
        samples = read_samples(recording.audio)[: round(SECONDS * SAMPLE_RATE)]
        _spectrogram(sound, samples)
        _phones(sound, recording.phones, frozenset())
        _gaps(lips, recording, clips)
        for axis in (sound, lips):
            axis.set_xlim(0, len(samples) / SAMPLE_RATE)
        sound.set_ylabel(recording.name, fontsize=8)
        sound.tick_params(labelbottom=False)
    drawn = {line.get_label(): line for axis in axes[1::2] for line in axis.get_lines()}
    shown = {name: line for name, line in drawn.items() if not str(name).startswith("_")}
    axes[1].legend(shown.values(), shown.keys(), loc="upper right", ncols=5, fontsize=8, framealpha=0.9)
    axes[-1].set_xlabel("seconds")
    return figure


def closures(played: Played) -> Any:
    """The model's lip gap, every p b m as a band: green where the lips close in it, red where not."""
    size = (13, 2.0 * len(played))
    figure, axes = plt.subplots(len(played), 1, figsize=size, squeeze=False, layout="constrained")
    for axis, (recording, clips) in zip(axes[:, 0], played, strict=True):
        clip = clips["model"]
        gap = lip_gap(clip.weights, clip.names)
        _phones(axis, recording.phones, BILABIALS)
        for phone in (one for one in recording.phones if one.label in BILABIALS):
            inside = (clip.times >= phone.start - SLACK) & (clip.times <= phone.end + SLACK)
            shut = bool(inside.any() and gap[inside].min() <= CLOSED)
            axis.axvspan(phone.start, phone.end, color=GREEN if shut else RED, alpha=0.4, lw=0)
        axis.plot(clip.times, gap, color=BLACK, lw=1.2)
        axis.axhline(CLOSED, color=GREY, lw=0.8, ls=":")
        axis.set_xlim(0, min(SECONDS, clip.duration))
        axis.set_ylabel(f"{recording.name}\nlip gap, mm", fontsize=8)
    axes[-1, 0].set_xlabel("seconds; p b m: green where the lips close to 1 mm within 40 ms, else red")
    return figure


def scatter(pairs: Sequence[tuple[Array, Array]], rig: bool) -> Any:
    """Predicted against captured motion, frame by frame, as a density; pairs of [frames], [frames]."""
    shown, filmed = (np.concatenate(series) for series in zip(*pairs, strict=True))
    figure, axis = plt.subplots(figsize=(5.8, 5), layout="constrained")
    most = float(np.percentile(np.concatenate([shown, filmed]), 99.9))
    bins = np.linspace(0, most, 50)
    density = axis.hist2d(filmed, shown, bins=[bins, bins], norm="log", cmap="magma_r")[3]
    axis.plot([0, most], [0, most], color=GREY, lw=1, ls="--")
    what = "jaw weight" if rig else "lip opening, mm on the head"
    axis.set_xlabel(f"captured {what}")
    axis.set_ylabel(f"predicted {what}")
    r = float(np.corrcoef(shown, filmed)[0, 1])
    clips = f"{len(pairs)} clip{'s' if len(pairs) > 1 else ''}"
    axis.set_title(f"r = {r:.2f} over all frames of {clips}, no lag allowed", fontsize=9)
    figure.colorbar(density, ax=axis, label="frames at 100 Hz")
    return figure


def free(figure: Any) -> None:
    """Gives a figure's memory back."""
    plt.close(figure)


def _gaps(axis: Any, recording: Recording, clips: Mapping[str, AnimationClip]) -> None:
    if not moves_lips(clips["model"].names):
        _jaws(axis, recording, clips["model"])
        return
    for name in (name for name in LINES if name in clips):
        gap = lip_gap(clips[name].weights, clips[name].names)
        axis.plot(clips[name].times, gap, color=LINES[name], label=name, lw=1.4)
    if recording.seen:
        times = np.arange(len(recording.seen.opening)) / recording.seen.fps
        axis.plot(times, recording.seen.opening * EYE_CORNERS, color=BLACK, label="film", lw=1.4)
    if recording.rig and (pair := jaws(clips["model"], recording.rig)):
        # Another rig's weights have no millimetres: its jaw is drawn as large as the model's lips.
        gap, jaw = lip_gap(clips["model"].weights, clips["model"].names), pair[1]
        size = float(np.percentile(gap, 99)) / max(float(np.percentile(jaw, 99)), 1e-6)
        axis.plot(np.arange(len(jaw)) / RATE, jaw * size, color=BLACK, label="captured jaw, scaled", lw=1.4)
    axis.axhline(CLOSED, color=GREY, lw=0.8, ls=":")
    axis.set_ylabel("lip gap, mm", fontsize=8)


def _jaws(axis: Any, recording: Recording, clip: AnimationClip) -> None:
    """The jaw of a rig that is not ARKit's, and the captured one."""
    pair = jaws(clip, recording.rig) if recording.rig else None
    for values, label, colour in zip(
        pair or (), ("model", "captured jaw"), (LINES["model"], BLACK), strict=False
    ):
        axis.plot(np.arange(len(values)) / RATE, values, color=colour, label=label, lw=1.4)
    axis.set_ylabel("jaw", fontsize=8)


def _spectrogram(axis: Any, samples: FloatArray) -> None:
    """[samples] at 16 kHz, to 6 kHz."""
    padded = np.pad(samples, WINDOW // 2)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP]
    power = np.abs(np.fft.rfft(pieces * np.hanning(WINDOW), axis=1)) ** 2
    level = 10 * np.log10(power + 1e-9)
    top = float(level.max())
    extent = (0, len(pieces) * STEP / SAMPLE_RATE, 0, SAMPLE_RATE / 2)
    shades: dict[str, Any] = {"cmap": "Greys", "vmin": top - RANGE, "vmax": top}
    axis.imshow(level.T, extent=extent, origin="lower", aspect="auto", **shades)
    axis.set_ylim(0, 6000)
    axis.set_yticks([0, 2000, 4000, 6000], ["0", "2", "4", "6 kHz"])


def _phones(axis: Any, phones: Sequence[Segment], only: frozenset[str]) -> None:
    """Labels above an axis, and where phones start; of some phones, or of all but silence."""
    above = axis.get_xaxis_transform()
    for phone in (one for one in phones if one.label != SILENCE and one.end < SECONDS):
        if not only:
            axis.axvline(phone.start, color=BLUE, lw=0.5, alpha=0.6)
        if not only or phone.label in only:
            colour = RED if phone.label in BILABIALS and not only else BLACK
            middle = (phone.start + phone.end) / 2
            axis.text(middle, 1.01, phone.label.lower(), color=colour, transform=above, **SMALL)
