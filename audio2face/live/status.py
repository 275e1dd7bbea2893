"""The state of a performance: in one line for people, and as a table for hosts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audio2face.live.perform import Performance
from livelink import LaneStatus

METER = 12
"""Characters of the level meter."""
FLOOR = -60.0
"""Decibels of full scale at which the meter is empty."""
FAILING = ("waiting", "refused")
"""States of a destination that does not take frames."""


@dataclass(frozen=True)
class Status:
    """One look at a performance.

    seconds     of sound so far
    fps         frames a second sent lately
    latency_ms  from sound to frame: look-ahead, half a window, and what the program took
    late        frames not sent because the program was behind
    level_db    highest peak since the last look, in decibels of full scale; None for nothing but zeros
    silent      whether there were nothing but zeros for two seconds
    trouble     what is wrong with the source at the moment, or ""
    control     the last control that could not be set, and why, or ""
    """

    seconds: float
    fps: float
    latency_ms: float
    late: int
    level_db: float | None
    silent: bool
    trouble: str
    destinations: tuple[LaneStatus, ...]
    control: str = ""


def look(
    performance: Performance, destinations: Sequence[LaneStatus], control: str = "", for_meter: bool = False
) -> Status:
    """The status at this moment; for a meter, the level of the last tenth of a second, whoever else looks."""
    watch = performance.watch
    level = watch.level_now() if for_meter else watch.level()
    return Status(
        round(watch.heard, 3),
        round(watch.fps, 1),
        round(1000 * (performance.face.latency + watch.delay), 1),
        watch.late,
        None if math.isinf(level) else round(level, 1),
        watch.silent,
        performance.source.trouble,
        tuple(destinations),
        control,
    )


def as_table(event: str, status: Status) -> dict[str, Any]:
    """What `--json` prints in one line."""
    return {"event": event, **asdict(status)}


def as_line(status: Status) -> str:
    """What people read."""
    places = ", ".join(each.name for each in status.destinations) or "recording only"
    parts = [
        places,
        f"{status.fps:.0f} fps",
        f"{status.latency_ms:.0f} ms",
        f"late {status.late}, dropped {dropped(status)}",
        meter(status.level_db),
        *notes(status),
    ]
    return " · ".join(parts)


def notes(status: Status) -> list[str]:
    """What is wrong, if anything."""
    found = [f"{each.name}: {each.error}" for each in status.destinations if each.state in FAILING]
    found += [f"{each.name}: {each.note}" for each in status.destinations if each.note]
    if status.trouble:
        found.append(status.trouble)
    elif status.silent:
        found.append("only silence arrives: nobody speaks, or a microphone is muted")
    if status.control:
        found.append(status.control)
    return found


def meter(level: float | None) -> str:
    """A bar from FLOOR to full scale, and the number."""
    if level is None:
        return "[" + " " * METER + "] no sound"
    filled = round(METER * min(1.0, max(0.0, 1 - level / FLOOR)))
    return f"[{'#' * filled}{' ' * (METER - filled)}] {level:.0f} dB"


def dropped(status: Status) -> int:
    """Frames that some destination did not take, added up over all."""
    return sum(each.dropped for each in status.destinations)
