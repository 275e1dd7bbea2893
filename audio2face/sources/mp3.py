"""Reading an MP3 file whose length nobody wrote down.

An MP3 stream has no length of its own. Encoders put it into the first frame ("Xing", "Info" or
"VBRI"); streams saved from a speech service often lack it. libsndfile then estimates the length from
the first bit rate and stops reading there: of a variable-rate file two thirds can be lost unnoticed.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

LENGTH_TAGS = (b"Xing", b"Info", b"VBRI")
FIRST_FRAME = 2048
"""Bytes from the first frame on that hold the tag, if there is one; no frame is longer."""
OVERSTATED = 1000
"""How many times its size `UnsizedFile` claims: far beyond the ratio of the bit rates of MP3, 320 : 8."""


def states_length(path: Path) -> bool:
    """Whether the first MP3 frame states how many frames follow."""
    with path.open("rb") as file:
        head = file.read(10)
        # ID3v2 (id3.org, section 3.1): "ID3", version, flags, then the size in four times seven bits.
        tagged = len(head) == 10 and head[:3] == b"ID3"
        file.seek(10 + sum(byte << 7 * (3 - place) for place, byte in enumerate(head[6:])) if tagged else 0)
        frame = file.read(FIRST_FRAME)
    return any(tag in frame for tag in LENGTH_TAGS)


class UnsizedFile(io.FileIO):
    """A file that claims to end far beyond its end, so that a decoder reads all there is."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._size = os.fstat(self.fileno()).st_size

    def tell(self) -> int:
        """The position in bytes; at the end, a multiple of the size."""
        place = super().tell()
        return place if place < self._size else self._size * OVERSTATED
