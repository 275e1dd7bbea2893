"""Reading weights back from Unity's `.anim`; see `unity_anim` for the layout.

Reads what `unity_anim` writes and what Unity writes: text assets, laid out line by line as Unity does.
Between keys the curve is Unity's own cubic through values and slopes, so keys set by hand are read as they
play.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.limits import beginning, check_size
from exporters.numerals import numbers
from exporters.rates import nearest_rate, whole
from exporters.unity.write import EVENT, PERCENT, PREFIX, SIGNS
from rigs import AnimationClip

Array = np.ndarray[Any, Any]

SNAP = 0.05
"""Frames; float32 is that coarse after two hours at 60 fps."""

_START = "AnimationClip:"
_FIELDS = ("time", "value", "inSlope", "outSlope")
_AXES = re.compile(
    r"^\s+(value|inSlope|outSlope): \{x: ([^,}\n]+), y: ([^,}\n]+), z: ([^,}\n]+)\}$", re.MULTILINE
)


def is_unity_anim(file: Path) -> bool:
    """Whether the beginning is that of Unity's form."""
    return _START in beginning(file)


def read_unity_anim(file: Path) -> AnimationClip:
    """The blendshape curves as channels, Euler angles as the head. Raises FormatError in one line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text; set Unity's asset serialization to Force Text") from error
    if _START not in text[:2000] or "m_FloatCurves:" not in text:
        raise FormatError("it is no AnimationClip of Unity in text form")
    if "\n  m_Events:" not in text:
        raise FormatError("it has no m_Events at its end; the file is cut off")
    shapes = [entry for entry in _curves(text, "m_FloatCurves") if PREFIX in entry]
    if not shapes:
        raise FormatError(f"it has no curve of an attribute {PREFIX}<name>")
    rate = _number(text, "m_SampleRate")
    names = [_attribute(entry) for entry in shapes]
    paths = sorted({_scalar(entry, "path") for entry in shapes})
    if len(paths) > 1:
        raise FormatError(
            f"it moves the shapes of several meshes ({', '.join(paths)[:80]}); keep one of them"
        )
    curves = [_keys(entry) for entry in shapes]
    last = max(_number(text, "m_StopTime"), *(float(curve["time"][-1]) for curve in curves))
    start = _number(text, "m_StartTime")
    frames = check_size(round((last - start) * rate) + 1 if rate > 0 else 0, len(names))
    at = np.arange(frames, dtype=np.float64)
    weights = np.stack([played(_in_frames(curve, start, rate), at) for curve in curves], axis=1) / PERCENT
    with np.errstate(over="ignore"):
        columns = weights.astype(np.float32)
    return AnimationClip(
        tuple(names), columns, whole(nearest_rate(rate, 1e-6)), _head(text, start, rate, at), _audio(text)
    )


def played(keys: dict[str, Array], at: Array) -> Array:
    """[times] the curve as Unity plays it: cubic between keys, level outside, stepped at infinite slopes."""
    times, values = keys["time"], keys["value"]
    if len(times) == 1:
        return np.full(len(at), values[0])
    place = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    span = times[place + 1] - times[place]
    share = np.clip((at - times[place]) / span, 0, 1)
    before, after = values[place], values[place + 1]
    out, into = keys["outSlope"][place] * span, keys["inSlope"][place + 1] * span
    stepped = ~np.isfinite(out + into)
    out, into = np.where(stepped, 0, out), np.where(stepped, 0, into)
    # The line, and what the slopes add to it; straight curves stay exact.
    bend = share * (1 - share) * ((1 - share) * (out - (after - before)) - share * (into - (after - before)))
    smooth = before + (after - before) * share + bend
    return np.where(stepped, np.where(share < 1, before, after), smooth)


def _in_frames(keys: dict[str, Array], start: float, rate: float) -> dict[str, Array]:
    """Times in frames and slopes by frame. Unity's times are float32: what is nearly a frame is one."""
    places = (keys["time"] - start) * rate
    nearest = np.round(places)
    places = np.where(np.abs(places - nearest) < SNAP, nearest, places)
    slopes = {name: keys[name] / rate for name in ("inSlope", "outSlope")}
    return _checked({"time": places, "value": keys["value"], **slopes})


def _curves(text: str, field: str) -> list[str]:
    """The text of each curve in a list of them."""
    start = text.find(f"\n  {field}:\n")
    if start < 0:
        return []
    end = text.find("\n  m_", start + 5)
    return text[start:end].split("\n  - curve:\n")[1:]


def _keys(entry: str) -> dict[str, Array]:
    """Time, value and slopes of each key."""
    text = entry.partition("m_PreInfinity")[0]
    # Splitting is ten times as fast as a pattern, and clips have millions of these lines.
    cells = {name: [part.partition("\n")[0] for part in text.split(f"{name}: ")[1:]] for name in _FIELDS}
    return _checked(
        {name: _slopes(row) if "Slope" in name else numbers(row, name) for name, row in cells.items()}
    )


def _checked(keys: dict[str, Array]) -> dict[str, Array]:
    if not len(keys["time"]) or len({len(row) for row in keys.values()}) != 1:
        raise FormatError("a curve has no keys, or one without time, value and slopes")
    if (np.diff(keys["time"]) <= 0).any():
        raise FormatError("the times of a curve do not rise")
    return keys


def _slopes(row: list[str]) -> Array:
    """Slopes; Unity writes Infinity, or inf, for a step."""
    words = [word.replace("Infinity", "inf") for word in row]
    try:
        slopes = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise FormatError(f"a slope is no number: {str(error)[:60]}") from error
    return np.where(np.isnan(slopes), 0, slopes)


def _head(text: str, start: float, rate: float, at: Array) -> Array | None:
    """[frames, 3] yaw, pitch, roll in degrees."""
    entries = _curves(text, "m_EulerCurves")
    if not entries:
        return None
    times = numbers(re.findall(r"^\s+time: (\S+)$", entries[0], re.MULTILINE), "times of the head")
    rows: dict[str, list[tuple[str, ...]]] = {"value": [], "inSlope": [], "outSlope": []}
    for name, *axes in _AXES.findall(entries[0]):
        rows[name].append(tuple(axes))
    angles = []
    for axis in range(3):
        cells = {name: [row[axis] for row in table] for name, table in rows.items()}
        slopes = {name: _slopes(cells[name]) for name in ("inSlope", "outSlope")}
        keys = _checked({"time": times, "value": numbers(cells["value"], "the head's angles"), **slopes})
        angles.append(played(_in_frames(keys, start, rate), at) * SIGNS[axis])
    pitch, yaw, roll = angles
    return np.stack([yaw, pitch, roll], axis=1)


def _number(text: str, field: str) -> float:
    _, found, rest = text.partition(f" {field}: ")
    if not found:
        raise FormatError(f"it has no {field}")
    return float(numbers([rest[:80].partition("\n")[0].strip()], field)[0])


def _scalar(entry: str, field: str) -> str:
    """A text, plain or quoted."""
    found = re.search(rf"^ +{field}: ?(.*)$", entry, re.MULTILINE)
    value = found[1].strip() if found else ""
    if value[:1] == '"':
        try:
            return str(json.loads(value))
        except ValueError as error:
            raise FormatError(f"{field} is {value[:60]}, which cannot be read") from error
    return value[1:-1].replace("''", "'") if value[:1] == value[-1:] == "'" != value else value


def _attribute(entry: str) -> str:
    return _scalar(entry, "attribute").removeprefix(PREFIX)


def _audio(text: str) -> str | None:
    """The text of the event that starts the sound."""
    _, found, rest = text.partition(f"functionName: {EVENT}\n")
    return _scalar(rest[:10_000], "data") or None if found else None
