"""Takes listed in a small TOML file.

fps = 30                        frames a second of motion that states none
speaker = "anna"                and `emotion`: of every take that says nothing else
check = ["a7"]                  takes that are watched while learning; `test = […]`: takes only scored

[[take]]                        without any, the takes of the file's folder are found by their names
audio = "a1.wav"                paths are relative to the file
motion = "a1_BS_value.npy"
names = "BS_name.npy"           where the names are not beside the values
name = "a1"                     speaker, emotion, split, fps, offset (seconds the motion is late)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio2face.dataset.folder import paired
from audio2face.dataset.listing import DEFAULT_FPS, VALUES, Listed
from audio2face.dataset.take import SPLITS
from audio2face.errors import TrainingError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST = 4 << 20
"""Bytes of a table."""
_WHOLE = {"fps", "speaker", "emotion", "take", "check", "test"}
_EACH = {"name", "audio", "motion", "names", "speaker", "emotion", "split", "fps", "offset"}


def tabled(file: Path, fps: float | None = None) -> list[Listed]:
    """The takes of a table, in its order. `fps` goes before what the table says of motion without a rate.

    Raises TrainingError, in one line, when the table cannot be read or says what it may not.
    """
    data = _load(file)
    _known(data, _WHOLE, str(file))
    rate = fps if fps is not None else _rate(data.get("fps"), str(file))
    if "take" in data:
        rows = data["take"]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TrainingError(f"{file}: take is no list of tables; write [[take]] over each one")
        takes = [_take(file, row, data, rate) for row in rows]
    else:
        takes = [
            replace(
                take,
                speaker=_text(data, "speaker", "speaker", file),
                emotion=_text(data, "emotion", "", file),
            )
            for take in paired(file.parent, rate)
        ]
    return _with_splits(takes, data, file)


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > LARGEST:
            raise TrainingError(
                f"{file} has {file.stat().st_size} bytes; a table of takes has at most {LARGEST}"
            )
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise TrainingError(f"cannot read {file}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TrainingError(f"{file} is no TOML that can be read: {error}") from error


def _take(file: Path, row: Mapping[str, Any], whole: Mapping[str, Any], fps: float | None) -> Listed:
    what = f"{file}, take {row.get('name') or row.get('audio') or row.get('motion') or '?'}"
    _known(row, _EACH, what)
    audio, motion = (_path(file, row, key) for key in ("audio", "motion"))
    if audio is None and motion is None:
        raise TrainingError(f"{what}: it names neither audio nor motion")
    rate = _rate(row.get("fps"), what) or fps
    found = Listed(
        *(_text(row, "name", "", file) or _name(audio, motion), audio, motion),
        names=_path(file, row, "names"),
        speaker=_text(row, "speaker", "", file) or _text(whole, "speaker", "speaker", file),
        emotion=_text(row, "emotion", "", file) or _text(whole, "emotion", "", file),
        split=_text(row, "split", "train", file),
        fps=rate or DEFAULT_FPS,
        stated=rate is not None,
        offset=_number(row.get("offset", 0.0), f"{what}: offset"),
    )
    if found.split not in SPLITS:
        raise TrainingError(f"{what}: split {found.split!r}; known are {', '.join(SPLITS)}")
    return replace(found, audio=motion) if found.audio is None and found.is_video else found


def _name(audio: Path | None, motion: Path | None) -> str:
    if audio is not None:
        return audio.stem
    assert motion is not None
    return motion.name.removesuffix(VALUES) if motion.name.endswith(VALUES) else motion.stem


def _with_splits(takes: Sequence[Listed], data: Mapping[str, Any], file: Path) -> list[Listed]:
    meant: dict[str, str] = {}
    for split in ("check", "test"):
        names = data.get(split, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TrainingError(f"{file}: {split} is no list of names of takes")
        unknown = sorted(set(names) - {take.name for take in takes})
        if unknown:
            raise TrainingError(f"{file}: {split} names {', '.join(unknown[:3])}, which is no take of it")
        meant.update(dict.fromkeys(names, split))
    return [replace(take, split=meant.get(take.name, take.split)) for take in takes]


def _known(found: Mapping[str, Any], known: set[str], what: str) -> None:
    strange = sorted(set(found) - known)
    if strange:
        raise TrainingError(f"{what}: unknown key {strange[0]!r}; known are {', '.join(sorted(known))}")


def _path(file: Path, row: Mapping[str, Any], key: str) -> Path | None:
    text = _text(row, key, "", file)
    return file.parent / text if text else None


def _text(row: Mapping[str, Any], key: str, default: str, file: Path) -> str:
    value = row.get(key, default)
    if not isinstance(value, str) or "\0" in value:
        raise TrainingError(f"{file}: {key} is {value!r}; expected a text")
    return value


def _rate(value: Any, what: str) -> float | None:
    if value is None:
        return None
    rate = _number(value, f"{what}: fps")
    if not 1 <= rate <= 1000:
        raise TrainingError(f"{what}: fps is {rate:g}; expected 1 to 1000")
    return rate


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TrainingError(f"{what} is {value!r}; expected a number")
    return float(value)
