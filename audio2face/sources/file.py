"""Sound files of every kind that libsndfile reads, streamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import soundfile

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.resample import Resampler
from audio2face.sources.stream import mono_blocks
from rigs.arrays import FloatArray

READABLE = "wav, flac, ogg, opus, mp3, aiff, au, caf"
UNKNOWN_LENGTH = 2**62
"""libsndfile states a frame count near 2**63 for a stream whose header leaves the length open."""


class FileSource:
    """A sound file as a source: any rate, any number of channels, mixed to mono by averaging.

    `path`; `duration`: seconds, or None when the header leaves the length open; `file_rate` and
    `channels`: as in the file. `block_seconds`: how much is in memory at a time.

    Raises SoundError on construction for what the header shows: no such file, a folder, no
    permission, empty, not a sound file, no samples. Iterating raises it for what only reading
    shows: NaN or infinite values, and sound that ends before the length the header states.
    """

    def __init__(self, path: str | os.PathLike[str], block_seconds: float = 1.0) -> None:
        self.path = Path(path)
        _check_path(self.path)
        with _open(self.path) as sound:
            self.file_rate, self.channels, frames = sound.samplerate, sound.channels, sound.frames
        if frames == 0:
            raise SoundError(f"{self.path} holds no sound: its header states 0 samples")
        Resampler(self.file_rate)  # a rate that no sound has fails here
        self.sample_rate = SAMPLE_RATE
        self._frames = frames if frames < UNKNOWN_LENGTH else None
        self.duration = None if self._frames is None else self._frames / self.file_rate
        self._step = max(1, round(block_seconds * self.file_rate))

    def __iter__(self) -> Iterator[AudioBlock]:
        return mono_blocks(self._chunks(), self.file_rate, str(self.path))

    def _chunks(self) -> Iterator[FloatArray]:
        """Yields [samples, channels] at the file's own rate."""
        done = 0
        with _open(self.path) as sound:
            while len(chunk := self._read(sound, done)):
                done += len(chunk)
                yield chunk
        if self._frames is not None and done < self._frames:
            raise self._cut_off(done)

    def _read(self, sound: soundfile.SoundFile, done: int) -> FloatArray:
        try:
            chunk: FloatArray = sound.read(self._step, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as cause:
            raise self._cut_off(done) from cause
        return chunk

    def _cut_off(self, done: int) -> SoundError:
        stated = "" if self.duration is None else f" of {self.duration:.2f} s"
        return SoundError(
            f"{self.path} is damaged or cut off: it reads up to {done / self.file_rate:.2f} s{stated}; "
            "copy or export it again"
        )


def _check_path(path: Path) -> None:
    """Raises SoundError for what needs no look inside."""
    if path.is_dir():
        raise SoundError(f"Cannot read {path}: it is a folder; give one sound file ({READABLE})")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as cause:
        raise SoundError(f"Cannot read {path}: there is no such file") from cause
    except PermissionError as cause:
        raise SoundError(f"Cannot read {path}: no permission to read it") from cause
    except OSError as cause:
        raise SoundError(f"Cannot read {path}: {cause.strerror or cause}") from cause
    if empty:
        raise SoundError(f"Cannot read {path}: the file is empty (0 bytes)")


def _open(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(path)
    except soundfile.LibsndfileError as cause:
        raise SoundError(
            f"Cannot read {path}: not a sound file of a known kind ({cause.error_string.rstrip('.')}); "
            f"{READABLE} work, and ffmpeg -i {path.name} {path.stem}.wav converts others"
        ) from cause
    except TypeError as cause:  # soundfile wants a rate and a type for .raw, which has no header
        raise SoundError(f"Cannot read {path}: it has no header; {READABLE} work") from cause
