"""Takes of a folder, found by their names.

<take>.wav, .flac, .ogg or .mp3     the sound
<take>_BS_value.npy                 weights, with <take>_BS_name.npy or a BS_name.npy that all takes share
BS_value.npy                        the same of the only sound of a folder
<take>.csv, .json, .npz, .glb …     a clip of any format that can be read
<take>.npy                          the same where <take>_BS_name.npy is there; else vertices
<take>.mp4, .mov …                  a film of a face, with its own sound unless there is a file of it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from audio2face.dataset.listing import (
    DEFAULT_FPS,
    NAMES,
    PLAIN_VALUES,
    SOUNDS,
    VALUES,
    VIDEOS,
    Listed,
    clip_suffixes,
)
from audio2face.errors import TrainingError

MOST = 20_000
"""Files of a folder that are looked at."""
COMMON = (".json", ".py")
"""Suffixes of clips that many other files have: without a sound beside them they are left alone."""


def paired(folder: Path, fps: float | None = None) -> list[Listed]:
    """The takes of a folder, by name, with `audio` or `motion` None where one of the two is missing.

    Raises TrainingError when the folder cannot be read or holds over 20,000 files.
    """
    files = _files(folder)
    sounds = _by_take(files, SOUNDS)
    motions = _motions(files)
    names = sorted({*sounds, *motions})
    takes = [
        Listed(
            *(name, sounds.get(name, [None])[0], motions.get(name, [None])[0]),
            names=_names(folder, name, files),
            fps=DEFAULT_FPS if fps is None else fps,
            stated=fps is not None,
        )
        for name in names
        if name in sounds or not (_companion(name, sounds) or _stray(motions[name]))
    ]
    return [_own_sound(take) for take in takes]


def rivals(folder: Path) -> dict[str, list[Path]]:
    """{take: files} where a take has several sounds or several motions, of which only the first is used."""
    files = _files(folder)
    found: dict[str, list[Path]] = {}
    for groups in (_by_take(files, SOUNDS), _motions(files)):
        for name, group in groups.items():
            if len(group) > 1:
                found.setdefault(name, []).extend(group)
    return found


def _files(folder: Path) -> list[Path]:
    try:
        files = []
        for file in folder.iterdir():
            if file.is_file() and not file.name.startswith("."):
                files.append(file)
            if len(files) > MOST:
                raise TrainingError(f"{folder} holds over {MOST} files; name a folder of takes")
    except OSError as error:
        raise TrainingError(f"cannot read the folder {folder}: {error.strerror or error}") from error
    return sorted(files)


def _by_take(files: Iterable[Path], suffixes: Sequence[str]) -> dict[str, list[Path]]:
    """{take: its files of those kinds, in the order of the suffixes}."""
    found: dict[str, list[Path]] = {}
    for suffix in suffixes:
        for file in files:
            if file.suffix.lower() == suffix:
                found.setdefault(file.stem, []).append(file)
    return found


def _motions(files: Sequence[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in files:
        if file.name.endswith(VALUES) and file.name != VALUES:
            found.setdefault(file.name.removesuffix(VALUES), []).append(file)
    alone = [file for file in files if file.name == PLAIN_VALUES]
    sounds = _by_take(files, SOUNDS)
    if alone and len(sounds) == 1:
        found.setdefault(next(iter(sounds)), []).extend(alone)
    plain = [file for file in files if not file.name.endswith((PLAIN_VALUES, NAMES))]
    for kinds in (clip_suffixes(), (".npy",), VIDEOS):
        for name, group in _by_take(plain, kinds).items():
            found.setdefault(name, []).extend(group)
    return found


def _names(folder: Path, take: str, files: Sequence[Path]) -> Path | None:
    own = folder / f"{take}_{NAMES}"
    return own if own in files else None


def _companion(name: str, sounds: Iterable[str]) -> bool:
    """Whether a file without a sound is something more about a take: `<take>_arkit52.npz`."""
    return any(name.startswith(f"{take}_") for take in sounds)


def _stray(files: Sequence[Path]) -> bool:
    """Whether files without a sound may well be something else than a take."""
    return all(file.suffix.lower() in COMMON for file in files)


def _own_sound(take: Listed) -> Listed:
    """A film carries its sound itself."""
    if take.audio is None and take.is_video:
        return Listed(**{**vars(take), "audio": take.motion})
    return take
