"""One line of speech, as it is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audio2face.batch.settings import Settings
from audio2face.errors import OptionError

_BAD = set('<>:"|?*\\')
"""What names of files may not have on one system or another; slashes part folders."""
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10)),
}


@dataclass(frozen=True)
class Line:
    """A line that is to be animated.

    place     folders and name of its results, without suffix, such as "de/guard_001"
    name      its id, as the manifest has it
    sound     the file, or None where there is only text so far
    track     how results name the sound: seen from the folder of LINES where it lies inside
    settings  how it is animated; its seed is its own
    text      what is said, or empty
    notes     for people, or empty
    more      {column: text} what else the manifest says
    trouble   why it cannot be animated, in one line, or empty
    """

    place: str
    name: str
    sound: Path | None
    track: str
    settings: Settings
    text: str = ""
    notes: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def folder(self) -> str:
        """The folders of its place, such as "de", or empty."""
        return self.place.rpartition("/")[0]


def check_place(place: str) -> None:
    """Raises OptionError for a place that is no name of a file below a folder, on every system."""
    for part in place.split("/"):
        wrong = (
            part in ("", ".", "..")
            or part[-1] in ". "
            or part.split(".")[0].lower() in _RESERVED
            or any(sign in _BAD or ord(sign) < 32 for sign in part)
        )
        if wrong or len(part) > 200:
            raise OptionError(
                f"the id {place[:80]!r} cannot name files; use letters, digits, - and _, and / for folders"
            )
    if place.startswith(".audio2face"):
        raise OptionError(f"the id {place[:80]!r} is a name of the program's own; choose another")
