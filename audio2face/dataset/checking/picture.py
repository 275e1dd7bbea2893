"""Sound, motion and how they lie on each other, in matplotlib."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np

from audio2face.dataset.checking.check import Report, TakeReport
from audio2face.dataset.checking.finding import BROKEN, NOTE, WARNING
from audio2face.dataset.checking.sync import RATE, Array

matplotlib.use("Agg")  # draws without a screen; before pyplot is imported
import matplotlib.pyplot as plt

COLOURS = {BROKEN: "#d1495b", WARNING: "#d18f00", NOTE: "#00798c"}
SOUND, HEARD, MOTION = "#b5b5b5", "#222222", "#d1495b"
SHOWN = 12
"""Takes in the picture, those with findings first."""
SECONDS = 8.0
"""Of each take, where the motion is liveliest."""


def picture(report: Report) -> Any:
    """A row for each take: the level of its sound, the mouth as heard, and as it moves, where it lies."""
    named = [finding.take for finding in report.findings if finding.state != NOTE]
    takes = sorted(report.takes, key=lambda take: take.listed.name not in named)[:SHOWN]
    figure, axes = plt.subplots(
        len(takes), 1, figsize=(12, 0.6 + 1.7 * len(takes)), squeeze=False, layout="constrained"
    )
    for axis, take in zip(axes[:, 0], takes, strict=True):
        _take(axis, take)
        _words(axis, report, take.listed.name)
    axes[0, 0].legend(loc="upper right", fontsize=7, ncols=3)
    axes[-1, 0].set_xlabel("seconds")
    return figure


def _take(axis: Any, take: TakeReport) -> None:
    lively = take.mouth if take.mouth is not None else take.heard
    first = 0.0 if lively is None else _liveliest(lively)
    if take.sound is not None:
        times = np.arange(len(take.sound.level)) / RATE
        axis.fill_between(times, _unit(take.sound.level), color=SOUND, lw=0, label="sound")
    if take.heard is not None:
        axis.plot(
            np.arange(len(take.heard)) / RATE, _unit(take.heard), color=HEARD, lw=1, label="mouth as heard"
        )
    if take.mouth is not None:
        axis.plot(
            np.arange(len(take.mouth)) / RATE,
            _unit(take.mouth),
            color=MOTION,
            lw=1.2,
            label="mouth as it moves",
        )
    axis.set_xlim(first, first + SECONDS)
    axis.set_ylim(0, 1.15)
    axis.set_yticks([])
    axis.tick_params(labelsize=7)


def _words(axis: Any, report: Report, name: str) -> None:
    found = [finding for finding in report.findings if finding.take == name]
    take = next(take for take in report.takes if take.listed.name == name)
    title = name
    if take.fit is not None:
        sure = "" if take.fit.sure else " (unsure)"
        title += f": motion {1000 * take.fit.offset:+.0f} ms, r {take.fit.r:.2f}{sure}"
    axis.set_title(title, fontsize=8, loc="left")
    for row, finding in enumerate(found[:3]):
        detail = finding.detail if len(finding.detail) < 110 else finding.detail[:107] + "…"
        axis.text(
            *(0.005, 0.86 - 0.17 * row, f"{finding.kind}: {detail}"),
            **{"transform": axis.transAxes, "fontsize": 7, "color": COLOURS[finding.state]},
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1},
        )


def _liveliest(values: Array) -> float:
    """The second from which the picture shows the most movement."""
    speed = np.abs(np.diff(values, prepend=values[:1]))
    wide = round(SECONDS * RATE)
    if len(speed) <= wide:
        return 0.0
    passed = np.concatenate([[0.0], np.cumsum(speed)])
    return float(np.argmax(passed[wide:] - passed[:-wide])) / RATE


def _unit(values: Any) -> Array:
    """Values between 0 and 1, whatever their unit."""
    low, high = float(np.min(values)), float(np.percentile(values, 99.5))
    return np.clip((np.asarray(values, np.float64) - low) / max(high - low, 1e-9), 0, 1)
