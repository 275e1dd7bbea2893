"""One thing that a check found."""

from __future__ import annotations

from dataclasses import dataclass

BROKEN, WARNING, NOTE = "broken", "warning", "note"
"""Must be mended; may spoil the training; worth knowing."""


@dataclass(frozen=True)
class Finding:
    """Something about a take, or about the whole dataset.

    take    its name, or "" for all
    kind    a short fixed word: missing, unsafe, unreadable, nan, rate, offset, length, sides, channels,
            range, dead, clipped, repeated, sound, silence, unsure, several, film
    state   BROKEN, WARNING or NOTE
    detail  what was seen, and what to do about it
    """

    take: str
    kind: str
    state: str
    detail: str
