"""VOCASET, in both forms in which it lies on people's disks, as takes of vertices.

As published (https://voca.is.tue.mpg.de):
    data_verts.npy          [rows, 5023, 3] float32, all frames of all takes
    subj_seq_to_idx.pkl     {subject: {sequence: {frame: row}}}
    raw_audio_fixed.pkl     {subject: {sequence: {"audio": samples, "sample_rate": rate}}}
    templates.pkl           {subject: [5023, 3]}
As FaceFormer keeps it:
    vertices_npy/<subject>_<sequence>.npy   [frames, 15069], and wav/<subject>_<sequence>.wav
    templates.pkl                           both folders may also be one
In both, a .ply or .obj with as many vertices, beside them or in templates/, gives the triangles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from audio2face.dataset.arrays import Array
from audio2face.dataset.listing import Listed
from audio2face.dataset.unpickle import load_pickle
from audio2face.errors import TrainingError
from exporters.beside import beside

FPS = 60.0
VERTS, ROWS, SOUND, TEMPLATES = (
    "data_verts.npy",
    "subj_seq_to_idx.pkl",
    "raw_audio_fixed.pkl",
    "templates.pkl",
)

SPLIT_UP = "vertices_npy"
"""The folder of FaceFormer's form."""

CHECKED = ("FaceTalk_170811_03275_TA", "FaceTalk_170908_03277_TA")
TESTED = ("FaceTalk_170809_00138_TA", "FaceTalk_170731_00024_TA")
"""The split of the paper (Cudeiro et al., CVPR 2019), which those after it use; the other eight train."""

_SHARE = 6
"""One in so many subjects that nobody knows is checked on, and as many are tested on: two of twelve."""


def is_vocaset(folder: Path) -> bool:
    """Whether a folder has one of the two forms."""
    return (folder / VERTS).is_file() or ((folder / TEMPLATES).is_file() and any(_sequences(folder)))


def list_vocaset(folder: Path, work: Path | None = None) -> list[Listed]:
    """Its takes, by subject and sequence; nothing but pickles and headers is read.

    work  where sound that lies in a pickle is written to, as <subject>_<sequence>.wav; None where there is
          none to be written

    Raises UnsafeFileError, TrainingError.
    """
    templates = _templates(folder / TEMPLATES)
    takes = (
        _published(folder, templates, work) if (folder / VERTS).is_file() else _split_up(folder, templates)
    )
    splits = split_of({take.speaker for take in takes})
    return [Listed(**{**vars(take), "split": splits[take.speaker]}) for take in takes]


def split_of(subjects: Iterable[str]) -> dict[str, str]:
    """{subject: split}: 8, 2 and 2 of VOCASET's twelve; of others the last sixth tests, one before checks."""
    names = sorted(subjects)
    if set(names) & {*CHECKED, *TESTED}:
        return {name: "test" if name in TESTED else "check" if name in CHECKED else "train" for name in names}
    few = 0 if len(names) < 3 else max(1, round(len(names) / _SHARE))
    last = len(names) - few
    return {
        name: "test" if place >= last else "check" if place >= last - few else "train"
        for place, name in enumerate(names)
    }


def _published(folder: Path, templates: Mapping[str, Array], work: Path | None) -> list[Listed]:
    index = _nested(load_pickle(folder / ROWS), folder / ROWS)
    names = {(subject, sequence): f"{subject}_{sequence}" for subject in index for sequence in index[subject]}
    files = _sounds(folder / SOUND, names, work)
    return [
        Listed(
            *(name, files[name], folder / VERTS),
            speaker=pair[0],
            fps=FPS,
            stated=True,
            rows=_rows(index[pair[0]][pair[1]], folder / ROWS, name),
            template=_template(templates, pair[0], folder),
        )
        for pair, name in sorted(names.items())
    ]


def _split_up(folder: Path, templates: Mapping[str, Array]) -> list[Listed]:
    takes = []
    for file in sorted(_sequences(folder)):
        subject = file.stem.rpartition("_")[0]
        places = (folder / "wav" / f"{file.stem}.wav", file.with_suffix(".wav"))
        takes.append(
            Listed(
                *(file.stem, next((place for place in places if place.is_file()), None), file),
                speaker=subject,
                fps=FPS,
                stated=True,
                template=_template(templates, subject, folder),
            )
        )
    return takes


def _sequences(folder: Path) -> Iterable[Path]:
    inner = folder / SPLIT_UP
    return [file for file in (inner if inner.is_dir() else folder).glob("*_*.npy") if "BS_" not in file.name]


def _sounds(file: Path, names: Mapping[tuple[str, str], str], work: Path | None) -> dict[str, Path | None]:
    """The sound of each take as a file, written once."""
    if work is None:
        raise TrainingError(
            f"the sound of {file} lies in a pickle; name a folder in which it can be written as wav"
        )
    paths: dict[str, Path | None] = {name: work / f"{name}.wav" for name in names.values()}
    if all(path is not None and path.is_file() for path in paths.values()):
        return paths
    sounds = _nested(load_pickle(file), file)
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"cannot make the folder {work}: {error.strerror or error}") from error
    for (subject, sequence), name in names.items():
        found = sounds.get(subject, {}).get(sequence)
        if found is None:
            paths[name] = None
        else:
            _write(found, work / f"{name}.wav", file)
    return paths


def _write(found: Any, path: Path, source: Path) -> None:
    try:
        samples, rate = np.asarray(found["audio"]), int(found["sample_rate"])
        if (
            samples.ndim != 1
            or samples.dtype.kind not in "iuf"
            or not 1000 <= rate <= 400_000
            or not len(samples)
        ):
            raise ValueError(f"{samples.dtype} of shape {samples.shape} at {rate}")
    except (TypeError, KeyError, ValueError) as error:
        raise TrainingError(f"{source}: the sound of {path.stem} cannot be read ({error!r})") from error
    values = samples.astype(np.float64)
    if samples.dtype.kind in "iu" or np.abs(values).max() > 1.5:
        values = values / 32768  # 16 bit numbers, as recorded, perhaps as floats
    with beside(path) as temporary:
        soundfile.write(temporary, np.clip(values, -1, 1), rate, format="WAV", subtype="PCM_16")


def _rows(found: Any, file: Path, name: str) -> Array:
    """[frames] rows by frame number; a frame that is missing takes the one before."""
    try:
        pairs = sorted((int(frame), int(row)) for frame, row in found.items())
        frames = np.array([frame for frame, _ in pairs])
        rows = np.array([row for _, row in pairs])
        if len(frames) == 0 or frames[-1] - frames[0] > 10 * len(frames) + 100:
            raise ValueError(f"{len(frames)} frames from {frames[:1]} to {frames[-1:]}")
    except (AttributeError, TypeError, ValueError) as error:
        raise TrainingError(f"{file}: the rows of {name} cannot be read ({error!r})") from error
    every = np.arange(frames[0], frames[-1] + 1)
    filled: Array = rows[np.searchsorted(frames, every, side="right") - 1]
    return filled


def _nested(found: Any, file: Path) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(found, dict) or not all(isinstance(inner, dict) for inner in found.values()):
        raise TrainingError(f"{file} is no table of subjects and sequences")
    return {
        str(_text(key)): {str(_text(name)): one for name, one in inner.items()}
        for key, inner in found.items()
    }


def _templates(file: Path) -> dict[str, Array]:
    found = load_pickle(file)
    if not isinstance(found, dict):
        raise TrainingError(f"{file} is no table of faces at rest")
    templates = {str(_text(key)): np.asarray(one) for key, one in found.items()}
    for subject, template in templates.items():
        if template.ndim != 2 or template.shape[1] != 3 or template.dtype.kind != "f":
            raise TrainingError(
                f"{file}: {subject} is {template.dtype} of shape {template.shape}; expected points"
            )
        if not np.isfinite(template).all():
            raise TrainingError(f"{file}: {subject} has NaN")
    return templates


def _template(templates: Mapping[str, Array], subject: str, folder: Path) -> Array:
    if subject not in templates:
        raise TrainingError(
            f"{folder / TEMPLATES} has no face of {subject}; it has {', '.join(sorted(templates)[:4])}"
        )
    return templates[subject].astype(np.float32)


def _text(value: Any) -> Any:
    return value.decode("latin1") if isinstance(value, bytes) else value
