"""Scores → figures with their intervals, and the figures as rows of text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from audio2face.measures.bootstrap import drawings, interval
from audio2face.measures.recordings import Recording
from audio2face.measures.score import Scores
from audio2face.measures.table import ROWS, Goal, Row

COUNTS = {"p b m": "recall", "vowels": "false closure", "f v": "teeth recall"}
"""What is counted, and the measure whose evidence counts it."""


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % interval; NaN where there was nothing to measure."""

    value: float
    low: float
    high: float


Figures = dict[str, dict[str, Figure]]
"""{measure: {system: figure}}"""
Chosen = Callable[[Recording], bool]


def figures(scores: Scores, chosen: Chosen = lambda _: True) -> Figures:
    """All measures that could be taken of any system, over the recordings that are chosen."""
    table = {row.key: {name: figure(scores, name, row, chosen) for name in scores.found} for row in ROWS}
    return {key: cells for key, cells in table.items() if any(_known(cell) for cell in cells.values())}


def figure(scores: Scores, system: str, row: Row, chosen: Chosen = lambda _: True) -> Figure:
    """One measure of one system."""
    recordings, evidence = scores.of(system, row.key)
    kept = [(one, values) for one, values in zip(recordings, evidence, strict=True) if chosen(one)]
    if not kept:
        return Figure(math.nan, math.nan, math.nan)
    found = [values for _, values in kept]
    value = float(row.statistic(found, np.ones((1, len(found))))[0])
    return Figure(value, *interval(row.statistic, found, drawings([one.speaker for one, _ in kept])))


def counts(scores: Scores) -> dict[str, int]:
    """How many p b m, open vowels and f v were heard."""
    found = {}
    for name, key in COUNTS.items():
        _, evidence = scores.of("model", key)
        if evidence:
            found[name] = int(sum(values[1] for values in evidence))
    return found


def as_json(table: Figures, heard: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """{system: {measure: value, …, "intervals": {measure: [low, high]}}}; null where nothing was measured."""
    names = list(next(iter(table.values()), {}))
    return {
        system: {
            **{key: _plain(cells[system].value) for key, cells in table.items()},
            **heard,
            "intervals": {
                key: [_plain(cells[system].low), _plain(cells[system].high)] for key, cells in table.items()
            },
        }
        for system in names
    }


def as_rows(table: Figures, latency: float, label: str) -> list[tuple[str, ...]]:
    """A row for each measure, a column for each system, the model's with its interval, and the goal."""
    names = list(next(iter(table.values()), {}))
    rows = [("", *(label if name == "model" else name for name in names), "95 % interval", "goal")]
    for row in (row for row in ROWS if row.key in table):
        cells = table[row.key]
        mine = cells["model"]
        goal = row.goal(latency)
        rows.append(
            (
                row.title,
                *(text(cells[name].value, row.form) for name in names),
                f"{text(mine.low, row.form)} to {text(mine.high, row.form)}",
                _goal(goal, row.form, mine.value),
            )
        )
    return rows


def text(value: float, form: str) -> str:
    """A figure as it is written; a dash for NaN."""
    if not math.isfinite(value):
        return "–"
    if form == "share":
        return f"{value:.1%}"
    if form == "ms":
        return f"{1000 * value:+.0f} ms"
    return f"{value:.2f}" if form == "number" else f"{value:.4f}"


def _goal(goal: Goal | None, form: str, value: float) -> str:
    if goal is None:
        return ""
    if goal.low is not None and goal.high is not None:
        said = f"{text(goal.low, form)} to {text(goal.high, form)}"
    elif goal.low is not None:
        said = f"≥ {text(goal.low, form)}"
    else:
        said = f"≤ {text(goal.high or 0.0, form)}"
    return said + (", met" if goal.met(value) else "")


def _known(figure: Figure) -> bool:
    return math.isfinite(figure.value)


def _plain(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
