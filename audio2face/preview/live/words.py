"""What server and page say to each other.

Frames are binary, little-endian: uint32 number, 4 bytes of nothing, float64 seconds of sound, then float32
weights in the order of the names that the greeting gave. Everything else is JSON text. From the server:
`{"hello": …}`, `{"status": …}`, `{"controls": …}`, `{"microphones": …}`, `{"refused": "why"}`; from the page
one of the classes below.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from livelink import PacketError
from rigs import WeightFrame

HEAD = struct.Struct("<I4xd")
"""What stands before the weights."""
LARGEST = 2048
"""Bytes of a message from the page."""
LONGEST_NAME = 256
"""Characters of a path or a microphone."""


@dataclass(frozen=True)
class Seen:
    """`{"seen": 17}`: frame 17 has arrived."""

    number: int


@dataclass(frozen=True)
class Change:
    """`{"set": "emotion/joy", "value": 0.6}`."""

    path: str
    value: float


@dataclass(frozen=True)
class Choice:
    """`{"microphone": "USB Headset"}`."""

    device: str


Word = Seen | Change | Choice


def frame_bytes(number: int, frame: WeightFrame) -> bytes:
    """A frame as it is sent."""
    return HEAD.pack(number, frame.time) + frame.weights.astype("<f4").tobytes()


def read_frame(data: bytes) -> tuple[int, WeightFrame]:
    """The number and the frame, as the page reads them. Raises PacketError."""
    if len(data) < HEAD.size or (len(data) - HEAD.size) % 4:
        raise PacketError(f"a frame of {len(data)} bytes")
    number, time = HEAD.unpack_from(data)
    return number, WeightFrame(time, np.frombuffer(data, "<f4", offset=HEAD.size))


def read_word(text: str | bytes) -> Word:
    """What a page said. Raises PacketError for everything else."""
    if len(text) > LARGEST or isinstance(text, bytes):
        raise PacketError(f"expected JSON text of at most {LARGEST} characters")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PacketError("what the page said is no JSON") from error
    return _word(said)


def _word(said: Any) -> Word:
    if isinstance(said, dict) and any(isinstance(value, bool) for value in said.values()):
        said = None  # Python takes them for numbers
    match said:
        case {"seen": int(number), **rest} if not rest and number >= 0:
            return Seen(number)
        case {"set": str(path), "value": int() | float() as value, **rest} if not rest and _short(path):
            return Change(path, _number(value))
        case {"microphone": str(device), **rest} if not rest and _short(device):
            return Choice(device)
        case _:
            raise PacketError(
                'expected {"seen": number}, {"set": path, "value": number} or {"microphone": name}'
            )


def _number(value: float) -> float:
    """JSON's whole numbers have no limit; Python's floats do."""
    try:
        return float(value)
    except OverflowError as error:
        raise PacketError("a number too large") from error


def _short(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME
