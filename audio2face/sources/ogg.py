"""Whether an Ogg file is all there.

Source: RFC 3533, section 6, the Ogg page: "OggS", version, flags (4 marks the last page of a stream), 20
bytes, the number of segments, their lengths.
"""

from __future__ import annotations

import os
from pathlib import Path

HEADER = 27
LAST_PAGE = 4
TAIL = 1 << 17
"""Bytes looked at from the end; a page is never longer than 65,307."""


def has_end(path: Path) -> bool:
    """Whether a whole page near the file's end is marked as the last of its stream."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - TAIL), os.SEEK_SET)
        tail = file.read()
    at = tail.rfind(b"OggS")
    while at >= 0:
        if _is_whole_last_page(tail, at):
            return True
        at = tail.rfind(b"OggS", 0, at)
    return False


def _is_whole_last_page(data: bytes, at: int) -> bool:
    if at + HEADER > len(data) or not data[at + 5] & LAST_PAGE:
        return False
    segments = data[at + HEADER : at + HEADER + data[at + HEADER - 1]]
    return at + HEADER + len(segments) + sum(segments) <= len(data)
