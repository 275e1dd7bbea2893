"""A recording of the Live Link Face app, as its file has it: every timecode and every value.

`Take` keeps what an AnimationClip cannot: the time of day, rows that come late, and rows without a face. A
take that is read and written gives the same bytes; `livelinkface_csv` turns takes into clips and back.

The form: https://docs.unrealengine.com, "Recording Facial Animation from an iOS Device". The header is
`Timecode,BlendShapeCount` and 61 names; a row without a face is `timecode,0` and nothing more.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exporters import timecode
from exporters.errors import FormatError
from rigs import ARKIT_NAMES, ROTATION_NAMES

_SWAPPED = {
    "jawLeft": "jawRight",
    "jawRight": "jawLeft",
    "mouthLeft": "mouthRight",
    "mouthRight": "mouthLeft",
}

APP_NAMES: tuple[str, ...] = tuple(_SWAPPED.get(name, name) for name in ARKIT_NAMES) + ROTATION_NAMES
"""The 61 names in the app's order: as on the wire, but each Right before its Left for jaw and mouth."""


def column_name(name: str) -> str:
    """`jawOpen` as the file spells it: `JawOpen`."""
    return name[:1].upper() + name[1:]


HEADER: tuple[str, ...] = ("Timecode", "BlendShapeCount", *(column_name(name) for name in APP_NAMES))


@dataclass(frozen=True, eq=False)
class Take:
    """Rows of a recording.

    rate     30 or 60, the frames a second that its timecodes count
    moments  [rows] int64, thousandths of a frame since midnight
    values   [rows, 61] float64 in the order of APP_NAMES, angles in radians, 0 where there is no face
    seen     [rows] bool, whether the row has a face
    """

    rate: int
    moments: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    seen: npt.NDArray[np.bool_]


def write_take(take: Take, file: Path) -> None:
    """Writes the rows with 10 decimals, as the app does."""
    lines = [",".join(HEADER)]
    full = f",{len(APP_NAMES)}," + ",".join(["%.10f"] * len(APP_NAMES))
    values = np.round(take.values, 10) + 0.0  # adding zero turns -0.0 into 0.0
    for moment, row, seen in zip(take.moments.tolist(), values, take.seen, strict=True):
        lines.append(timecode.text(moment, take.rate) + (full % tuple(row) if seen else ",0"))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_take(file: Path) -> Take:
    """Reads a recording. The 61 columns may come in any order.

    Raises FormatError when the header is another, a row has the wrong number of columns, a cell is no finite
    number, or a timecode cannot be read.
    """
    rows = _rows(file)
    order = _order(rows[0])
    parts, seen = [], np.zeros(len(rows) - 1, np.bool_)
    for index, row in enumerate(rows[1:]):
        try:
            parts.append(timecode.parse(row[0]))
            seen[index] = row[1:] != ["0"]
            if seen[index] and len(row) != len(HEADER):
                raise FormatError(f"{len(row)} columns; expected {len(HEADER)}")
        except FormatError as error:
            raise FormatError(f"row {index + 2}: {error}") from error
    values = np.zeros((len(rows) - 1, len(APP_NAMES)))
    values[seen] = _numbers(rows, np.flatnonzero(seen))[:, order]
    rate = timecode.inferred_rate(parts)
    moments = np.array([timecode.ticks(part, rate) for part in parts], dtype=np.int64)
    return Take(rate, moments, values, seen)


def _rows(file: Path) -> list[list[str]]:
    """The rows that are not empty, the header first."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text") from error
    except csv.Error as error:
        raise FormatError(f"it is no table: {error}") from error
    if len(rows) < 2:
        raise FormatError("it has no rows; expected a header and at least one row")
    return rows


def _order(header: Sequence[str]) -> npt.NDArray[np.intp]:
    """[61] where each of APP_NAMES is among the value columns."""
    names = [name.strip() for name in header]
    if names[:2] != list(HEADER[:2]):
        raise FormatError(
            f"its header starts {','.join(names[:2])[:60]!r}; expected 'Timecode,BlendShapeCount'"
        )
    unknown = [name for name in names[2:] if name not in HEADER[2:]]
    missing = [name for name in HEADER[2:] if name not in names]
    if unknown or missing or len(names) != len(HEADER):
        wrong = f"unknown {', '.join(unknown[:3])}" if unknown else f"missing {', '.join(missing[:3])}"
        raise FormatError(
            f"its header has {len(names)} columns, {wrong[:80]}; expected the {len(HEADER)} of the app"
        )
    return np.array([names.index(name) - 2 for name in HEADER[2:]])


def _numbers(rows: Sequence[Sequence[str]], where: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """[where, 61] the numbers of some rows below the header, in the order of the file."""
    try:
        numbers = np.array([rows[at + 1][2:] for at in where.tolist()], dtype=np.float64)
        good = bool(np.isfinite(numbers).all())
    except ValueError:
        good = False
    if not good:  # one by one, to say where
        numbers = np.array([_checked(rows[at + 1], at + 2) for at in where.tolist()])
    return numbers.reshape(len(where), len(APP_NAMES))


def _checked(row: Sequence[str], number: int) -> list[float]:
    """The numbers of a row; FormatError where one is none, or not finite."""
    try:
        numbers = [float(cell) for cell in row[2:]]
    except ValueError as error:
        raise FormatError(f"row {number}: {str(error)[:80]}") from error
    if not np.isfinite(numbers).all():
        raise FormatError(f"row {number}: NaN or infinite values")
    return numbers
