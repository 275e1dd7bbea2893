"""Pictures of an hour of life: a panel for each figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from life_hour import FPS
from life_measures import NEAR_END, Figures
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from scipy import stats

AXES = ("yaw", "pitch", "roll")


def draw_eyes(talk: Figures, rest: Figures, file: Path) -> None:
    """Blinks, saccades and glances."""
    figure, panels = plt.subplots(2, 3, figsize=(12, 6.6))
    for panel, hour, name in ((panels[0, 0], talk, "talking"), (panels[0, 1], rest, "silent")):
        _intervals(panel, hour, name)
    _ends(panels[0, 2], talk)
    _rates(panels[1, 0], talk, rest)
    _sequence(panels[1, 1], talk)
    _glances(panels[1, 2], talk, rest)
    _save(figure, file)


def draw_head(talk: Figures, rest: Figures, file: Path) -> None:
    """Head and brows."""
    figure, panels = plt.subplots(2, 3, figsize=(12, 6.6))
    _drift(panels[0, 0], talk)
    _spread(panels[0, 1], talk, rest)
    _followed(panels[0, 2], talk)
    _shares(panels[1, 0], talk)
    _repeats(panels[1, 1], talk, rest)
    _brows(panels[1, 2], talk)
    _save(figure, file)


def _save(figure: plt.Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, dpi=75, metadata={"Software": ""})
    plt.close(figure)
    print(f"{file} written")


def _intervals(panel: Axes, hour: Figures, name: str) -> None:
    waits = hour.waits
    panel.hist(waits, 40, density=True, color="C0", alpha=0.6)
    places = np.linspace(waits.min(), waits.max(), 200)
    panel.plot(places, stats.norm.pdf(places, waits.mean(), waits.std(ddof=1)), "C1")
    ticks = [0.5, 1, 2, 4, 8, 16]
    panel.set_xticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    panel.set_xlabel("seconds from blink to blink, logarithmic")
    panel.set_title(f"{name}: log-normal, p = {hour.log_normal:.2f}", fontsize=10)


def _ends(panel: Axes, hour: Figures) -> None:
    edges = np.arange(-2, 3.01, 0.25)
    blinks = hour.hour.blinks
    offsets = np.concatenate([blinks[np.abs(blinks - end) < 4] - end for end in hour.hour.ends])
    counts, _ = np.histogram(offsets, edges)
    panel.bar(edges[:-1], counts / len(hour.hour.ends) / 0.25 * 60, 0.25, align="edge", alpha=0.6)
    panel.axvspan(0, NEAR_END, color="C1", alpha=0.2)
    panel.set_xlabel("seconds after a phrase was heard to end")
    panel.set_ylabel("blinks a minute")
    panel.set_title(f"ends of phrases: {hour.at_ends:.2f} × elsewhere (2 × wanted)", fontsize=10)


def _rates(panel: Axes, talk: Figures, rest: Figures) -> None:
    for hour, colour, name in ((talk, "C0", "talking"), (rest, "C1", "silent")):
        found, wanted = hour.blink_rate
        counts, edges = np.histogram(hour.hour.blinks, np.arange(0, hour.hour.seconds + 1, 60))
        panel.plot(edges[:-1] / 60, counts, colour, lw=0.8)
        panel.axhline(wanted, color=colour, ls="--", lw=1)
        panel.plot([], [], colour, label=f"{name}: {found:.1f}, wanted {wanted:.1f}")
    panel.set_xlabel("minutes")
    panel.set_ylabel("blinks in the minute")
    panel.set_ylim(0)
    panel.legend(fontsize=8, loc="lower right")
    panel.set_title("blink rate over the hour", fontsize=10)


def _sequence(panel: Axes, hour: Figures) -> None:
    _, duration, size = hour.hour.saccades.T
    panel.plot(size, duration * 1000, ".", markersize=2, alpha=0.5)
    ends = np.array([0, size.max()])
    for base, slope in ((20, 2.2), (30, 2.7)):
        panel.plot(ends, base + slope * ends, "C1", lw=1)
    panel.set_xlabel("degrees")
    panel.set_ylabel("ms")
    base, slope, inside = hour.sequence
    panel.set_title(f"saccades: {base:.1f} ms + {slope:.2f} ms/°, {100 * inside:.0f} % inside", fontsize=10)


def _glances(panel: Axes, talk: Figures, rest: Figures) -> None:
    edges = np.arange(0, 15.1, 0.5)
    for hour, column, name in ((talk, 1, "other, talking"), (rest, 1, "other, silent"), (talk, 0, "away")):
        lasted = hour.hour.aversions[:, column]
        panel.hist(lasted, edges, histtype="step", density=True, label=f"{name}: {lasted.mean():.2f} s")
    panel.set_xlabel("seconds of a look")
    panel.legend(fontsize=8)
    panel.set_title("looks at the other, and away", fontsize=10)


def _drift(panel: Axes, hour: Figures) -> None:
    for axis, name in enumerate(AXES):
        panel.plot(hour.minutes[:, axis], lw=0.9, label=f"{name}: {hour.trend[axis]:+.2f}° an hour")
    panel.set_ylim(-4, 4)
    panel.set_xlabel("minutes")
    panel.set_ylabel("mean of the minute, degrees")
    panel.legend(fontsize=8)
    panel.set_title("head: no drift while talking", fontsize=10)


def _spread(panel: Axes, talk: Figures, rest: Figures) -> None:
    panel.axhspan(2, 4, color="C2", alpha=0.15)
    for shift, hour, name in ((-0.2, talk, "talking"), (0.2, rest, "silent")):
        bars = panel.bar(np.arange(3) + shift, hour.hour.head.std(0), 0.4, label=name, alpha=0.7)
        panel.bar_label(bars, fmt="%.2f", fontsize=8)
    panel.set_xticks(range(3), AXES)
    panel.set_ylabel("degrees")
    panel.legend(fontsize=8)
    panel.set_title("SD of the head; 2–4° wanted while talking", fontsize=10)


def _followed(panel: Axes, hour: Figures) -> None:
    """Twenty seconds of the head, and what pitch and loudness alone say of it."""
    known, keep = hour.voice(hour.following[1])
    head = hour.hour.head
    fit = known @ np.linalg.lstsq(known[keep], head[keep], rcond=None)[0]
    some = slice(600 * FPS, 620 * FPS) if len(head) > 620 * FPS else slice(0, 20 * FPS)
    times = np.arange(len(head[some])) / FPS
    panel.plot(times, head[some, 1], label="pitch of the head")
    panel.plot(times, fit[some, 1], label="from the voice alone")
    panel.set_xlabel("seconds")
    panel.set_ylabel("degrees")
    panel.legend(fontsize=8)
    panel.set_title(f"it follows the voice: r = {hour.following[0][1]:.2f} (.5 wanted)", fontsize=10)


def _shares(panel: Axes, hour: Figures) -> None:
    soon, chance = hour.following_soon
    rows = (("the hour", hour.following[0]), ("10 s", soon), ("10 s, another voice", chance))
    for number, (name, values) in enumerate(rows):
        bars = panel.bar(np.arange(3) + 0.27 * (number - 1), values, 0.27, label=name, alpha=0.7)
        panel.bar_label(bars, fmt="%.2f", fontsize=7)
    panel.set_xticks(range(3), AXES)
    panel.set_ylim(0, 1)
    panel.legend(fontsize=8)
    panel.set_title("multiple correlation with pitch and loudness", fontsize=10)


def _repeats(panel: Axes, talk: Figures, rest: Figures) -> None:
    for hour, name in ((talk, "talking"), (rest, "silent")):
        nearest, most = hour.repeats
        label = f"{name}: {nearest.min():.2f}° at least, r ≤ {most:.2f}"
        panel.hist(nearest, 40, histtype="step", density=True, label=label)
    panel.set_xlim(0)
    panel.set_xlabel("degrees from 10 s to the likest 10 s within 90 s; 0 repeats")
    panel.legend(fontsize=8)
    panel.set_title("head motion does not repeat", fontsize=10)


def _brows(panel: Axes, hour: Figures) -> None:
    counts, edges = np.histogram(hour.hour.brows, np.arange(0, hour.hour.seconds + 1, 60))
    panel.bar(edges[:-1] / 60, counts, 1, align="edge", alpha=0.6)
    panel.set_xlabel("minutes")
    panel.set_title(f"rises of the brows: {hour.brow_rate:.1f} a minute", fontsize=10)
