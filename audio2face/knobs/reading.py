"""Settings from a file, and from the command line.

[strength]
upper = 1.2               # --set strength.upper=1.2

[channel.jawOpen]
gain = 1.1                # --set channel.jawOpen.gain=1.1
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from audio2face.errors import SettingsError
from audio2face.knobs.settings import FaceSettings, fault

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST = 1_000_000
"""Bytes of the longest file that is read."""


def read_settings(path: Path) -> FaceSettings:
    """The settings of a TOML file. Raises SettingsError with every fault, each with its line."""
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"cannot read {path}: {' '.join(str(error).split())[:200]}"]) from error
    values = dict(_flat(table))
    faults = [
        f"{path}{_line(text, key)}: {told}" for key, value in values.items() if (told := fault(key, value))
    ]
    if faults:
        raise SettingsError(faults)
    try:
        return FaceSettings(values)
    except SettingsError as error:
        raise SettingsError([f"{path}: {told}" for told in error.faults]) from None


def parse_assignments(texts: Sequence[str]) -> dict[str, float]:
    """Of all `--set KEY=VALUE`, {key: value}. Raises SettingsError with every fault."""
    values: dict[str, float] = {}
    faults = []
    for text in texts:
        key, _, value = (part.strip() for part in text.partition("="))
        try:
            values[key] = float(value)
        except ValueError:
            faults.append(f"--set {text[:60]!r} is not of the form KEY=NUMBER, as strength.upper=1.2")
            continue
        if told := fault(key, values[key]):
            faults.append(f"--set {told}")
    if faults:
        raise SettingsError(faults)
    return values


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise SettingsError([f"cannot read {path}: it has {size} bytes; settings have at most {LARGEST}"])
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(
            [f"cannot read {path}: {error.strerror or error}; write one with: audio2face settings -o {path}"]
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"cannot read {path}: it is no UTF-8 text"]) from error


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Tables within tables → dotted keys; an empty table says nothing."""
    for name, value in table.items():
        key = f"{before}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _line(text: str, key: str) -> str:
    """` line 12`, where the key is set; the reader does not tell. Nothing where it is not found."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = f"{_bare(header[1])}."
        elif (said := re.match(r"\s*([^#=]+?)\s*=", line)) and table + _bare(said[1]) == key:
            return f" line {number}"
    return ""


def _bare(key: str) -> str:
    """A key without spaces about its dots and without quotes."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
