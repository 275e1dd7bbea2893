"""A manifest: a table of lines, as CSV or as JSONL."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio2face.batch.settings import KEYS
from audio2face.errors import OptionError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson")
OWN = ("id", "file", "text", "notes")
"""Columns that say which line it is; KEYS say how it is animated; others are kept for the report."""
SEPARATORS = ",;\t"
NEAR = 0.8
"""Likeness, 0 to 1, from which an unknown column is taken for a misspelling."""


@dataclass(frozen=True)
class Row:
    """A row of a manifest: where it stands, and {column: value}."""

    where: str
    cells: Mapping[str, Any]


def read_manifest(file: Path) -> list[Row]:
    """The rows of a manifest. Raises OptionError when it cannot be read or a column looks misspelt."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OptionError(f"{file} is no UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise OptionError(f"cannot read {file}: {error.strerror or error}") from error
    rows = list(_csv(file, text) if file.suffix.lower() in (".csv", ".tsv") else _jsonl(file, text))
    if not rows:
        raise OptionError(f"{file} lists no lines; expected a row for each, with id and file")
    return rows


def _csv(file: Path, text: str) -> Iterator[Row]:
    """Rows after a line of names; commas, semicolons or tabs part them, whichever the names have most of."""
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        check_columns(names, str(file))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{file}, line {reader.line_num}"
            if len(cells) > len(names):
                raise OptionError(f"{where} has {len(cells)} cells, and there are {len(names)} columns")
            yield Row(where, {name: cell.strip() for name, cell in zip(names, cells, strict=False)})
    except csv.Error as error:
        raise OptionError(f"{file}, line {reader.line_num}: {error}; check its quotes") from error


def _jsonl(file: Path, text: str) -> Iterator[Row]:
    """An object a line."""
    checked: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise OptionError(f"{where} is no JSON: {error}") from error
        if not isinstance(cells, dict):
            raise OptionError(f'{where} is no object; expected such as {{"id": "a1", "file": "a1.wav"}}')
        named = {str(name).strip().lower(): value for name, value in cells.items()}
        if not named.keys() <= checked:
            check_columns(list(named), where)
            checked |= named.keys()
        yield Row(where, named)


def check_columns(names: Sequence[str], where: str) -> None:
    """Raises OptionError where columns repeat, neither id nor file is there, or one looks misspelt."""
    known = (*OWN, *KEYS)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise OptionError(f"{where}: two columns are called {twice!r}; rename one")
    if not {"id", "file"} & set(names):
        raise OptionError(f"{where}: no column is called id or file; the first row must name the columns")
    for name in names:
        near = [] if name in known else difflib.get_close_matches(name, known, 1, NEAR)
        near += [other for other in known if name != other and sorted(name) == sorted(other)]
        if near and near[0] not in names:
            raise OptionError(
                f"{where}: the column {name!r} looks like {near[0]!r}; rename it one way or another"
            )
