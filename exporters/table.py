"""The formats in one table, and the two verbs: write a clip, read a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporters.anchors import write_anchors
from exporters.audio2face_json import read_json, write_json
from exporters.beside import beside
from exporters.clip_npz import read_npz, write_npz
from exporters.errors import FormatError
from exporters.glb import write_glb
from exporters.glb_read import read_glb
from exporters.livelinkface_csv import read_csv, write_csv
from rigs import AnimationClip, ClipError, Rig
from rigs.head import default_head


@dataclass(frozen=True)
class Format:
    """A file format.

    name         what `--format` takes
    suffix       of its files, with the dot
    description  one line for people
    write        (clip, file) → a new file; (clip, file, rig) for formats that carry a mesh
    read         (file) → clip, or None when the format cannot be read back
    needs_mesh   whether `write` takes a rig, as `rig=`
    sparse       whether `write` takes curves with fewer keys than frames, as `keys=`
    named_only   whether it must be asked for by name, as the suffix belongs to another format first
    also         other suffixes that are written and read in the same way
    """

    name: str
    suffix: str
    description: str
    write: Callable[..., None]
    read: Callable[[Path], AnimationClip] | None = None
    needs_mesh: bool = False
    sparse: bool = False
    named_only: bool = False
    also: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether clips can be read back."""
        return self.read is not None


_FORMATS = (
    Format("json", ".json", "Audio2Face JSON: exportFps, facsNames, weightMat", write_json, read_json),
    Format("csv", ".csv", "Live Link Face app CSV, for Unreal's importer", write_csv, read_csv),
    Format("npz", ".npz", "NumPy archive: names, weights, fps, head", write_npz, read_npz),
    Format(
        "glb",
        ".glb",
        "glTF binary: head mesh with animated morph targets",
        write_glb,
        read_glb,
        needs_mesh=True,
        also=(".vrm",),
    ),
    *(
        Format(
            layout,
            ".npz",
            f"the head's {layout.removeprefix('anchors')} anchor points, {people}; .csv and .json too",
            write_anchors(layout),
            needs_mesh=True,
            named_only=True,
        )
        for layout, people in (("anchors68", "as dlib numbers them"), ("anchors478", "as MediaPipe does"))
    ),
)


def formats() -> tuple[Format, ...]:
    """Every format, in the order in which people should see them."""
    return _FORMATS


def find_format(path: Path, format: str | None = None) -> Format:
    """The format of that name, else the one of the path's suffix. Raises FormatError when there is none."""
    if format is not None:
        for entry in _FORMATS:
            if entry.name == format.lower().lstrip("."):
                return entry
        raise FormatError(
            f"unknown format {format!r}; known are {', '.join(entry.name for entry in _FORMATS)}"
        )
    same = [entry for entry in _FORMATS if path.suffix.lower() in (entry.suffix, *entry.also)]
    meant = [entry for entry in same if not entry.named_only]
    if len(meant) == 1:
        return meant[0]
    if same:
        names = " or ".join(f"--format {entry.name} ({entry.description})" for entry in same)
        raise FormatError(f"{path}: {path.suffix} may mean several formats; name one: {names}")
    known = ", ".join(dict.fromkeys(entry.suffix for entry in _FORMATS))
    raise FormatError(f"{path}: unknown suffix {path.suffix!r}; known are {known} (or name the format)")


def write_clip(
    clip: AnimationClip, path: str | Path, format: str | None = None, rig: Rig | None = None
) -> Path:
    """Writes a clip in the format of the suffix, or in `format`, and returns the path.

    `rig` is the rig whose mesh a glb carries; the default head when None. A rig from a .glb, .gltf or .vrm is
    given back as that file, with the clip in it. The file is whole or absent: it is
    written beside and renamed. Raises FormatError, in one line, when the format is unknown, the clip does not
    fit it, or the place cannot be written to.
    """
    path = Path(path)
    entry = find_format(path, format)
    with beside(path) as temporary:
        try:
            entry.write(clip, temporary, **_extras(entry, rig))
        except FormatError as error:
            raise FormatError(f"cannot write {path}: {error}") from error
        except UnicodeEncodeError as error:
            raise FormatError(f"cannot write {path}: a name in the clip is no Unicode text") from error
    return path


def _extras(entry: Format, rig: Rig | None) -> dict[str, Any]:
    """What `write` takes beside clip and file."""
    return {"rig": default_head() if rig is None else rig} if entry.needs_mesh else {}


def read_clip(path: str | Path, format: str | None = None) -> AnimationClip:
    """Reads a clip from a file in the format of its suffix, or in `format`.

    Raises FormatError, in one line, when the format is unknown or cannot be read back, the file cannot be
    opened, or what it holds cannot be right.
    """
    path = Path(path)
    entry = find_format(path, format)
    if entry.read is None:
        readable = ", ".join(other.name for other in _FORMATS if other.readable)
        raise FormatError(f"cannot read {path}: {entry.name} files are written only; readable are {readable}")
    try:
        return entry.read(path)
    except (FormatError, ClipError) as error:
        raise FormatError(f"cannot read {path}: {error}") from error
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}") from error
