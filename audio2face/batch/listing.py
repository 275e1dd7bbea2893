"""LINES → the lines: from a manifest, or from a folder tree."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio2face.batch.folders import SOUNDS, Defaults, sounds
from audio2face.batch.line import Line, check_place
from audio2face.batch.manifest import OWN, SUFFIXES, Row, read_manifest
from audio2face.batch.settings import KEYS, Settings, layered, seeded
from audio2face.errors import OptionError
from rigs import FaceError

MOST_TOLD = 5
"""Troubles of a manifest that are told at once."""


def list_lines(lines: Path, base: Settings) -> list[Line]:
    """Every line of a folder tree or a manifest, in its order.

    What is said nearest to a line wins: its row, then batch.toml of its folder and of those above, up to
    LINES, then `base`.

    Raises OptionError for what is wrong with the list itself: columns, ids that repeat or cannot name files.
    What is wrong with one line becomes its `trouble`.
    """
    if lines.is_dir():
        found = list(_tree(lines, base))
        if not found:
            raise OptionError(f"{lines} holds no sound; expected {', '.join(SOUNDS[:5])} … in it or below")
    elif lines.suffix.lower() in SUFFIXES:
        found = list(_listed(lines, base))
    else:
        raise OptionError(
            f"cannot read {lines}: expected a folder of sounds, or a manifest as .csv or .jsonl"
        )
    _check_places(found)
    return found


def _tree(root: Path, base: Settings) -> Iterator[Line]:
    defaults = Defaults(root, base)
    files = list(sounds(root))
    bare = [path.relative_to(root).with_suffix("").as_posix() for path in files]
    counts = Counter(place.casefold() for place in bare)
    for path, plain in zip(files, bare, strict=True):
        track = path.relative_to(root).as_posix()
        # a.wav and a.flac side by side are two lines.
        place = plain if counts[plain.casefold()] == 1 else f"{plain}_{path.suffix[1:].lower()}"
        settings = defaults.of(path.parent)
        settings = replace(settings, seed=seeded(settings.seed, place))
        yield Line(place, path.stem, path, track, settings, trouble=_unnameable(place))


def _unnameable(place: str) -> str:
    """Why results cannot be named so, or empty."""
    try:
        check_place(place)
    except OptionError as error:
        return str(error)
    return ""


def _listed(file: Path, base: Settings) -> Iterator[Line]:
    root, defaults = file.parent, Defaults(file.parent, base)
    places: dict[str, str] = {}
    for row in read_manifest(file):
        try:
            line = _line(row, root, defaults)
        except OptionError as error:
            raise OptionError(f"{row.where}: {error}") from error
        before = places.setdefault(line.place.casefold(), row.where)
        if before != row.where:
            raise OptionError(
                f"{row.where}: {line.place!r} is listed already at {before}; give it another id"
            )
        yield line


def _line(row: Row, root: Path, defaults: Defaults) -> Line:
    cells = {name: value for name, value in row.cells.items() if value is not None}
    name, file = _word(cells, "id"), _word(cells, "file")
    if not name and not file:
        raise OptionError("neither id nor file is given")
    sound = root / file if file else _beside(root, name)
    folder = _inside(sound.parent, root) if sound else ""
    name = name or (sound.stem if sound else "")
    place = name if "/" in name or not folder else f"{folder}/{name}"
    check_place(place)
    track = f"{_inside(sound.parent, root)}/{sound.name}".lstrip("/") if sound else ""
    settings, trouble = defaults.of(sound.parent if sound else root / folder), ""
    try:
        settings = layered(settings, {key: cells[key] for key in KEYS if key in cells}, root)
    except FaceError as error:
        trouble = f"{row.where}: {error}"
    if _word(cells, "seed") == "":
        settings = replace(settings, seed=seeded(settings.seed, place))
    more = {key: _plain(value) for key, value in cells.items() if key not in (*OWN, *KEYS)}
    return Line(
        place, name, sound, track, settings, _word(cells, "text"), _word(cells, "notes"), more, trouble
    )


def _word(cells: dict[str, Any], key: str) -> str:
    return str(cells.get(key, "")).strip()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _beside(root: Path, name: str) -> Path | None:
    """The sound of that id, where the manifest names no file; None where there is none yet."""
    return next((path for suffix in SOUNDS if (path := root / f"{name}{suffix}").is_file()), None)


def _inside(folder: Path, root: Path) -> str:
    """A folder seen from the root, or empty where it lies elsewhere."""
    try:
        inside = Path(os.path.relpath(folder, root)).as_posix()
    except ValueError:  # another drive of Windows
        return ""
    return "" if inside == "." or inside.startswith("..") else inside


def _check_places(lines: list[Line]) -> None:
    """Raises OptionError where two lines would be written to the same files on some system."""
    seen: dict[str, str] = {}
    wrong = []
    for line in lines:
        if (other := seen.setdefault(line.place.casefold(), line.place)) != line.place:
            wrong.append(f"{other} and {line.place}")
    if wrong:
        some = "; ".join(wrong[:MOST_TOLD])
        raise OptionError(f"lines whose results would be the same files where case does not count: {some}")
