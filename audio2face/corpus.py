"""Folders of speech with phone times, in the forms they come in, read as one kind of take.

manifest.jsonl + audio/<id>.ogg    one JSON object a line: id, voice {name: share}, phones, and perhaps audio
                                   and film, files of the sound and of landmarks (measures/tracking.py)
manifest.jsonl + <id>.flac         the same with an actor and SAMPA-like labels
<id>.flac + <id>.json              one JSON object a clip: phones
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audio2face.errors import TrainingError
from audio2face.teacher.phones import TARGETS, Segment, segments


@dataclass(frozen=True)
class Take:
    """One recording: its sound, its phones, the voices heard in it, and perhaps the film of its speaker."""

    name: str
    audio: Path
    phones: tuple[Segment, ...]
    voices: frozenset[str]
    film: Path | None = None


def read_corpus(folder: Path) -> list[Take]:
    """All takes of a folder that have phone times, by name.

    Raises TrainingError when the folder is of none of the known forms or a manifest is damaged.
    """
    manifest = folder / "manifest.jsonl"
    try:
        rows = list(_manifest(manifest) if manifest.is_file() else _pairs(folder))
        takes = [_take(folder, row) for row in rows if row["phones"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"cannot read the corpus {folder}: {error!r}") from error
    if not takes:
        raise TrainingError(f"{folder} holds no manifest.jsonl and no pairs of .flac and .json")
    return sorted(takes, key=lambda take: take.name)


def _manifest(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _pairs(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.glob("*.json")):
        if file.with_suffix(".flac").is_file():
            row = json.loads(file.read_text(encoding="utf-8"))
            yield {**row, "id": file.stem, "voice": {file.stem.split("-")[0]: 1.0}}


def _take(folder: Path, row: Mapping[str, Any]) -> Take:
    name = str(row["id"])
    places = [folder / "audio" / f"{name}.ogg", folder / f"{name}.flac", folder / f"{name}.wav"]
    if "audio" in row:
        places = [folder / str(row["audio"])]
    audio = next((place for place in places if place.is_file()), None)
    if audio is None:
        raise TrainingError(f"{folder}: take {name} has no sound; looked for {', '.join(map(str, places))}")
    voices = row.get("voice") or {str(row.get("actor", "unknown")): 1.0}
    try:
        film = folder / str(row["film"]) if "film" in row else None
        phones = within(_phones(row["phones"]), float(row.get("duration", "inf")))
        return Take(name, audio, phones, frozenset(voices), film)
    except TrainingError as error:
        raise TrainingError(f"{folder}: take {name}: {error}") from error


def known_voices(names: Iterable[str], takes: Iterable[Take]) -> frozenset[str]:
    """The names as a set. Raises TrainingError for a voice that no take has."""
    wanted = frozenset(names)
    known: frozenset[str] = frozenset().union(*(take.voices for take in takes))
    strange = sorted(wanted - known)
    if strange:
        raise TrainingError(f"no take has the voice {strange[0]!r}; known are {', '.join(sorted(known))}")
    return wanted


def within(phones: Iterable[Segment], duration: float) -> tuple[Segment, ...]:
    """The phones that lie within a sound of so many seconds; labels of a recording cut short run on."""
    heard = [phone for phone in phones if phone.start < duration]
    return tuple(Segment(phone.label, phone.start, min(phone.end, duration)) for phone in heard)


def _phones(rows: list[list[Any]]) -> tuple[Segment, ...]:
    """ARPAbet as it is; German SAMPA-like labels through SAMPA. Raises TrainingError for a mixture."""
    labels = [str(row[0]).rstrip("012") for row in rows]
    strange = [label for label in labels if label.upper() not in TARGETS]
    if not strange:
        return segments(rows)
    # Few labels are in both alphabets: a take that is mostly ARPAbet has a stray label.
    if 2 * sum(label in TARGETS for label in labels) > len(labels):
        raise TrainingError(f"unknown phone {strange[0]!r}; ARPAbet and SIL are known")
    return _merged([(SAMPA.get(_bare(str(label)), ""), start, end) for label, start, end in rows])


def _merged(rows: list[tuple[str, float, float]]) -> tuple[Segment, ...]:
    """A closure and its burst become one phone; a label without a phone prolongs the one before."""
    found: list[Segment] = []
    for label, start, end in rows:
        if found and (label in ("", found[-1].label)):
            found[-1] = Segment(found[-1].label, found[-1].start, max(found[-1].end, float(end)))
        else:
            # Some hand-made tables end with a pause that starts after the sound does.
            found.append(Segment(label or "SIL", float(start), max(float(start), float(end))))
    return tuple(found)


def _bare(label: str) -> str:
    """A label without closure and burst marks; modifiers such as -sth become the empty label."""
    return "" if label[:1] in "+-(" else label.lstrip("_!").rstrip(":")


SAMPA = {
    **{"p": "P", "b": "B", "m": "M", "f": "F", "v": "V", "pasp": "HH", "basp": "HH"},
    **{"t": "T", "d": "D", "n": "N", "l": "L", "k": "K", "g": "G", "N": "NG", "h": "HH", "H": "HH"},
    **{"s": "S", "z": "Z", "S": "SH", "Z": "ZH", "C": "Y", "X": "K", "x": "K", "R": "R", "j": "Y"},
    **{"a": "AA", "E": "EH", "e": "EY", "@": "AH", "6": "AH", "4": "AH", "V": "AH", "E6": "EH", "i6": "IY"},
    **{"I": "IH", "i": "IY", "O": "AO", "o": "OW", "U": "UH", "u": "UW", "D": "DH", "G": "G", "L": "L"},
    **{"aI": "AY", "aU": "AW", "OY": "OY", "y": "UW", "Y": "UH", "9": "UH", "B": "W", ".": "SIL"},
}
"""German SAMPA labels and the ARPAbet phone whose lips they share; any other label prolongs the last."""
