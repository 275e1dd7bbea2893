"""The sound of a film: what the model heard, sample by sample, for a program that reads sound otherwise."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from audio2face.errors import SoundError
from audio2face.sources.opening import check_path, open_sound

FULL = 1 << 20
"""Bytes: a disk with less is full."""


@contextmanager
def sound_track(path: Path | None, folder: Path) -> Iterator[Path | None]:
    """The sound as a FLAC file, gone in the end; None when there is none.

    Decoders differ in how much of an MP3's beginning they leave out, up to 50 ms; this one is the one that
    the model hears through.

    folder  where the file is made, on the disk that the film goes to

    Raises SoundError when the sound cannot be read, OSError when there is no room.
    """
    if path is None:
        yield None
        return
    check_path(path)
    with tempfile.TemporaryDirectory(prefix=".audio2face-", dir=folder) as name:
        track = Path(name) / "sound.flac"
        _decode(path, track)
        yield track


def _decode(path: Path, track: Path) -> None:
    """A second at a time, so that an hour fits into memory."""
    with open_sound(path) as sound:
        channels, rate = min(2, sound.channels), sound.samplerate
        try:
            with soundfile.SoundFile(track, "w", rate, channels, format="FLAC", subtype="PCM_24") as out:
                while len(chunk := sound.read(rate, dtype="float32", always_2d=True)):
                    out.write(chunk[:, :channels])
        except (soundfile.SoundFileError, AssertionError) as cause:  # the latter where a piece did not fit
            place = track.parents[1]
            full = shutil.disk_usage(track.parent).free < FULL
            said = f"the disk of {place} is full; free some space" if full else str(cause)
            raise SoundError(f"cannot take the sound of {path} into the film: {said}") from cause
