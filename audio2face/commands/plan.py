"""Which files come of which inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio2face.commands.folders import make_folder
from audio2face.errors import OptionError
from exporters import Format, find_format
from exporters import formats as known_formats
from exporters.format import ending


@dataclass(frozen=True)
class Job:
    """One input and the files, with their formats, that it becomes."""

    sound: Path
    outputs: tuple[tuple[Path, str], ...]


def plan(
    sounds: tuple[Path, ...], output: Path, formats: tuple[str, ...], keep: Sequence[Path] = ()
) -> list[Job]:
    """Which files come of which input. Raises FaceError before anything is computed.

    keep  files beside the sounds that must not be written over
    """
    to_folder = len(sounds) > 1 or output.is_dir() or not output.suffix
    if len(sounds) > 1 and not output.is_dir() and _is_file_name(output):
        raise OptionError(f"{len(sounds)} inputs need a folder for -o, and {output} is the name of a file")
    names = formats or (("json",) if to_folder else (find_format(output).name,))
    kinds = list(dict.fromkeys(find_format(output, name) for name in names))
    if not to_folder:
        paths = [_named(output, kind, kinds) for kind in kinds]
        _keep((*sounds, *keep), paths)
        return [Job(sounds[0], tuple((path, kind.name) for path, kind in zip(paths, kinds, strict=True)))]
    jobs = [
        Job(sound, tuple((output / (sound.stem + ending(kind, kinds)), kind.name) for kind in kinds))
        for sound in sounds
    ]
    wanted = [path for job in jobs for path, _ in job.outputs]
    twice = next((path for path in wanted if wanted.count(path) > 1), None)
    if twice and len({kind.suffix for kind in kinds}) < len(kinds):
        raise OptionError(f"two formats would both be written to {twice}; name them one at a time")
    if twice:
        raise OptionError(f"two inputs would both be written to {twice}; rename one, or use two folders")
    _keep((*sounds, *keep), wanted)
    make_folder(output)
    return jobs


def _is_file_name(output: Path) -> bool:
    """Whether a path ends like one of our files."""
    return output.suffix.lower() in {suffix for kind in known_formats() for suffix in kind.suffixes}


def _named(output: Path, kind: Format, kinds: list[Format]) -> Path:
    """The file of one format: the name that was given, if it is that of the format."""
    suffix = ending(kind, kinds)
    fits = suffix == kind.suffix and output.suffix.lower() in kind.suffixes
    return output if len(kinds) == 1 or fits else output.with_suffix(suffix)


def _keep(sounds: tuple[Path, ...], outputs: list[Path]) -> None:
    """Raises OptionError where an output would be written over an input."""
    for path in outputs:
        if path.exists() and any(sound.exists() and path.samefile(sound) for sound in sounds):
            raise OptionError(f"{path} is an input and would be overwritten; choose another output")
