"""The report as CSV: every line, the worst first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from audio2face.batch.reporting.rows import Row

MEASURES = (
    *("clipped", "loud", "depth", "held", "silent", "gap", "begin", "end", "odd", "voices", "spoken"),
    *("closures", "undecided", "follow", "lag", "cost", "order", "rate", "labials"),
)
"""In the order of their columns; docs/batch.md says what each is."""


def table_text(rows: Sequence[Row]) -> str:
    """The whole table. Cells that a spreadsheet would take for formulas are led by an apostrophe."""
    more = list(dict.fromkeys(name for row in rows for name in row.line.more))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = ("place", "id", "state", "confidence", "reasons", "seconds", "frames", "outputs")
    writer.writerow([*heads, "emotion", "text", "notes", *more, *MEASURES])
    for row in rows:
        facts, line = row.entry.facts, row.line
        measures = facts.get("measures", {})
        told = [line.place, line.name, row.entry.state, _number(row.confidence), "; ".join(row.reasons)]
        told += [_number(facts.get("seconds")), _number(facts.get("frames")), " ".join(row.entry.outputs)]
        told += [line.settings.emotion, line.text, line.notes, *(line.more.get(name, "") for name in more)]
        writer.writerow([*map(_plain, told), *(_number(measures.get(name)) for name in MEASURES)])
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _plain(cell: str) -> str:
    signed = cell[:1] in ("+", "-") and not cell[1:2].isdigit()
    return f"'{cell}" if signed or cell[:1] in ("=", "@", "\t") else cell
