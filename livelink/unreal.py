"""Apple Live Link Face over UDP, as Unreal's LiveLink plug-in receives it. Customary port 11111.

A datagram, all numbers big-endian:

    u8 version = 6 | i32 length, device id | i32 length, subject | i32 frame | f32 subframe |
    i32 rate numerator | i32 rate denominator | u8 count = 61 | 61 × f32

Texts are UTF-8, their lengths in bytes. The 61 values are the 52 ARKit weights from 0 to 1, then yaw, pitch
and roll of head, left eye and right eye; recordings suggest radians, nothing documents it. The frame is time
of day × rate. Unreal drops the first subject when the same device id comes with another subject name, so
every subject has its own id; it is a UUID of 36 characters, as some readers take no other length.
Source: Epic Games, Apple ARKit plug-in for Unreal Engine, FAppleARKitLiveLinkSource.
"""

from __future__ import annotations

import math
import platform
import struct
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from livelink.channels import LINK_NAMES, Places
from livelink.errors import PacketError
from rigs import WeightFrame
from rigs.arrays import FloatArray, lock

PORT = 11111
VERSION = 6
COUNT = len(LINK_NAMES)
LONGEST_TEXT = 256
"""Bytes a device id or a subject may have, sent or received."""

LONGEST = 270 + 2 * LONGEST_TEXT
"""Bytes of the longest datagram that is looked at."""

_TIME = struct.Struct(">ifiiB")
_VALUES = struct.Struct(f">{COUNT}f")
_DAY = 24 * 3600


@dataclass(frozen=True, eq=False)
class LinkPacket:
    """One datagram.

    device, subject  texts of at most 256 bytes
    frame, subframe  frames since midnight, and the part of a frame beyond, from 0 to 1
    rate             frames a second as an exact fraction, positive
    values           [61] float32 in the order of LINK_NAMES

    Raises PacketError when a text is too long, a number does not fit, or a value is NaN or infinite.
    """

    device: str
    subject: str
    frame: int
    subframe: float
    rate: Fraction
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", lock(self.values, "values", (COUNT,), PacketError))
        for what, text in (("device id", self.device), ("subject", self.subject)):
            if not 1 <= len(text.encode(errors="replace")) <= LONGEST_TEXT:
                raise PacketError(f"{what} of {len(text)} characters; expected 1 to {LONGEST_TEXT} bytes")
        numbers = (self.frame, self.rate.numerator, self.rate.denominator)
        if not (all(0 <= number < 2**31 for number in numbers) and self.rate > 0):
            raise PacketError(f"frame {self.frame} at rate {self.rate}; expected positive 32-bit numbers")
        if not math.isfinite(self.subframe):
            raise PacketError("the subframe is NaN or infinite")


def encode(packet: LinkPacket) -> bytes:
    """The datagram of a packet."""
    device, subject = packet.device.encode(), packet.subject.encode()
    rate = packet.rate
    return b"".join(
        [
            struct.pack(">Bi", VERSION, len(device)) + device,
            struct.pack(">i", len(subject)) + subject,
            _TIME.pack(packet.frame, packet.subframe, rate.numerator, rate.denominator, COUNT),
            _VALUES.pack(*packet.values.tolist()),
        ]
    )


def decode(datagram: bytes) -> LinkPacket:
    """The packet of a datagram. Raises PacketError for anything that is not exactly one."""
    if not 270 < len(datagram) <= LONGEST:
        raise PacketError(f"{len(datagram)} bytes; expected 271 to {LONGEST}")
    if datagram[0] != VERSION:
        raise PacketError(f"version {datagram[0]}; expected {VERSION}")
    device, place = _text(datagram, 1, "device id")
    subject, place = _text(datagram, place, "subject")
    if len(datagram) - place != _TIME.size + _VALUES.size:
        raise PacketError(
            f"{len(datagram) - place} bytes after the subject; expected {_TIME.size + _VALUES.size}"
        )
    frame, subframe, above, below, count = _TIME.unpack_from(datagram, place)
    if count != COUNT or above <= 0 or below <= 0:
        raise PacketError(f"{count} values at rate {above}/{below}; expected {COUNT} at a positive rate")
    values = np.array(_VALUES.unpack_from(datagram, place + _TIME.size), np.float32)
    return LinkPacket(device, subject, frame, subframe, Fraction(above, below), values)


def _text(datagram: bytes, place: int, what: str) -> tuple[str, int]:
    """The text whose length stands at `place`, and the place after it."""
    if place + 4 > len(datagram):
        raise PacketError(f"it ends before its {what}")
    (length,) = struct.unpack_from(">i", datagram, place)
    end = place + 4 + length
    if not (0 < length <= LONGEST_TEXT and end <= len(datagram)):
        raise PacketError(f"{what} of {length} bytes; expected 1 to {LONGEST_TEXT}")
    try:
        return datagram[place + 4 : end].decode(), end
    except UnicodeDecodeError as error:
        raise PacketError(f"its {what} is no UTF-8") from error


def device_of(subject: str) -> str:
    """An id of 36 characters that stays the same for a subject on this computer, and differs for another."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"audio2face/{platform.node()}/{subject}"))


def encoder(
    names: Sequence[str], fps: float, subject: str, device: str, midnight: float = 0.0
) -> Callable[[WeightFrame], list[bytes]]:
    """What turns frames into datagrams. `midnight` is the time of day, in seconds, at time 0 of the stream.

    Raises RefusedError for channels of another rig, PacketError for a subject or device that does not fit.
    """
    places = Places(names, LINK_NAMES, "Live Link")
    rate = Fraction(fps).limit_denominator(1001)
    LinkPacket(device, subject, 0, 0.0, rate, np.zeros(COUNT, np.float32))

    def datagrams(frame: WeightFrame) -> list[bytes]:
        place = ((midnight + frame.time) % _DAY) * float(rate)
        number = int(place + 1e-4)  # a frame's own time may fall a rounding error short of it
        values = places.values(frame.weights)
        return [encode(LinkPacket(device, subject, number, max(0.0, place - number), rate, values))]

    return datagrams
