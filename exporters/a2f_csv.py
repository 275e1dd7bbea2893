"""The table of Audio2Face's services: `timeCode` in seconds, then `blendShapes.<Name>` for each channel.

ARKit names are written as NVIDIA does, JawOpen, and come back as jawOpen; other names stay as they are. The
head adds three columns of ours, `headRotation.yaw`, `.pitch`, `.roll` in degrees. Reading takes any order and
skips other columns, such as a row number before the first.

Columns of the real thing: NVIDIA, Audio2Face-3D NIM, sample client, `animation_frames.csv`.
"""

from __future__ import annotations

import csv
import io
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.limits import beginning
from exporters.numerals import numbers
from exporters.rates import nearest_rate
from rigs import ARKIT_NAMES, AnimationClip

TIME, SHAPE = "timeCode", "blendShapes."
TURNS = tuple(f"headRotation.{angle}" for angle in ("yaw", "pitch", "roll"))

_CAPITAL = {name: name[0].upper() + name[1:] for name in ARKIT_NAMES}
_SMALL = {capital: name for name, capital in _CAPITAL.items()}


def write_a2f_csv(clip: AnimationClip, file: Path) -> None:
    """Writes a row for each frame, values with six significant digits, times to the microsecond."""
    spelt = [_CAPITAL.get(name, name) for name in clip.names]
    twice = [
        name for name, seen in zip(clip.names, spelt, strict=True) if seen != name and seen in clip.names
    ]
    if twice:
        raise FormatError(f"the clip has channel {twice[0]} in two spellings; keep one of them")
    header = [TIME, *(SHAPE + name for name in spelt), *(TURNS if clip.head is not None else ())]
    table = clip.weights if clip.head is None else np.concatenate([clip.weights, clip.head], axis=1)
    line = "%.6f" + ",%.6g" * table.shape[1] + "\n"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerow(header)
        for first in range(0, clip.frames, 10_000):
            rows = table[first : first + 10_000].astype(np.float64) + 0.0
            cells = np.concatenate([clip.times[first : first + 10_000, None], rows], axis=1)
            stream.write(line * len(cells) % tuple(cells.ravel().tolist()))


def is_a2f_csv(file: Path) -> bool:
    """Whether the header is that of this form."""
    return SHAPE in beginning(file).partition("\n")[0]


def read_a2f_csv(file: Path) -> AnimationClip:
    """Reads the rows as a clip. Raises FormatError when a column is missing or times are uneven."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = (row for row in csv.reader(io.StringIO(stream.read())) if row)
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text") from error
    except csv.Error as error:
        raise FormatError(f"it is no table: {error}") from error
    except ValueError as error:
        raise FormatError("it is empty; expected a header and at least one row") from error
    table = _table(header, rows)
    columns = [at for at, name in enumerate(header) if name.startswith(SHAPE)]
    if TIME not in header or not columns:
        raise FormatError(
            f"its header starts {','.join(header[:2])[:60]!r}; expected {TIME} and {SHAPE}<Name>"
        )
    names = [header[at].removeprefix(SHAPE) for at in columns]
    turns = [header.index(name) for name in TURNS if name in header]
    with np.errstate(over="ignore"):
        return AnimationClip(
            tuple(_SMALL.get(name, name) for name in names),
            table[:, columns].astype(np.float32),
            _rate(table[:, header.index(TIME)]),
            head=table[:, turns] if len(turns) == len(TURNS) else None,
        )


def _table(header: list[str], rows: list[list[str]]) -> np.ndarray[Any, Any]:
    """[rows, columns] the numbers; columns that are none of ours are 0."""
    if not rows:
        raise FormatError("it has no rows; expected a header and at least one row")
    wrong = next((at for at, row in enumerate(rows) if len(row) != len(header)), None)
    if wrong is not None:
        raise FormatError(f"row {wrong + 2}: {len(rows[wrong])} columns; expected {len(header)}")
    ours = [at for at, name in enumerate(header) if name == TIME or name in TURNS or name.startswith(SHAPE)]
    table = np.zeros((len(rows), len(header)))
    words = list(chain.from_iterable([row[at] for at in ours] for row in rows))
    table[:, ours] = numbers(words, "a cell").reshape(len(rows), len(ours))
    return table


def _rate(times: np.ndarray[Any, Any]) -> float:
    """Frames a second, from times in seconds that may be rounded."""
    if len(times) < 2:
        return 30
    step = float(times[-1] - times[0]) / (len(times) - 1)
    off = np.abs(times - times[0] - step * np.arange(len(times))).max()
    if not step > 0 or off > 0.25 * step:
        raise FormatError(f"{TIME} is not evenly spaced; resample the table to a steady rate first")
    return nearest_rate(1 / step)
