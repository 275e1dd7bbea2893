"""Timecodes `hh:mm:ss:ff.fff` as the Live Link Face app writes them.

A moment is a whole number of ticks: thousandths of a frame since midnight, at 30 or 60 frames a second. Whole
numbers make reading and writing exact.
"""

from __future__ import annotations

import re

from exporters.errors import FormatError

_FORM = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}):(\d{1,2})(?:\.(\d{1,9}))?", re.ASCII)

Parts = tuple[int, int, int, int]
"""Hours, minutes, seconds, and ticks into the second."""


def parse(text: str) -> Parts:
    """The parts of a timecode. Raises FormatError when it does not have the form or cannot be a time."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise FormatError(f"timecode {text[:40]!r}; expected hh:mm:ss:ff.fff")
    hours, minutes, seconds, frame = (int(part) for part in match.groups()[:4])
    if hours > 23 or minutes > 59 or seconds > 59 or frame > 59:
        raise FormatError(f"timecode {text!r} is no time of day")
    return hours, minutes, seconds, frame * 1000 + int((match.group(5) or "").ljust(3, "0")[:3])


def ticks(parts: Parts, rate: int) -> int:
    """Thousandths of a frame since midnight, at `rate` frames a second."""
    hours, minutes, seconds, rest = parts
    return ((hours * 60 + minutes) * 60 + seconds) * rate * 1000 + rest


def text(moment: int, rate: int) -> str:
    """The timecode of a moment in ticks; after midnight it starts anew."""
    seconds, rest = divmod(moment, rate * 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minutes:02d}:{seconds:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def inferred_rate(parts: list[Parts]) -> int:
    """60 when some frame number exceeds 30, else 30: Unreal's rule, as the file has no field for it."""
    return 60 if any(part[3] >= 31_000 for part in parts) else 30
