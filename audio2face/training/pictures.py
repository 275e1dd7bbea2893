"""Plots at the end of training a character; needs matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.features import SAMPLE_RATE
from audio2face.measures.pictures import BLACK, GREY, RED, STEP, WINDOW, free
from audio2face.measures.recordings import read_samples
from audio2face.training.motion_scores import Played, by_channel
from exporters.beside import beside

import matplotlib.pyplot as plt  # isort: skip - after measures.pictures has chosen a canvas without a screen

SECONDS = 6.0
"""Of the curves."""
CURVES = 4
"""Channels whose curves are drawn, the liveliest."""
RANGE = 60.0
"""dB from black to white of the spectrogram."""


def draw_training(
    folder: Path, history: Sequence[Mapping[str, float]], played: Sequence[Played]
) -> list[Path]:
    """Writes loss.png, channels.png and curves.png, as far as there is something to draw."""
    files = [_save(losses(history), folder / "loss.png")] if history else []
    if by_channel(played):
        files.append(_save(channels(by_channel(played)), folder / "channels.png"))
        files.append(_save(curves(max(played, key=lambda one: len(one.rs))), folder / "curves.png"))
    return files


def losses(history: Sequence[Mapping[str, float]]) -> Any:
    """Training loss, and correlation and error on held-out takes, by epoch."""
    epochs = [row["epoch"] for row in history]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    left.plot(epochs, [row["loss"] for row in history], color=BLACK)
    left.set(xlabel="epoch", ylabel="training loss, in units of its running size")
    right.plot(epochs, [row["check_r"] for row in history], color=RED)
    best = max(history, key=lambda row: row["check_r"])
    right.axvline(best["epoch"], color=GREY, lw=0.8, ls=":")
    right.set(xlabel="epoch", ylabel="held out: mean r of live channels")
    return figure


def channels(rs: Mapping[str, float]) -> Any:
    """Correlation of every live channel on held-out takes."""
    rows = sorted(rs.items(), key=lambda pair: pair[1])
    figure, axis = plt.subplots(figsize=(7, 1.0 + 0.22 * len(rows)), layout="constrained")
    axis.barh([name for name, _ in rows], [r for _, r in rows], color=RED)
    mean = float(np.mean(list(rs.values())))
    axis.axvline(mean, color=BLACK, lw=0.8, ls=":")
    axis.set(xlabel=f"r on held-out takes; mean {mean:.2f}", xlim=(min(0.0, rows[0][1]), 1.0))
    axis.tick_params(axis="y", labelsize=7)
    return figure


def curves(played: Played) -> Any:
    """The spectrogram of the liveliest seconds, and captured and shown curves of the liveliest channels."""
    captured, shown = played.captured, played.shown
    spread = dict(zip(captured.names, captured.weights.std(axis=0), strict=True))
    names = sorted(played.rs, key=lambda name: -spread[name])[:CURVES]
    begin = _liveliest(captured.channel(names[0]), captured.fps)
    figure, axes = plt.subplots(
        len(names) + 1, 1, figsize=(12, 2.0 + 1.6 * len(names)), sharex=True, layout="constrained"
    )
    first = round((played.first + begin) * SAMPLE_RATE)
    samples = read_samples(played.take.audio)[first : first + round(SECONDS * SAMPLE_RATE)]
    axes[0].specgram(samples + 1e-9, NFFT=WINDOW, Fs=SAMPLE_RATE, noverlap=WINDOW - STEP, cmap="Greys")
    axes[0].set(ylabel=f"{played.take.name}\nHz")
    axes[0].images[0].set_clim(axes[0].images[0].get_clim()[1] - RANGE, None)
    for axis, name in zip(axes[1:], names, strict=True):
        rows = slice(round(begin * captured.fps), round((begin + SECONDS) * captured.fps))
        times = np.arange(len(captured.weights[rows])) / captured.fps
        axis.plot(times, captured.channel(name)[rows], color=BLACK, label="captured")
        axis.plot(times, shown.channel(name)[rows], color=RED, label="model")
        axis.set_ylabel(f"{name}\nr {played.rs[name]:.2f}", fontsize=8)
    axes[1].legend(loc="upper right", ncols=2, fontsize=8)
    axes[-1].set_xlabel(f"seconds after {played.first + begin:.1f}")
    return figure


def _liveliest(values: Any, fps: float) -> float:
    """Second from which on a channel moves the most for SECONDS."""
    span = round(SECONDS * fps)
    moved = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(values)))])
    if len(moved) <= span:
        return 0.0
    return float(np.argmax(moved[span:] - moved[:-span]) / fps)


def _save(figure: Any, path: Path) -> Path:
    with beside(path) as file:
        figure.savefig(file, dpi=100)
    free(figure)
    return path
