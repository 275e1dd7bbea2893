"""What live use asks of a source beyond its sound."""

from __future__ import annotations

from typing import Protocol

from audio2face.sources.source import AudioSource

BLOCK = 160
"""Samples that a live source hands out at a time, at most: 10 ms."""


class LiveSource(AudioSource, Protocol):
    """A source that takes its time: iterating waits until the sound is there, or due.

    name     what it is, for people
    trouble  what is wrong at the moment, in one line, or "" while all is well
    behind   seconds by which the block handed out last was late: the program is too slow for the sound
    close    ends the iteration within a tenth of a second; may be called from a signal handler
    """

    @property
    def name(self) -> str: ...

    @property
    def trouble(self) -> str: ...

    @property
    def behind(self) -> float: ...

    def close(self) -> None: ...
