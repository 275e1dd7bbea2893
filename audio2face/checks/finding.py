"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    state   "ok", "missing" (something optional, or outside, is not there), or "broken"
    detail  what was seen, and what to do about it
    """

    what: str
    state: str
    detail: str
