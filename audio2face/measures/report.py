"""Figures as they are shown: tables of text, and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from audio2face.measures.figures import Figure, Figures
from audio2face.measures.table import ROWS, Goal, Row

Table = list[tuple[str, ...]]


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


def as_rows(table: Figures, latency: float, label: str) -> Table:
    """A row for each measure, a column for each system, the model's with its interval, and the goal."""
    names = list(next(iter(table.values()), {}))
    head = ("", *(label if name == "model" else name for name in names), "95 % interval", "goal")
    return [head, *(_row(row, table[row.key], latency) for row in ROWS if row.key in table)]


def by_rows(parts: Mapping[str, Figures], clips: Mapping[str, int], by: str) -> Table:
    """A row for each group, a column for each measure of the model."""
    rows = [row for row in ROWS if row.short and any(row.key in table for table in parts.values())]
    none = {"model": Figure(math.nan, math.nan, math.nan)}
    found: Table = [(by, "clips", *(row.short for row in rows))]
    for name, table in parts.items():
        cells = (text(table.get(row.key, none)["model"].value, row.form) for row in rows)
        found.append((name, str(clips[name]), *cells))
    return found


def aligned(rows: Table) -> str:
    """Rows as lines of text: the first and the last column on the left, the others on the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def text(value: float, form: str) -> str:
    """A figure as it is written; a dash for NaN."""
    if not math.isfinite(value):
        return "–"
    if form == "share":
        return f"{value:.1%}"
    if form == "ms":
        return f"{1000 * value:+.0f} ms"
    if form in ("mm", "mm²"):
        return f"{value:.3f} {form}"
    return f"{value:.2f}" if form == "number" else f"{value:.3f}"


def _row(row: Row, cells: Mapping[str, Figure], latency: float) -> tuple[str, ...]:
    mine = cells["model"]
    sure = f"{text(mine.low, row.form)} to {text(mine.high, row.form)}" if math.isfinite(mine.low) else ""
    figures = (text(cell.value, row.form) for cell in cells.values())
    return (row.title, *figures, sure, _goal(row.goal(latency), row.form, mine.value))


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


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
    cells[0], cells[-1] = row[0].ljust(widths[0]), row[-1].ljust(widths[-1])
    return "  ".join(cells).rstrip()


def _plain(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
