"""Scores → figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.measures.bootstrap import drawings, interval, unanimous
from audio2face.measures.recordings import Recording
from audio2face.measures.score import Scores
from audio2face.measures.statistics import largest, share
from audio2face.measures.systems import SYSTEMS
from audio2face.measures.table import ROWS, Row

COUNTS = {"p b m": "recall", "vowels": "false closure", "f v": "teeth recall"}
"""What is counted, and the measure whose evidence counts it."""
BY: dict[str, Callable[[Recording], str]] = {
    "speaker": lambda recording: recording.speaker,
    "emotion": lambda recording: recording.emotion or "unknown",
}
"""What figures can be broken down by, and the group that a recording belongs to."""


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % interval; NaN where there was nothing to measure."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there was anything to measure."""
        return math.isfinite(self.value)


Figures = dict[str, dict[str, Figure]]
"""{measure: {system: figure}}"""
Chosen = Callable[[Recording], bool]


def figures(scores: Scores, chosen: Chosen = lambda _: True, only: Sequence[str] | None = None) -> Figures:
    """All measures that could be taken, over the recordings that are chosen, of all systems or only some."""
    names = [name for name in SYSTEMS if name in scores.found] if only is None else only
    table = {row.key: {name: figure(scores, name, row, chosen) for name in names} for row in ROWS}
    return {key: cells for key, cells in table.items() if any(cell.known for cell in cells.values())}


def figure(scores: Scores, system: str, row: Row, chosen: Chosen = lambda _: True) -> Figure:
    """One measure of one system."""
    recordings, evidence = scores.of(system, row.key)
    kept = [(one, values) for one, values in zip(recordings, evidence, strict=True) if chosen(one)]
    if not kept:
        return Figure(math.nan, math.nan, math.nan)
    found = [values for _, values in kept]
    value = float(row.statistic(found, np.ones((1, len(found))))[0])
    if row.statistic is largest:  # an extreme has no interval that drawing anew could show
        return Figure(value, math.nan, math.nan)
    low, high = interval(row.statistic, found, drawings([one.speaker for one, _ in kept]))
    if row.form == "share" and row.statistic is share and low == high and value in (0.0, 1.0):
        return Figure(value, *unanimous(value, int(sum(pair[1] for pair in found))))
    return Figure(value, low, high)


def groups(recordings: Sequence[Recording], by: str) -> dict[str, int]:
    """{group: recordings in it}, by name; `by` is one of BY."""
    names = [BY[by](recording) for recording in recordings]
    return {name: names.count(name) for name in sorted(set(names))}


def breakdown(scores: Scores, recordings: Sequence[Recording], by: str) -> dict[str, Figures]:
    """{group: the model's figures}; `by` is one of BY."""
    return {
        name: figures(scores, lambda one, name=name: BY[by](one) == name, ("model",))  # type: ignore[misc]
        for name in groups(recordings, by)
    }


def counts(scores: Scores) -> dict[str, int]:
    """How many p b m, open vowels and f v were heard."""
    found = {}
    for name, key in COUNTS.items():
        _, evidence = scores.of("model", key)
        if evidence:
            found[name] = int(sum(values[1] for values in evidence))
    return found
