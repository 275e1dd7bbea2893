"""Tables of what `audio2face evaluate` finds, for make_figures.py."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audio2face.measures.report import text
from audio2face.measures.table import ROWS, Goal, Row

MODELS = ("studio", "live")
SETS: dict[str, tuple[str, ...]] = {
    "LibriSpeech": ("librispeech", "--stress"),
    "EmoDB, two actors": ("emodb", "--speakers=09,12", "--stress"),
    "GRID, every sixth clip": ("grid", "--every=6"),
    "Mandarin": ("facegood",),
}
"""What is scored: a folder of the data, and how."""
SHORT = (
    ("LibriSpeech", "recall", "closed"),
    ("LibriSpeech", "false closure", "wrongly shut"),
    ("EmoDB, two actors", "recall", "closed"),
    ("EmoDB, two actors", "false closure", "wrongly shut"),
    ("GRID, every sixth clip", "opening r", "opening r"),
    ("GRID, every sixth clip", "width r", "width r"),
)
"""Columns of the short table: set, measure, head."""
ALL_ROWS = {row.key: row for row in ROWS}

Report = dict[str, dict[str, Any]]
"""{system: {measure: value, …, "intervals": {measure: [low, high]}}}"""
Reports = Mapping[str, Mapping[str, Report]]
"""{model: {set: report}}"""


def scored(model: str, data: Path, sort: tuple[str, ...]) -> Report:
    """What `audio2face evaluate` reports of one set."""
    folder, *options = sort
    command = [sys.executable, "-m", "audio2face", "evaluate", model, f"--data={data / folder}", *options]
    done = subprocess.run(
        [*command, "--json"], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    report: Report = json.loads(done.stdout)[folder]
    return report


def short_table(reports: Reports) -> str:
    """One line for each system."""
    first = next(iter(reports.values()))
    lines = [(name, *(_cell(first, column, name) for column in SHORT)) for name in ("loudness", "teacher")]
    lines += [
        (f"**{name}**", *(_cell(of, column, "model") for column in SHORT)) for name, of in reports.items()
    ]
    heads = ("system", *(f"{title.split(',')[0]}: {head}" for title, _, head in SHORT))
    return _markdown([heads, *lines])


def long_tables(reports: Reports) -> str:
    """A table for each set: a line for each measure, with intervals and goals."""
    parts = [f"## {title}\n\n{_heard(reports, title)}\n\n{_long(reports, title)}" for title in SETS]
    return "\n\n".join(parts)


def _long(reports: Reports, title: str) -> str:
    first = next(iter(reports.values()))[title]
    known = [row for row in ROWS if any(system.get(row.key) is not None for system in first.values())]
    heads = ["measure", "loudness", "teacher"]
    for name in reports:
        heads += [f"**{name}**", "95 % interval", "goal"]
    return _markdown([tuple(heads), *(_line(row, reports, title) for row in known)])


def _line(row: Row, reports: Reports, title: str) -> tuple[str, ...]:
    first = next(iter(reports.values()))[title]
    cells = [row.title, *(_text(first.get(name, {}).get(row.key), row) for name in ("loudness", "teacher"))]
    for number, sets in enumerate(reports.values()):
        mine = sets[title]["model"]
        low, high = mine["intervals"].get(row.key) or (None, None)
        cells += [_text(mine.get(row.key), row), f"{_text(low, row)} … {_text(high, row)}"]
        cells.append(_goal(row.goals[number], row, mine.get(row.key)))
    return tuple(cells)


def _goal(goal: Goal | None, row: Row, value: float | None) -> str:
    if goal is None:
        return ""
    bounds = [f"≥ {text(goal.low, row.form)}"] if goal.low is not None else []
    bounds += [f"≤ {text(goal.high, row.form)}"] if goal.high is not None else []
    return " ".join(bounds) + (" ✓" if value is not None and goal.met(value) else "")


def _heard(reports: Reports, title: str) -> str:
    mine = next(iter(reports.values()))[title]["model"]
    counts = [f"{mine[name]} {name}" for name in ("clips", "p b m", "vowels", "f v") if mine.get(name)]
    return f"Counted were {', '.join(counts)}." if counts else ""


def _cell(sets: Mapping[str, Report], column: tuple[str, str, str], system: str) -> str:
    title, key, _ = column
    return _text(sets[title].get(system, {}).get(key), ALL_ROWS[key])


def _text(value: float | None, row: Row) -> str:
    return "–" if value is None else text(value, row.form)


def _markdown(rows: list[tuple[str, ...]]) -> str:
    rule = ("---", *["---:"] * (len(rows[0]) - 1))
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [rows[0], rule, *rows[1:]])
