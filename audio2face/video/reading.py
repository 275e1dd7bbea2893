"""Pictures and sound of a film, by PyAV, which brings its own FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile

from audio2face.errors import MissingExtraError
from audio2face.video.errors import VideoError
from exporters.beside import beside

Picture = npt.NDArray[np.uint8]

LONGEST = 4 * 3600
"""Seconds of a film that are read at most."""
LARGEST = 8192
"""Pixels of a side."""


class Facts(NamedTuple):
    """What a film says of itself.

    fps     pictures a second
    begins  seconds by which its first picture comes after its first sound
    """

    fps: float
    width: int
    height: int
    begins: float
    has_sound: bool


def facts(path: Path) -> Facts:
    """Reads the header. Raises VideoError, MissingExtraError."""
    with _opened(path) as film:
        stream = _pictures(film, path)
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        if not 1 <= rate <= 1000:
            raise VideoError(
                f"{path} says it has {rate:g} pictures a second; convert it to a constant rate first"
            )
        sounds = film.streams.audio
        begins = _begin(stream) - _begin(sounds[0]) if sounds else 0.0
        return Facts(rate, stream.width, stream.height, begins, bool(sounds))


def pictures(path: Path) -> Iterator[tuple[float, Picture]]:
    """(seconds since the first one, [height, width, 3] RGB) of each picture. Raises VideoError."""
    with _opened(path) as film:
        stream = _pictures(film, path)
        stream.thread_type = "AUTO"
        first = None
        for number, picture in enumerate(_decoded(film, stream, path)):
            rate = float(stream.average_rate or 25)
            time = number / rate if picture.time is None else float(picture.time)
            first = time if first is None else first
            if time - first > LONGEST:
                raise VideoError(f"{path} is over {LONGEST // 3600} hours long; cut it into takes")
            yield time - first, np.ascontiguousarray(picture.to_ndarray(format="rgb24"))


def write_sound(path: Path, sound: Path) -> None:
    """Writes the sound as a wav of 16 bits at its own rate, mixed to mono. Raises VideoError, FormatError."""
    with _opened(path) as film:
        if not film.streams.audio:
            raise VideoError(f"{path} has no sound; put {path.stem}.wav beside it")
        stream = film.streams.audio[0]
        rate = int(stream.rate)
        with (
            beside(sound) as temporary,
            soundfile.SoundFile(temporary, "w", rate, 1, "PCM_16", format="WAV") as wav,
        ):
            for block in _decoded(film, stream, path):
                wav.write(_mono(block))


def _mono(block: Any) -> npt.NDArray[np.float64]:
    """[samples] of a block of sound, in whatever layout it comes."""
    values = block.to_ndarray()
    channels = len(block.layout.channels)
    if values.shape[0] == 1 and channels > 1:  # interleaved
        values = values.reshape(-1, channels).T
    scale = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max) + 1
    middle = 128.0 if values.dtype == np.uint8 else 0.0
    mixed: npt.NDArray[np.float64] = (values.astype(np.float64).mean(axis=0) - middle) / (middle or scale)
    return mixed


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    av = _av()
    if not path.is_file():
        raise VideoError(f"cannot read {path}: there is no such file; check the name")
    try:
        film = av.open(str(path))
    except (av.FFmpegError, ValueError, OSError) as error:
        raise VideoError(
            f"cannot read {path}: it is no film that FFmpeg knows, or damaged ({error})"
        ) from error
    with film:
        yield film


def _decoded(film: Any, stream: Any, path: Path) -> Iterator[Any]:
    av = _av()
    try:
        yield from film.decode(stream)
    except (av.FFmpegError, ValueError) as error:
        raise VideoError(f"{path} is damaged: {error}; convert it again") from error


def _pictures(film: Any, path: Path) -> Any:
    if not film.streams.video:
        raise VideoError(f"{path} has no pictures, only sound")
    stream = film.streams.video[0]
    if not (0 < stream.width <= LARGEST and 0 < stream.height <= LARGEST):
        raise VideoError(
            f"{path} has pictures of {stream.width} by {stream.height}; up to {LARGEST} are read"
        )
    return stream


def _begin(stream: Any) -> float:
    start = stream.start_time
    return 0.0 if start is None else float(start * stream.time_base)


def _av() -> Any:
    try:
        import av  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtraError("reading films", "video") from error
    return av
