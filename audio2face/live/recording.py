"""What was performed, as a file."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from exporters import find_format, write_clip
from exporters.beside import beside
from rigs import AnimationClip, Rig, WeightFrame
from rigs.arrays import FloatArray


class Recording:
    """A `WeightSink` that keeps every frame and writes a clip in `save`, in the format of the file's suffix.

    rig  whose mesh the file carries, where its format has one

    It takes 13 kB of memory a second at 60 fps. Raises FormatError for a suffix that no format has and a
    folder that cannot be written to.
    """

    def __init__(self, path: Path, audio: str | None = None, rig: Rig | None = None) -> None:
        find_format(path)
        _try_writing(path)
        self.path, self.audio, self._rig = path, audio, rig
        self._rows: list[FloatArray] = []
        self._names: tuple[str, ...] = ()
        self._fps = 0.0

    @property
    def frames(self) -> int:
        """Frames so far."""
        return len(self._rows)

    def open(self, names: Sequence[str], fps: float) -> None:
        """Begins."""
        self._names, self._fps = tuple(names), fps

    def send(self, frame: WeightFrame) -> None:
        """Keeps a frame."""
        self._rows.append(frame.weights)

    def close(self) -> None:
        """Nothing is open; `save` writes."""

    def save(self) -> Path | None:
        """Writes the file; None, and no file, when nothing came. Raises FormatError."""
        if not self._rows:
            return None
        clip = AnimationClip(self._names, np.stack(self._rows), self._fps, audio=self.audio)
        return write_clip(clip, self.path, rig=self._rig)


def _try_writing(path: Path) -> None:
    """Raises FormatError now for a place that would only fail after the performance."""
    with contextlib.suppress(_NotNowError), beside(path) as temporary:
        temporary.touch()
        raise _NotNowError


class _NotNowError(Exception):
    """Leaves `beside` before it renames."""
