"""Datasets → takes to train on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from audio2face.dataset.folder import paired
from audio2face.dataset.listing import TABLE, Listed
from audio2face.dataset.motion import Motion, clip_of, read_motion
from audio2face.dataset.table import tabled
from audio2face.dataset.take import MotionTake
from audio2face.errors import TrainingError
from audio2face.sources import FileSource
from rigs import FaceError


def list_takes(paths: Iterable[Path], fps: float | None = None) -> list[Listed]:
    """All takes of folders and tables, complete or not, with names that are unique.

    fps  of motion that states none; the table's, or 30, when None

    Raises TrainingError for what is neither a folder nor a .toml file, and for folders without takes.
    """
    takes: list[Listed] = []
    for path in paths:
        found = _of(path, fps)
        if not found:
            raise TrainingError(
                f"{path} holds no takes; expected pairs such as a.wav and a_BS_value.npy or a.csv, or a {TABLE}"
            )
        takes += found
    return _uniquely_named(takes)


def read_take(take: Listed) -> MotionTake:
    """One take, read whole. Raises FaceError, in one line that names it."""
    if take.audio is None:
        raise TrainingError(f"take {take.name}: {take.motion} has no sound; expected {take.name}.wav beside it")
    motion = read_motion(take)
    FileSource(take.audio)
    return MotionTake(
        *(take.name, take.audio, clip_of(motion, take), take.speaker, take.emotion, take.split),
    )


def _of(path: Path, fps: float | None) -> list[Listed]:
    if path.suffix.lower() == ".toml":
        return tabled(path, fps)
    if (path / TABLE).is_file():
        return tabled(path / TABLE, fps)
    if not path.is_dir():
        raise TrainingError(f"cannot read the dataset {path}: expected a folder of takes or a .toml file")
    return paired(path, fps)


def _uniquely_named(takes: Sequence[Listed]) -> list[Listed]:
    """Takes of several folders may share a name; then the folder's goes before it."""
    names = [take.name for take in takes]
    named = []
    for take in takes:
        file = take.audio or take.motion
        twice = names.count(take.name) > 1 and file is not None
        named.append(_renamed(take, f"{file.parent.name}/{take.name}" if twice and file else take.name))
    repeated = {take.name for take in named if sum(other.name == take.name for other in named) > 1}
    if repeated:
        raise TrainingError(f"several takes are named {sorted(repeated)[0]}; give each a name of its own")
    return named


def _renamed(take: Listed, name: str) -> Listed:
    return Listed(**{**vars(take), "name": name})


def read_motions(takes: Sequence[Listed]) -> tuple[dict[str, Motion], dict[str, FaceError]]:
    """The motion of all takes as it lies in their files, and what kept the others from being read.

    Takes without motion, or whose file is not there, are in neither.
    """
    motions: dict[str, Motion] = {}
    troubles: dict[str, FaceError] = {}
    for take in takes:
        if take.motion is None or not take.motion.is_file() or take.is_video:
            continue
        try:
            motions[take.name] = read_motion(take)
        except FaceError as error:
            troubles[take.name] = error
    return motions, troubles


def read_dataset(
    paths: Iterable[Path], fps: float | None = None, work: Path | None = None
) -> Sequence[MotionTake]:
    """All takes of folders and tables, ready to train on.

    fps   frames a second of motion that states none; the table's, or 30, when None
    work  a folder for what has to be made first, such as the sound of a film

    Raises FaceError, in one line, for the first take that is incomplete or cannot be read: `check_dataset`
    tells of all of them.
    """
    return [read_take(take) for take in list_takes(paths, fps)]
