"""Datagrams of four protocols → packets of named values. Only the standard library.

Weights keep the names they came with. Turns of the head become headYaw, headPitch, headRoll in radians: yaw
to the character's own left, pitch down, roll with the crown to its own right. Face Cap and iFacialMocap do
not document their angles; x is taken to be pitch, y yaw, z roll, in degrees.

Layouts are those of livelink/unreal.py, osc_face.py, vmc.py and ifacialmocap.py of the audio2face
repository, where the sources are named.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .channels import FACE_CAP, HEAD, LINK
from .errors import BadPacket
from .osc import Argument, Message, messages
from .turns import from_unity

LONGEST_TEXT = 256
LONGEST = 270 + 2 * LONGEST_TEXT
LONGEST_PHONE = 8192
MOST_PARTS = 512

_LENGTH = struct.Struct(">i")
_LINK = struct.Struct(f">ifiiB{len(LINK)}f")
_SHAPE = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,63})(?:-|&)(-?\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_TURN = re.compile(r"=?(head|rightEye|leftEye)#([-+0-9.eE,]{1,200})", re.ASCII)
_HEAD_BY_LETTERS = {name.lower(): name for name in HEAD}


class Packet(NamedTuple):
    """What one datagram held.

    kind     the protocol, for people
    values   {name: value}
    ends     whether a frame ends with it; None where the protocol does not say
    time     seconds on the sender's clock, or None
    subject  the sender's name for the face, or nothing
    """

    kind: str
    values: dict[str, float]
    ends: bool | None = None
    time: float | None = None
    subject: str = ""


def live_link(datagram: bytes) -> Packet:
    """Unreal's Live Link Face, version 6 with 61 values. Raises BadPacket."""
    if not 270 < len(datagram) <= LONGEST or datagram[0] != 6:
        raise BadPacket(f"{len(datagram)} bytes of version {datagram[:1].hex()}; Live Link Face sends 06")
    _, place = _text(datagram, 1)
    subject, place = _text(datagram, place)
    if len(datagram) - place != _LINK.size:
        raise BadPacket(f"{len(datagram) - place} bytes after the subject; Live Link Face has {_LINK.size}")
    number, part, above, below, count, *values = _LINK.unpack_from(datagram, place)
    if count != len(LINK) or above <= 0 or below <= 0:
        raise BadPacket(f"{count} values at rate {above}/{below}; Live Link Face has {len(LINK)}")
    if number < 0 or not all(map(math.isfinite, (part, *values))):
        raise BadPacket("a Live Link Face value that is NaN or infinite, or a frame below 0")
    time = (number + part) * below / above
    return Packet("Live Link", dict(zip(LINK, values, strict=True)), True, time, subject)


def _text(datagram: bytes, place: int) -> tuple[str, int]:
    """The text whose length stands at `place`, and the place after it."""
    begin = place + 4
    length = _LENGTH.unpack_from(datagram, place)[0] if begin <= len(datagram) else 0
    if not (0 < length <= LONGEST_TEXT and begin + length <= len(datagram)):
        raise BadPacket(f"a Live Link Face text of {length} bytes; it has 1 to {LONGEST_TEXT}")
    try:
        return datagram[begin : begin + length].decode(), begin + length
    except UnicodeDecodeError:
        raise BadPacket("a Live Link Face text that is no UTF-8") from None


def any_osc(datagram: bytes) -> Packet:
    """VMC where an address says so, else plain OSC. Raises BadPacket."""
    found = messages(datagram)
    if any(address.startswith("/VMC/") for address, _ in found):
        return _vmc(found)
    return Packet("OSC", _plain(found))


def vmc(datagram: bytes) -> Packet:
    """The VMC protocol: blend values, the bone Head, time, and what ends a frame. Raises BadPacket."""
    return _vmc(messages(datagram))


def plain_osc(datagram: bytes) -> Packet:
    """An address for each channel, and Face Cap's /W and /HR. Raises BadPacket."""
    return Packet("OSC", _plain(messages(datagram)))


def _vmc(found: Iterable[Message]) -> Packet:
    values: dict[str, float] = {}
    ends, time = False, None
    for address, arguments in found:
        numbers = [float(value) for value in arguments if isinstance(value, (int, float))]
        name = arguments[0] if arguments and isinstance(arguments[0], str) else ""
        if address == "/VMC/Ext/Blend/Val" and name and len(arguments) == 2 and numbers:
            values[name] = numbers[0]
        elif address == "/VMC/Ext/Blend/Apply":
            ends = True
        elif address == "/VMC/Ext/T" and len(numbers) == 1:
            time = numbers[0]
        elif address == "/VMC/Ext/Bone/Pos" and name == "Head" and len(numbers) == 7 and any(numbers[3:]):
            values.update(zip(HEAD, from_unity(*numbers[3:]), strict=True))
    return Packet("VMC", values, ends, time)


def _plain(found: Iterable[Message]) -> dict[str, float]:
    values: dict[str, float] = {}
    for address, arguments in found:
        numbers = _numbers(arguments)
        if address == "/W" and len(numbers) == 2:
            if numbers[0] in range(len(FACE_CAP)):
                values[FACE_CAP[int(numbers[0])]] = numbers[1]
        elif address == "/HR" and len(numbers) == 3:
            values.update(_degrees(numbers))
        elif len(numbers) == 1:
            name = address.rsplit("/", 1)[-1]
            values[_HEAD_BY_LETTERS.get(name.lower(), name)] = numbers[0]
    return {name: value for name, value in values.items() if name}


def _numbers(arguments: Iterable[Argument]) -> list[float]:
    return [float(value) for value in arguments if isinstance(value, (int, float))]


def _degrees(pitch_yaw_roll: list[float]) -> dict[str, float]:
    pitch, yaw, roll = map(math.radians, pitch_yaw_roll)
    return dict(zip(HEAD, (yaw, pitch, roll), strict=True))


def phone(datagram: bytes) -> Packet:
    """iFacialMocap's text. Raises BadPacket."""
    if not 0 < len(datagram) <= LONGEST_PHONE or not datagram.isascii():
        raise BadPacket(f"{len(datagram)} bytes that are no text of iFacialMocap")
    parts = datagram.decode("ascii").replace("=", "|=").split("|")
    if len(parts) > MOST_PARTS:
        raise BadPacket(f"{len(parts)} parts; iFacialMocap has at most {MOST_PARTS} here")
    values: dict[str, float] = {}
    for part in parts:
        if part not in ("", "="):
            values.update(_part(part))
    if not values:
        raise BadPacket("no values of iFacialMocap")
    return Packet("iFacialMocap", values, True)


def _part(part: str) -> dict[str, float]:
    shape = _SHAPE.fullmatch(part)
    if shape:
        return {shape[1]: float(shape[2]) / 100}
    turned = _TURN.fullmatch(part)
    try:
        numbers = [float(number) for number in turned[2].split(",")] if turned else []
    except ValueError:
        numbers = []
    if turned is None or not 3 <= len(numbers) <= 6 or not all(map(math.isfinite, numbers)):
        raise BadPacket(f"part {part[:30]!r}; iFacialMocap has name-number or head#numbers")
    return _degrees(numbers[:3]) if turned[1] == "head" else {}


def automatic(datagram: bytes) -> Packet:
    """Whatever the first byte says it is. Raises BadPacket."""
    if datagram[:1] == b"\x06":
        return live_link(datagram)
    if datagram[:1] in (b"/", b"#"):
        return any_osc(datagram)
    return phone(datagram)


PROTOCOLS: dict[str, Callable[[bytes], Packet]] = {
    "AUTO": automatic,
    "OSC": plain_osc,
    "VMC": vmc,
    "LIVELINK": live_link,
    "IFACIALMOCAP": phone,
}
"""Each protocol by the name of its choice in the panel."""
