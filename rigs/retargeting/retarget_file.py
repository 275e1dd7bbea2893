"""Maps as files that people read and change: TOML or JSON.

    rig = "hero.glb"       # a file beside this one, or the name of a rig; or names = ["Jaw", ...]
    source = "arkit"       # a rig's name, or a list of names; arkit when left out

    [channels]
    mouthSmile_L = "mouthSmileLeft"                              # follows one channel
    browInnerUp_L = { from = "browInnerUp", gain = 0.8 }         # less of it
    cheekPuff = { from = { cheekPuffLeft = 0.5, cheekPuffRight = 0.5 } }
    lids = { from = ["eyeBlinkLeft", "eyeBlinkRight"], combine = "max", minimum = 0, maximum = 1 }
    tongueOut = {}                                               # driven by nothing

Also `offset`, added after the gain. JSON has the same tables. Without `rig` and `names` the targets are the
keys of `channels`.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.retargeting.retarget import Retarget

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST = 4_000_000
"""Bytes of the longest map that is read."""

_FIELDS = ("from", "gain", "offset", "minimum", "maximum", "combine")
_COMBINE = ("sum", "max")

Table = dict[str, Any]


def read_table(path: Path) -> Table:
    """The tables of a TOML or JSON file. Raises RigError in one line."""
    try:
        if path.stat().st_size > LARGEST:
            raise RigError(f"{path} is {path.stat().st_size} bytes; a map has at most {LARGEST}")
        text = path.read_text(encoding="utf-8-sig")
        table = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise RigError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RigError(f"cannot read {path}: it is no UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise RigError(f"cannot read {path}: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(table, dict):
        raise RigError(
            f"cannot read {path}: it holds a {type(table).__name__}; expected tables with channels"
        )
    return table


def parse_map(table: Table, path: Path, channels: Sequence[Channel] | None = None) -> Retarget:
    """The map that the tables say. `channels` are those of its rig, where it names one.

    Raises RigError, with the file, the key and what would be right.
    """
    return _Parser(path, table, channels).retarget()


def is_map(table: Table) -> bool:
    """Whether the tables are a map; a list of names under `channels` is none."""
    return isinstance(table.get("channels"), dict)


@dataclass(frozen=True)
class _Row:
    """What one line of the map says."""

    channel: Channel
    shares: dict[str, float]
    gain: float
    offset: float
    largest: bool


class _Parser:
    def __init__(self, path: Path, table: Table, channels: Sequence[Channel] | None) -> None:
        self._path, self._table = path, table
        self._sources = self._source_names()
        given = table.get("names")
        if channels is None and given is not None:
            channels = [Channel(name) for name in self._names(given, "names")]
        self._channels = None if channels is None else {channel.name: channel for channel in channels}

    def retarget(self) -> Retarget:
        content = self._table.get("channels")
        if not isinstance(content, dict) or not content:
            raise self._error("channels", "is missing or empty; expected target = source, one a line")
        said = {key: self._row(key, value) for key, value in content.items()}
        channels = self._channels if self._channels is not None else dict.fromkeys(said)
        rows = [said.get(name) or _Row(_channel(channels[name]), {}, 1, 0, False) for name in channels]
        matrix = np.zeros((len(self._sources), len(rows)), np.float32)
        for column, row in enumerate(rows):
            for source, share in row.shares.items():
                matrix[self._sources.index(source), column] = share
        return Retarget(
            self._sources,
            tuple(row.channel for row in rows),
            matrix,
            np.array([row.gain for row in rows]),
            np.array([row.offset for row in rows]),
            frozenset(row.channel.name for row in rows if row.largest),
        )

    def _source_names(self) -> tuple[str, ...]:
        source = self._table.get("source", "arkit")
        if isinstance(source, list):
            return self._names(source, "source")
        if source != "arkit":
            raise self._error("source", f'is {source!r}; expected "arkit" or a list of channel names')
        return ARKIT_NAMES

    def _names(self, value: Any, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(n, str) and n for n in value):
            raise self._error(key, "is no list of channel names")
        return tuple(value)

    def _row(self, key: str, value: Any) -> _Row:
        if self._channels is not None and key not in self._channels:
            raise self._error(key, f"is no channel of the rig{_nearest(key, self._channels)}")
        table = value if isinstance(value, dict) else {"from": value}
        strange = [field for field in table if field not in _FIELDS]
        if strange:
            raise self._error(key, f"has {strange[0][:40]!r}; known are {', '.join(_FIELDS)}")
        combine = table.get("combine", "sum")
        if combine not in _COMBINE:
            raise self._error(key, f"has combine = {str(combine)[:40]!r}; expected sum or max")
        usual = _channel(self._channels[key] if self._channels is not None else None, key)
        low = self._number(key, table, "minimum", usual.minimum)
        high = self._number(key, table, "maximum", usual.maximum)
        if not low < high:
            raise self._error(key, f"has minimum {low:g} and maximum {high:g}; the first must be lower")
        gain, offset = self._number(key, table, "gain", 1.0), self._number(key, table, "offset", 0.0)
        return _Row(
            replace(usual, minimum=low, maximum=high),
            self._shares(key, table.get("from", {})),
            gain,
            offset,
            combine == "max",
        )

    def _shares(self, key: str, value: Any) -> dict[str, float]:
        if isinstance(value, str):
            value = {value: 1.0}
        elif isinstance(value, list) and all(isinstance(name, str) for name in value):
            value = dict.fromkeys(value, 1.0)
        if not isinstance(value, dict):
            raise self._error(
                key, f"follows {str(value)[:40]!r}; expected a channel's name, several or shares"
            )
        for name in value:
            if name not in self._sources:
                hint = _nearest(name, self._sources)
                raise self._error(key, f"follows {name[:60]!r}, which is no source channel{hint}")
        return {name: self._number(key, value, name, 0.0) for name in value}

    def _number(self, key: str, table: Table, field: str, usual: float) -> float:
        value = table.get(field, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._error(key, f"has {field} = {str(value)[:40]}; expected a finite number")
        if abs(value) > 1e6:
            raise self._error(key, f"has {field} = {value:g}; expected at most a million")
        return float(value)

    def _error(self, key: str, text: str) -> RigError:
        return RigError(f"{self._path}{_line(self._path, key)}: {key[:60]!r} {text}")


def _channel(channel: Channel | None, name: str = "") -> Channel:
    return Channel(name) if channel is None else channel


def _nearest(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), 1, 0.5)
    return f"; nearest is {close[0]!r}" if close else ""


def _line(path: Path, key: str) -> str:
    """` line 12`, where the key begins a line; TOML and JSON readers do not tell."""
    start = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=:]""")
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if start.match(line):
            return f" line {number}"
    return ""
