"""Sound files of every kind that libsndfile reads, streamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import soundfile

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.opening import SoundReader, check_path, open_sound
from audio2face.sources.resample import Resampler
from audio2face.sources.stream import block_length, mono_blocks
from rigs.arrays import FloatArray

MP3_SLACK = 4 * 1152
"""Samples that an MP3 file may be short of what it states: encoders count padding frames differently."""


class FileSource:
    """A sound file as a source: any rate, any number of channels, mixed to mono by averaging.

    `path`; `duration`: seconds, or None when the file does not state its length; `file_rate` and
    `channels`: as in the file. `block_seconds`: how much is in memory at a time.

    Raises SoundError on construction for what the header shows: no such file, a folder, no
    permission, empty, not a sound file, no samples, an Ogg file without its end. Iterating raises it
    for what only reading shows: NaN or infinite values, and FLAC or MP3 sound that ends before the
    length the file states. A cut-off wav or aiff file is read as far as it goes: recorders that were
    stopped and programs that write into a pipe leave such headers on good sound.
    """

    def __init__(self, path: str | os.PathLike[str], block_seconds: float = 1.0) -> None:
        self.path = Path(path)
        self.sample_rate = SAMPLE_RATE
        check_path(self.path)
        with open_sound(self.path) as sound:
            self.file_rate, self.channels = int(sound.samplerate), int(sound.channels)
            self._frames = sound.stated_frames
            self._slack = MP3_SLACK if sound.format == "MP3" else 0
        if self._frames == 0:
            raise SoundError(f"{self.path} holds no sound: its header states 0 samples; export it again")
        Resampler(self.file_rate)  # a rate that no sound has fails here
        self.duration = None if self._frames is None else self._frames / self.file_rate
        self._step = block_length(block_seconds, self.file_rate)

    def __iter__(self) -> Iterator[AudioBlock]:
        return mono_blocks(self.chunks(), self.file_rate, str(self.path))

    def chunks(self) -> Iterator[FloatArray]:
        """Yields [samples, channels] at the file's own rate; who listens in takes them on their way."""
        done = 0
        with open_sound(self.path) as sound:
            while len(chunk := self._read(sound, done)):
                done += len(chunk)
                yield chunk
        if self._frames is not None and done < self._frames - self._slack:
            raise self._cut_off(done)

    def _read(self, sound: SoundReader, done: int) -> FloatArray:
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
