"""Pictures → a film, by FFmpeg, which `imageio-ffmpeg` brings along (extra `render`)."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from exporters.errors import FormatError
from exporters.picture.drawing import Picture
from exporters.video.codecs import codec_of
from exporters.video.context import INSTALL

_PLACE = re.compile(r"^(\[[^]]*\] ?)+")
"""Which of its parts says so."""


def find_ffmpeg() -> str:
    """The program. Raises FormatError with the install line when it is missing."""
    try:
        import imageio_ffmpeg  # noqa: PLC0415

        found: str = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FormatError(f"films need an optional part; install it with: {INSTALL}") from error
    return found


class Encoder:
    """Takes pictures one after the other."""

    def __init__(self, program: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self._program, self._log = program, log

    def add(self, picture: Picture) -> None:
        """The next frame. Raises FormatError, or OSError for a full disk, when FFmpeg has given up."""
        assert self._program.stdin is not None
        try:
            self._program.stdin.write(picture.data)
            self._program.stdin.flush()
        except OSError as error:  # a broken pipe; on Windows an invalid argument
            self._program.wait()
            raise self._trouble() from error

    def finish(self) -> None:
        """Waits until all is written. Raises as `add` does."""
        assert self._program.stdin is not None
        try:
            self._program.stdin.close()
        except OSError as error:
            self._program.wait()
            raise self._trouble() from error
        if self._program.wait():
            raise self._trouble()

    def _trouble(self) -> Exception:
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace")
        if "No space left on device" in said:
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        lines = [_PLACE.sub("", line).strip() for line in said.split("\n") if line.strip()]
        told = "; ".join(dict.fromkeys(lines)) or "it says nothing"
        return FormatError(f"FFmpeg ended with code {self._program.returncode}: {told[:240]}")


@contextmanager
def encoding(
    file: Path, width: int, height: int, fps: float, frames: int, clear: bool, sound: Path | None
) -> Iterator[Encoder]:
    """An encoder of `frames` pictures of that size, [height, width, 3], or 4 where `clear`, into `file`.

    fps    the first picture is shown at 0 s, where the sound begins, and each for 1/fps
    sound  a file that FFmpeg reads; of it as much is heard as there are pictures for

    What is written is only whole when the block ends without an error; FFmpeg has ended in any case.
    """
    codec = codec_of(file, width, height, fps, clear)
    rate = Fraction(fps).limit_denominator(1001)
    pictures = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba" if clear else "rgb24",
        "-video_size",
        f"{width}x{height}",
    ]
    given = [*pictures, "-framerate", str(rate), "-i", "pipe:0"]
    made = [*(codec.clear if clear else codec.picture)]
    # Whole paths, as FFmpeg takes a leading dash for an option and what stands before a colon for a protocol.
    if sound is not None and codec.sound:
        given += ["-i", str(sound.absolute()), "-map", "0:v", "-map", "1:a"]
        made += codec.sound
    ends = ["-t", f"{frames / rate.numerator * rate.denominator:.6f}", "-map_metadata", "-1", "-bitexact"]
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *given, *made, *ends]
    with tempfile.TemporaryFile() as log, _running([*command, str(file.absolute())], log) as program:
        encoder = Encoder(program, log)
        yield encoder
        encoder.finish()


@contextmanager
def _running(command: list[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has ended when the block does, and that no Ctrl-C reaches but by way of this one."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, **apart)
    try:
        yield program
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()
        assert program.stdin is not None
        if not program.stdin.closed:
            with suppress(OSError):
                program.stdin.close()
