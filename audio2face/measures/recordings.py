"""Folders of clips to score on, in the forms they come in, read as one kind of recording.

<one>.npz + audio/<id>.ogg                a filmed speaker: landmarks; phones from elsewhere, if at all
anything that `dataset.read_dataset` reads  takes of a character: sounds with the motion of a rig
anything that `corpus.read_corpus` reads  speech with phone times
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from audio2face.corpus import Take, read_corpus
from audio2face.dataset import read_dataset
from audio2face.dataset.kind import holds_motion
from audio2face.errors import OptionError, TrainingError
from audio2face.measures.amplitude import EYE_CORNERS, relative_opening
from audio2face.measures.tracking import Tracked, read_tracked
from audio2face.sources import FileSource
from audio2face.teacher import Segment
from rigs import AnimationClip
from rigs.arrays import FloatArray
from rigs.lips import mouth_width

EDGE = 0.011
"""Seconds by which a last phone may end after the sound: labels are on a grid of 10 ms."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One clip, and what is known of it.

    emotion  as its folder says, or ""
    phones   none where they are not known
    seen     the filmed mouth, or None
    rig      captured motion of a rig of its own, or None
    split    of takes of a character, what they are for
    """

    name: str
    audio: Path
    speaker: str
    emotion: str = ""
    phones: tuple[Segment, ...] = ()
    seen: Tracked | None = None
    rig: AnimationClip | None = None
    split: str = "train"


def read_recordings(
    folder: Path, phones: Path | None = None, every: int = 1, fps: float | None = None
) -> list[Recording]:
    """All recordings of a folder, by name; of a filmed speaker, every so many.

    phones  a folder with a manifest that gives the phones of filmed clips
    fps     of motion that states no rate; 30 when None

    Raises TrainingError when the folder is of none of the known forms or damaged.
    """
    if is_tracked(folder):
        return _filmed(folder, phones)[:: max(1, every)]
    if holds_motion(folder):
        return _captured(folder, fps)
    moods = _emotions(folder / "manifest.jsonl")
    return [
        Recording(
            *(take.name, take.audio, speaker(take), moods.get(take.name, "")),
            phones=within(take.phones, FileSource(take.audio).duration),
        )
        for take in read_corpus(folder)
    ]


def speaker(take: Take) -> str:
    """Who speaks: the voices heard, joined by +."""
    return "+".join(sorted(take.voices))


def within(phones: Sequence[Segment], seconds: float | None) -> tuple[Segment, ...]:
    """The phones that end before the sound does: some labelled recordings are cut off."""
    return tuple(phone for phone in phones if seconds is None or phone.end <= seconds + EDGE)


def restrict(recordings: Sequence[Recording], speakers: Sequence[str], folder: Path) -> list[Recording]:
    """Those in which only the named speakers are heard, or all if none is named.

    Raises OptionError when that leaves none.
    """
    kept = [one for one in recordings if not speakers or set(one.speaker.split("+")) <= set(speakers)]
    if not kept:
        known = sorted({one.speaker for one in recordings})
        shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
        raise OptionError(f"no recording of {', '.join(speakers)} in {folder}; its speakers are {shown}")
    return kept


def only(recordings: Sequence[Recording], names: Sequence[str], folder: Path) -> list[Recording]:
    """The recordings of these names, or all if there are none. Raises OptionError for a name nobody has."""
    known = {one.name for one in recordings}
    strange = [name for name in names if name not in known]
    if strange:
        shown = ", ".join(sorted(known)[:12]) + (" …" if len(known) > 12 else "")
        raise OptionError(f"no recording {strange[0]!r} in {folder}; there are {shown}")
    return [one for one in recordings if not names or one.name in names]


def tested(recordings: Sequence[Recording]) -> list[Recording]:
    """Those that are for testing, or all where none is."""
    return [one for one in recordings if one.split == "test"] or list(recordings)


def moves_lips(names: Sequence[str]) -> bool:
    """Whether channels are ARKit's, so that lips can be measured on the default head."""
    return "jawOpen" in names and "mouthClose" in names


def for_rig(recordings: Sequence[Recording], names: Sequence[str]) -> list[Recording]:
    """Recordings with what can be measured on a rig of these channels.

    Without lips on the default head there is no closing of p b m, no contact and no film to follow, only
    captured motion of the same rig.
    """
    if moves_lips(names):
        return list(recordings)
    return [replace(one, phones=(), seen=None) for one in recordings]


def is_tracked(folder: Path) -> bool:
    """Whether a folder holds a filmed speaker."""
    return any(folder.glob("*.npz")) and (folder / "audio").is_dir()


def tracked_file(folder: Path) -> Path:
    """The landmarks of a filmed speaker. Raises TrainingError when there are none, or several."""
    files = sorted(folder.glob("*.npz"))
    if len(files) != 1:
        raise TrainingError(f"{folder} holds {len(files)} .npz files of landmarks; expected one")
    return files[0]


def read_samples(file: Path) -> FloatArray:
    """[samples] the whole file at 16 kHz, mono."""
    return np.concatenate([block.samples for block in FileSource(file)])


def _filmed(folder: Path, phones: Path | None) -> list[Recording]:
    file = tracked_file(folder)
    said = {take.name: take.phones for take in read_corpus(phones)} if phones else {}
    return [
        Recording(name, folder / "audio" / f"{name}.ogg", file.stem, phones=said.get(name, ()), seen=seen)
        for name, seen in sorted(read_tracked(file).items())
    ]


def _captured(folder: Path, fps: float | None) -> list[Recording]:
    """Takes of a character; lips are measured on the default head where the channels are ARKit's."""
    return [
        Recording(
            *(take.name, take.audio, take.speaker, take.emotion),
            seen=_mouth(take.motion) if moves_lips(take.motion.names) else None,
            rig=take.motion,
            split=take.split,
        )
        for take in read_dataset([folder], fps)
    ]


def _mouth(motion: AnimationClip) -> Tracked:
    """Opening and width as a camera would see them on the default head."""
    width = mouth_width(motion.weights, motion.names).astype(np.float64) / EYE_CORNERS
    return Tracked(relative_opening(motion), width, motion.fps)


def _emotions(manifest: Path) -> dict[str, str]:
    """{recording: emotion} as far as a manifest says."""
    if not manifest.is_file():
        return {}
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {str(row["id"]): str(row["emotion"]) for row in rows if "emotion" in row}
