"""What the rest of the program asks of a source of sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from audio2face.sources.block import AudioBlock


class AudioSource(Protocol):
    """Iterates over sound: mono blocks without gaps or overlap, in order, from time 0.

    Blocks may have any length above zero, and differ in length. Reading raises SoundError.
    """

    @property
    def sample_rate(self) -> int:
        """Samples per second of the blocks; every source of this package gives `SAMPLE_RATE`."""

    def __iter__(self) -> Iterator[AudioBlock]: ...
