"""The formats in one table, and the two verbs: write a clip, read a clip."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

from exporters.beside import beside, beside_both
from exporters.errors import FormatError
from exporters.format import Format
from exporters.reduce import reduce_keys
from exporters.rows import FORMATS
from rigs import AnimationClip, ClipError, Rig
from rigs.head import default_head

_RENDERED = (".mp4", ".mov", ".webm", ".gif", ".png", ".jpg", ".webp")
"""Suffixes that `exporters.video` and `exporters.picture` write, which are imported when they are used."""


def formats() -> tuple[Format, ...]:
    """Every format, in the order in which people should see them."""
    return FORMATS


def find_format(path: Path, format: str | None = None) -> Format:
    """The format of that name, else the one of the path's suffix. Raises FormatError when there is none."""
    if format is not None:
        for entry in FORMATS:
            if entry.name == format.lower().lstrip("."):
                return entry
        raise FormatError(
            f"unknown format {format!r}; known are {', '.join(entry.name for entry in FORMATS)}"
        )
    same = [entry for entry in FORMATS if path.suffix.lower() in entry.suffixes]
    meant = [entry for entry in same if not entry.named_only]
    if len(meant) == 1:
        return meant[0]
    if same:
        names = " or ".join(f"--format {entry.name} ({entry.description})" for entry in same)
        raise FormatError(f"{path}: {path.suffix} may mean several formats; name one: {names}")
    if path.suffix.lower() in _RENDERED:
        raise FormatError(f"{path}: films and pictures are made by: audio2face render IN -o {path.name}")
    known = ", ".join(dict.fromkeys(suffix for entry in FORMATS for suffix in entry.suffixes))
    raise FormatError(f"{path}: unknown suffix {path.suffix!r}; known are {known} (or name the format)")


def write_clip(
    clip: AnimationClip,
    path: str | Path,
    format: str | None = None,
    rig: Rig | None = None,
    reduce: float | None = None,
    place: Path | None = None,
) -> Path:
    """Writes a clip in the format of the suffix, or in `format`, and returns the path.

    `rig` is the rig whose mesh a glb carries; the default head when None. A rig from a .glb, .gltf or .vrm is
    given back as that file, with the clip in it. `reduce` asks for the fewest linear keys within that error
    of a weight, in formats that have keys. `place` is where the file will be moved to, if not `path`. The
    file is whole or absent: it is written beside and renamed. Raises FormatError, in one line, when the
    format is unknown, the clip does not fit it, or the place cannot be written to.
    """
    path = Path(path)
    entry = find_format(path, format)
    check_reduce(entry, reduce)
    wrong = [name for name in clip.names if not name or any(ord(letter) < 32 for letter in name)]
    if wrong:
        raise FormatError(
            f"cannot write {path}: a channel is named {wrong[0][:60]!r}; give it a name in one line"
        )
    with contextlib.ExitStack() as stack:
        files = _temporaries(stack, entry, path)
        try:
            extras = _extras(entry, clip, place or path, rig, reduce)
            entry.write(clip, files[0], **extras, **({"companion": files[1]} if len(files) > 1 else {}))
        except FormatError as error:
            raise FormatError(f"cannot write {path}: {error}") from error
        except UnicodeEncodeError as error:
            raise FormatError(f"cannot write {path}: a name in the clip is no Unicode text") from error
    return path


def check_reduce(entry: Format, reduce: float | None) -> None:
    """Raises FormatError when fewer keys are asked of a format that has a row for every frame."""
    if reduce is not None and not entry.sparse:
        able = ", ".join(other.name for other in FORMATS if other.sparse)
        raise FormatError(
            f"{entry.name} holds all channels of every frame, so --reduce means nothing; {able} have keys"
        )


def _temporaries(stack: contextlib.ExitStack, entry: Format, path: Path) -> tuple[Path, ...]:
    """Where the file, and a second one if the format has it, are written first."""
    if entry.companion is None:
        return (stack.enter_context(beside(path)),)
    return stack.enter_context(beside_both(path, entry.companion(path)))


def _extras(
    entry: Format, clip: AnimationClip, path: Path, rig: Rig | None, reduce: float | None
) -> dict[str, Any]:
    """What `write` takes beside clip and file."""
    extras: dict[str, Any] = {}
    if entry.needs_mesh:
        extras["rig"] = default_head() if rig is None else rig
    if entry.placed:
        extras["place"] = path
    if reduce is not None:
        extras["keys"] = reduce_keys(clip, reduce)
    return extras


def read_clip(path: str | Path, format: str | None = None, fps: float | None = None) -> AnimationClip:
    """Reads a clip from a file in the format of its suffix, or in `format`.

    Where a suffix has several formats, the beginning of the file tells them apart. `fps` is the rate of files
    that hold none (npy). Raises FormatError, in one line, when the format is unknown or cannot be read back,
    the file cannot be opened, or what it holds cannot be right.
    """
    path = Path(path)
    entry = _format_of(path, format)
    if entry.read is None:
        readable = ", ".join(other.name for other in FORMATS if other.readable)
        raise FormatError(f"cannot read {path}: {entry.name} files are written only; readable are {readable}")
    if fps is not None and entry.has_rate:
        raise FormatError(f"cannot read {path} at {fps:g} fps: {entry.name} files hold their own rate")
    try:
        clip = entry.read(path)
        return clip if fps is None else dataclasses.replace(clip, fps=fps)
    except (FormatError, ClipError) as error:
        raise FormatError(f"cannot read {path}: {error}") from error
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}") from error


def _format_of(path: Path, format: str | None) -> Format:
    """The format of a file that is there: by name, else by its beginning, else by its suffix."""
    if format is None and path.is_file():
        for entry in FORMATS:
            if path.suffix.lower() in entry.suffixes and entry.is_it and entry.is_it(path):
                return entry
    return find_format(path, format)
