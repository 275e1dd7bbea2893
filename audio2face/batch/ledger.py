"""The ledger: what became of each line, in one SQLite file that survives a kill at any moment.

Only the process that was started by the user writes it. A row is written when a line's files are in place, so
that what is in the ledger is done; a line that was in the works when everything ended is not in it, and is
done again. The file is locked while a batch runs, and the lock goes when its process does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from audio2face.errors import OptionError

NAME = "batch.ledger"
FORM = 1
"""Of the table; a ledger of another form is not read."""

DONE, FAILED, TEXT = "done", "failed", "text only"


@dataclass(frozen=True)
class Entry:
    """What became of a line.

    place     of the line
    state     DONE, FAILED or TEXT
    parts     what its results depend on, as `identity.parts_of` gives it
    outputs   {file below the output folder: bytes}
    error     one line, where it failed
    facts     what was measured: frames, seconds, measures of triage, curves, conflicts of hand edits
    """

    place: str
    state: str
    parts: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Ledger:
    """Use with `with`. Raises OptionError when the file cannot be used, or another batch has it open."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._base = sqlite3.connect(file, isolation_level=None, timeout=0.5)
            # One writer, and a plain journal: this also works on shared folders, where a WAL does not.
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = DELETE")
            self._base.execute("BEGIN EXCLUSIVE")
            self._set_up()
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise OptionError(
                    f"another batch is writing to {file.parent}; wait for it, or stop it"
                ) from error
            raise OptionError(f"cannot open {file}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise OptionError(f"{file} is no ledger, or damaged ({error}); move it away") from error

    def _set_up(self) -> None:
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS lines (place TEXT PRIMARY KEY, state TEXT, parts TEXT, outputs TEXT, "
            "error TEXT, facts TEXT) WITHOUT ROWID"
        )
        form = self._base.execute("PRAGMA user_version").fetchone()[0]
        if form not in (0, FORM):
            raise OptionError(f"{self.file} is of form {form}, and this program knows {FORM}; move it away")
        self._base.execute(f"PRAGMA user_version = {FORM}")

    def entries(self) -> dict[str, Entry]:
        """{place: what became of it}."""
        rows = self._base.execute(
            "SELECT place, state, parts, outputs, error, facts FROM lines ORDER BY place"
        )
        return {
            place: Entry(place, state, json.loads(parts), json.loads(outputs), error, json.loads(facts))
            for place, state, parts, outputs, error, facts in rows
        }

    def write(self, entries: Iterable[Entry]) -> None:
        """Writes rows; all of them are there afterwards, or none."""
        rows = [
            (one.place, one.state, _text(one.parts), _text(one.outputs), one.error, _text(one.facts))
            for one in entries
        ]
        with self._base:
            self._base.execute("BEGIN")
            self._base.executemany("REPLACE INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
