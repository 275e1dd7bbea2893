"""Emotion tracks from files.

.csv    time,joy,anger         .json    [{"time": 0, "joy": 0.2}, {"time": 1.5, "joy": 0.8, "anger": 0.1}]
        0,0.2,0
        1.5,0.8,0.1            what a key of .json does not name is 0 there

Times are in seconds and rise; strengths are 0 to 1. Between keys they move evenly.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.emotion.track import MOST_KEYS, EmotionTrack
from audio2face.errors import OptionError

LARGEST = 8_000_000
"""Bytes of a file."""
TIME = "time"
Rows = list[tuple[float, ...]]


def read_track(path: Path) -> EmotionTrack:
    """Reads a track. Raises OptionError in one line that names the file."""
    try:
        if path.stat().st_size > LARGEST:
            raise OptionError(f"it has {path.stat().st_size} bytes; expected at most {LARGEST}")
        text = path.read_text(encoding="utf-8-sig")
        names, rows = SUFFIXES[path.suffix.lower()](text)
        table = np.array(rows, np.float64).reshape(-1, 1 + len(names))
        return EmotionTrack(names, table[:, 0], table[:, 1:])
    except OptionError as error:
        raise OptionError(f"emotion track {path}: {error}") from error
    except OSError as error:
        raise OptionError(f"cannot read the emotion track {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"emotion track {path} is not UTF-8 text") from error


def _from_csv(text: str) -> tuple[tuple[str, ...], Rows]:
    try:
        lines = [line for line in csv.reader(text.splitlines()) if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise OptionError(f"it is no table ({error})") from error
    head = [cell.strip() for cell in lines[0]] if lines else []
    if len(head) < 2 or head[0].lower() != TIME:
        raise OptionError(f"its first line is {','.join(head)[:40]!r}; expected time,joy,… with the emotions")
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(head):
            raise OptionError(f"key {number} has {len(line)} cells; the first line has {len(head)}")
    return tuple(head[1:]), [
        tuple(_number(cell, number, name) for cell, name in zip(line, head, strict=True))
        for number, line in enumerate(lines[1 : MOST_KEYS + 2], 1)
    ]


def _from_json(text: str) -> tuple[tuple[str, ...], Rows]:
    try:
        keys = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OptionError(f"it is no JSON ({error})") from error
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise OptionError('it is not a list of keys such as {"time": 1.5, "joy": 0.8}')
    names = tuple(dict.fromkeys(name for key in keys for name in key if name != TIME))
    for number, key in enumerate(keys, 1):
        if TIME not in key:
            raise OptionError(f"key {number} has no time")
    return names, [
        tuple(_number(key.get(name, 0), number, name) for name in (TIME, *names))
        for number, key in enumerate(keys[: MOST_KEYS + 1], 1)
    ]


def _number(value: Any, key: int, name: str) -> float:
    try:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise OptionError(f"key {key}: {name} is {str(value)[:20]!r}; expected a number")


SUFFIXES: dict[str, Callable[[str], tuple[tuple[str, ...], Rows]]] = {".csv": _from_csv, ".json": _from_json}
"""Readers by suffix."""
