"""How a line is animated: what a manifest's columns, a folder's batch.toml and the command line can say."""

from __future__ import annotations

import difflib
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from audio2face.errors import OptionError
from audio2face.models import bundled
from exporters import find_format
from rigs.catalogue import has_rig

Value = Any
"""What stands in a cell, in TOML or in JSON: text, a number, a truth, a list or a table."""


@dataclass(frozen=True)
class Settings:
    """How a line is animated.

    model      a bundle, by name or folder
    rig        whose channels, by name or file; None for the model's own
    emotion    as `--emotion` takes it; a name alone, such as `joy`, is that emotion at full strength
    intensity  by which every strength of the mix is multiplied
    seed       of the life of the face; `seeded` makes one for each line of it
    fps        frames a second
    formats    names of file formats, at least one
    gain       as `--gain` takes it, several joined by commas
    settings   as `--settings` takes it: a file of strengths and smoothing, or empty
    set        as `--set` takes it, several joined by commas; they go on top of those of the file
    head       whether the head moves
    eyes       whether eyes and brows do
    reduce     error within which the fewest keys are kept, or None
    """

    model: str = "studio"
    rig: str | None = None
    emotion: str = ""
    intensity: float = 1.0
    seed: int = 0
    fps: float = 60.0
    formats: tuple[str, ...] = ("json",)
    gain: str = ""
    settings: str = ""
    set: str = ""
    head: bool = True
    eyes: bool = True
    reduce: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.fps <= 120:
            raise OptionError(f"fps is {self.fps:g}; expected 1 to 120")
        if not 0 <= self.intensity <= 10:
            raise OptionError(f"intensity is {self.intensity:g}; expected 0 to 10")
        if not 0 <= self.seed < 2**63:
            raise OptionError(f"seed is {self.seed}; expected 0 or more")
        if not self.formats:
            raise OptionError("formats names none; expected such as json or json,fbx")

    def table(self) -> dict[str, Value]:
        """As plain data, all of it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def from_table(table: Mapping[str, Value]) -> Settings:
    """What `Settings.table` gave, after JSON."""
    return Settings(**{**table, "formats": tuple(table["formats"])})


KEYS = tuple(field.name for field in fields(Settings))
"""What a column or a key of batch.toml may be called."""


def layered(base: Settings, said: Mapping[str, Value], folder: Path) -> Settings:
    """`base` with what is said nearer to the line; empty cells say nothing.

    said    {one of KEYS: value}
    folder  in which files that are named lie

    Raises OptionError for a value that means nothing.
    """
    spoken = {key: value for key, value in said.items() if value is not None and value != ""}
    return replace(base, **{key: _READERS[key](key, value, folder) for key, value in spoken.items()})


def check_keys(names: Iterable[str], where: str, known: Iterable[str] = KEYS) -> None:
    """Raises OptionError for a name that is not known, with the one that was probably meant."""
    known = tuple(known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise OptionError(f"{where}: {name!r} says nothing here; {hint}")


def seeded(seed: int, place: str) -> int:
    """The seed of one line: lines differ, and every run gives a line the same one."""
    return int.from_bytes(hashlib.sha256(f"{seed} {place}".encode()).digest()[:6], "big")


def _text(key: str, value: Value, folder: Path) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}={strength}" for name, strength in value.items())
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).strip()


def _emotion(key: str, value: Value, folder: Path) -> str:
    text = _text(key, value, folder)
    # A name alone is an emotion, unless it is a file of that folder.
    return str(folder / text) if text and "=" not in text and (folder / text).is_file() else text


def _number(key: str, value: Value, folder: Path) -> float:
    try:
        number = float(str(value).replace(",", ".")) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise OptionError(f"{key} is {value!r}; expected a number")
    return number


def _whole(key: str, value: Value, folder: Path) -> int:
    number = _number(key, value, folder)
    if number != int(number) or number < 0:
        raise OptionError(f"{key} is {value!r}; expected a whole number, 0 or more")
    return int(number)


_TRUTHS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}


def _truth(key: str, value: Value, folder: Path) -> bool:
    truth = _TRUTHS.get(str(value).strip().lower())
    if truth is None:
        raise OptionError(f"{key} is {value!r}; expected yes or no")
    return truth


def _formats(key: str, value: Value, folder: Path) -> tuple[str, ...]:
    words = (
        value if isinstance(value, list | tuple) else str(value).replace(",", " ").replace("+", " ").split()
    )
    return tuple(dict.fromkeys(find_format(Path("line"), str(word)).name for word in words))


def _rig(key: str, value: Value, folder: Path) -> str:
    text = str(value).strip()
    return text if has_rig(text) else str((folder / text).absolute())


def _file(key: str, value: Value, folder: Path) -> str:
    return str((folder / str(value).strip()).absolute())


def _model(key: str, value: Value, folder: Path) -> str:
    text = str(value).strip()
    return text if text in bundled() else str((folder / text).absolute())


_READERS: dict[str, Callable[[str, Value, Path], Value]] = {
    **{"model": _model, "rig": _rig, "emotion": _emotion, "intensity": _number, "seed": _whole},
    **{"fps": _number, "formats": _formats, "gain": _text, "settings": _file, "set": _text},
    **{"head": _truth, "eyes": _truth, "reduce": _number},
}
