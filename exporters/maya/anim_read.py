"""Reading weights back from Maya's `.anim`; see `maya_anim` for the form.

Reads what `maya_anim` writes, and what Maya exports, as long as there is nothing between the keys but
straight lines: linear or stepped-out tangents, or a key on every frame.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.limits import beginning, check_size
from exporters.maya.anim import TURNS
from exporters.maya.units import RATES, SECONDS
from exporters.numerals import numbers
from exporters.rates import nearest_rate, whole
from rigs import AnimationClip

Array = np.ndarray[Any, Any]

_CURVE = re.compile(r"^\s*anim ([^\n;]*);\s*animData\s*\{([^{}]*)keys\s*\{([^{}]*)\}\s*\}", re.MULTILINE)
_NOTE = re.compile(r"^\s*(?://|#) (fps|sound) (.*)$", re.MULTILINE)
_LINE = re.compile(r"^\s*(\w+)[ \t]+([^;\n]*);", re.MULTILINE)
_COMMENT = re.compile(r"^\s*(?://|#).*$", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class _Curve:
    """One curve of the file: its attribute, kind of output, times in the file's unit, values."""

    name: str
    kind: str
    times: Array
    values: Array
    straight: bool


def is_maya_anim(file: Path) -> bool:
    """Whether the beginning is that of Maya's form."""
    return "animVersion" in beginning(file)


def read_maya_anim(file: Path) -> AnimationClip:
    """The unitless curves as channels, rotations as the head. Raises FormatError in one line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text") from error
    if not text.lstrip().startswith("animVersion"):
        raise FormatError("it does not start with animVersion, as Maya's .anim does")
    notes, text = dict(_NOTE.findall(text)), _COMMENT.sub("", text)
    begin = next(_CURVE.finditer(text), None)
    if begin is None:
        raise FormatError("it has no curves (anim … animData { … keys { … } })")
    if len(re.findall(r"^\s*anim ", text, re.MULTILINE)) != len(_CURVE.findall(text)):
        raise FormatError("a curve is not closed; the file is cut off")
    header = dict(_LINE.findall(text[: begin.start()]))
    curves = [_curve(match) for match in _CURVE.finditer(text)]
    tick, fps = _clock(header, notes.get("fps"), curves)
    return _clip(curves, header, tick, fps, _sound(notes.get("sound")))


def _curve(match: re.Match[str]) -> _Curve:
    words, fields = match[1].split(), dict(_LINE.findall(match[2]))
    if len(words) < 3:
        raise FormatError(f"a curve starts 'anim {match[1][:40]}'; expected attribute, leaf and node")
    rows = [row.split() for row in match[3].split(";") if row.strip()]
    if not rows or min(map(len, rows)) < 4:
        raise FormatError(f"curve {words[1][:60]} has no keys, or one that is cut off")
    times = numbers([row[0] for row in rows], f"keys of {words[1][:60]}")
    if (np.diff(times) <= 0).any():
        raise FormatError(f"the times of curve {words[1][:60]} do not rise")
    straight = all(row[3] == "linear" for row in rows[:-1]) and all(row[2] == "linear" for row in rows[1:])
    values = numbers([row[1] for row in rows], f"keys of {words[1][:60]}")
    return _Curve(words[1], fields.get("output", "unitless"), times, values, straight)


def _clock(header: dict[str, str], noted: str | None, curves: list[_Curve]) -> tuple[float, float]:
    """Frames in a unit of the file's time, and the frames a second."""
    unit = header.get("timeUnit", "film")
    try:
        rate = float(noted) if noted else 0.0
    except ValueError:
        rate = 0.0
    if unit in RATES:
        return 1.0, whole(RATES[unit])
    if unit not in SECONDS:
        raise FormatError(f"timeUnit is {unit[:40]!r}; known are {', '.join([*RATES, *SECONDS])}")
    if not 1 <= rate <= 1000:
        steps = np.concatenate([np.diff(curve.times) for curve in curves])
        rate = nearest_rate(1 / (float(np.median(steps)) * SECONDS[unit])) if len(steps) else 30
    return rate * SECONDS[unit], whole(rate)


def _clip(
    curves: list[_Curve], header: dict[str, str], tick: float, fps: float, audio: str | None
) -> AnimationClip:
    ends = [header.get("startTime"), header.get("endTime")]
    times = np.concatenate([curve.times for curve in curves])
    first, last = (
        float(numbers([text], "startTime and endTime")[0]) if text else float(known)
        for text, known in zip(ends, (times.min(), times.max()), strict=True)
    )
    frames = check_size(round((last - first) * tick) + 1, len(curves))
    rows = {curve.name: _sampled(curve, first, tick, frames) for curve in curves}
    if len(rows) < len(curves):
        raise FormatError("two curves have the same name; export one blendShape node at a time")
    weights = {curve.name: rows[curve.name] for curve in curves if curve.kind == "unitless"}
    others = [curve.name for curve in curves if curve.kind != "unitless" and curve.name not in TURNS]
    if others or not weights:
        what = others[0][:60] if others else "no weight"
        raise FormatError(
            f"it animates {what}; export the curves of a blendShape node, with or without a head's rotation"
        )
    head = np.stack([rows.get(name, np.zeros(frames)) for name in TURNS], axis=1)
    turns = any(name in rows for name in TURNS)
    with np.errstate(over="ignore"):
        columns = np.stack(list(weights.values()), axis=1).astype(np.float32)
        return AnimationClip(tuple(weights), columns, fps, head=head if turns else None, audio=audio)


def _sampled(curve: _Curve, first: float, tick: float, frames: int) -> Array:
    """[frames] a curve at every frame."""
    places = (curve.times - first) * tick
    if not curve.straight and len(places) > 1 and np.diff(places).max() > 1.001:
        raise FormatError(
            f"curve {curve.name[:60]} is not straight between its keys; bake it to every frame first"
        )
    return np.interp(np.arange(frames), places, curve.values)


def _sound(text: str | None) -> str | None:
    try:
        sound = json.loads(text) if text else None
    except ValueError:
        return None
    return sound if isinstance(sound, str) else None
