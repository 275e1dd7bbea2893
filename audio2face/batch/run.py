"""A batch from its list to its report, without a word to the terminal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from audio2face.batch.identity import model_hash, versions
from audio2face.batch.ledger import DONE, Entry, Ledger
from audio2face.batch.line import Line
from audio2face.batch.planning import Plan
from audio2face.batch.reporting.page import page_text
from audio2face.batch.reporting.rows import Row, judged
from audio2face.batch.reporting.table import table_text
from audio2face.batch.storing import Store
from audio2face.batch.workers import Workers
from rigs import FaceError

RECORD, TABLE, PAGE = "batch.json", "report.csv", "report.html"


@dataclass(frozen=True)
class Batch:
    """What a run works on.

    lines    all of them
    plan     what is to be done
    output   folder or URL that results go to
    store    the same, opened
    ledger   open
    command  the words that the user gave, for the record
    source   LINES, as the user gave it
    """

    lines: Sequence[Line]
    plan: Plan
    output: str
    store: Store
    ledger: Ledger
    command: Sequence[str]
    source: str

    def run(self, workers: Workers, tell: Callable[[Entry], None]) -> list[Row]:
        """Does what is to be done, writes the report; gives a row for each line, the worst first.

        tell  is called with every entry as it becomes known
        """
        known = self.ledger.entries()
        self.ledger.write(self.plan.entries)
        token = secrets.token_hex(6)
        self.store.begin(token)
        try:
            for entries in workers.run(self.plan.works, self.output, token) if self.plan.works else ():
                self._tidy(known, entries)
                self.ledger.write(entries)
                for entry in entries:
                    tell(entry)
            return self._report(token)
        finally:
            self.store.end()

    def _tidy(self, known: dict[str, Entry], entries: Sequence[Entry]) -> None:
        """Removes what an earlier run made of a line and this one does not, such as another format."""
        for entry in entries:
            before = known.get(entry.place)
            if before is not None and entry.state == DONE:
                for place in before.outputs.keys() - entry.outputs.keys():
                    self.store.remove(place)

    def _report(self, token: str) -> list[Row]:
        """Writes the record, the table and the page from what the ledger knows now."""
        rows = judged(self.lines, self.ledger.entries())
        record = self.record()
        files = {row.line.place: quote(next(iter(row.entry.outputs), "")) for row in rows}
        texts = {
            RECORD: json.dumps(record, indent=1, ensure_ascii=False) + "\n",
            TABLE: table_text(rows),
            PAGE: page_text(rows, record, files),
        }
        with self.store.staged(token) as folder:
            for name, text in texts.items():
                (folder / name).write_text(text, encoding="utf-8", newline="\n")
            self.store.publish(token, folder, list(texts))
        return rows

    def record(self) -> dict[str, Any]:
        """The exact command, versions and the hash of each model: what the results came from."""
        models = sorted({line.settings.model for line in self.lines})
        return {
            "command": list(self.command),
            "lines": self.source,
            "versions": versions(),
            "models": {Path(name).name: _hash(name) for name in models},
        }


def _hash(model: str) -> str:
    try:
        return model_hash(model)
    except FaceError as error:
        return str(error)
