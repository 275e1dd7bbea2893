"""Lines and what became of them, as rows, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audio2face.batch.ledger import DONE, FAILED, TEXT, Entry
from audio2face.batch.line import Line
from audio2face.batch.triage.judging import Judgement, as_heard, judge, usual

_ORDER = {FAILED: 0, DONE: 1, TEXT: 2}


@dataclass(frozen=True)
class Row:
    """A line in the report; `judgement` is None unless it was done."""

    line: Line
    entry: Entry
    judgement: Judgement | None

    @property
    def confidence(self) -> float | None:
        """0 to 1, or None where nothing was made."""
        return None if self.judgement is None else self.judgement.confidence

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why somebody should look, the worst first."""
        if self.entry.state == TEXT:
            return ("no sound yet",)
        return (self.entry.error,) if self.judgement is None else self.judgement.reasons


def judged(lines: Sequence[Line], entries: Mapping[str, Entry]) -> list[Row]:
    """A row for each line that something became of: failed ones, then the least sure, then text alone."""
    heard = {
        place: as_heard(place, entry.parts, entry.facts)
        for place, entry in entries.items()
        if entry.state == DONE
    }
    around = usual(heard.values())
    rows = [
        Row(line, entries[line.place], judge(heard[line.place], around) if line.place in heard else None)
        for line in lines
        if line.place in entries
    ]
    return sorted(rows, key=_worst)


def _worst(row: Row) -> tuple[int, float, str]:
    return _ORDER[row.entry.state], row.confidence or 0.0, row.line.place
