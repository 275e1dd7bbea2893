"""OSC datagrams → messages. Only the standard library: this runs inside Blender.

Bounds: 9,000 bytes, bundles in bundles 4 deep, 1,024 messages, 16 arguments each, texts of 256 bytes.
Arguments understood: i f d h s T F N, and b, which is passed over.
Source: M. Wright, The Open Sound Control 1.0 Specification, https://opensoundcontrol.stanford.edu/spec-1_0.html
"""

from __future__ import annotations

import math
import struct

from .errors import BadPacket

LONGEST = 9000
MOST_MESSAGES = 1024
MOST_ARGUMENTS = 16
LONGEST_TEXT = 256
DEEPEST = 4

_BUNDLE = b"#bundle\0"
_HEAD = len(_BUNDLE) + 8
_LENGTH = struct.Struct(">i")
_FLOAT = struct.Struct(">f")
_NUMBERS = {"i": _LENGTH, "f": _FLOAT, "d": struct.Struct(">d"), "h": struct.Struct(">q")}
_CONSTANTS: dict[str, bool | None] = {"T": True, "F": False, "N": None}

_HEADS: dict[bytes, tuple[str, list[str]]] = {}
"""What stood before the float of earlier messages → address and texts. A face sends the same ones again and
again, and reading them anew would take most of the time."""

_MOST_HEADS = 4096

Argument = int | float | str | bool | None
Message = tuple[str, list[Argument]]


def messages(datagram: bytes) -> list[Message]:
    """The (address, arguments) of a datagram in order, bundles opened. Raises BadPacket."""
    if not 0 < len(datagram) <= LONGEST:
        raise BadPacket(f"{len(datagram)} bytes; OSC has 1 to {LONGEST} here")
    found: list[Message] = []
    _collect(datagram, 0, found)
    return found


def _collect(element: bytes, depth: int, found: list[Message]) -> None:
    """Appends the messages of an element, which is a message or a bundle of elements."""
    if not element.startswith(_BUNDLE):
        if len(found) == MOST_MESSAGES:
            raise BadPacket(f"more than {MOST_MESSAGES} OSC messages in one datagram")
        found.append(_message(element))
        return
    if depth == DEEPEST or len(element) < _HEAD:
        raise BadPacket("an OSC bundle that is nested too deeply or cut short")
    place = _HEAD
    while place < len(element):
        begin = place + 4
        length = _LENGTH.unpack_from(element, place)[0] if begin <= len(element) else 0
        place = begin + length
        if length <= 0 or place > len(element):
            raise BadPacket(f"an OSC element of {length} bytes that does not fit its bundle")
        _collect(element[begin:place], depth + 1, found)


def _message(element: bytes) -> Message:
    known = _HEADS.get(element[:-4])
    if known is None:
        return _new_message(element)
    value = _FLOAT.unpack_from(element, len(element) - 4)[0]
    if not math.isfinite(value):
        raise BadPacket("an OSC number that is NaN or infinite")
    return known[0], [*known[1], value]


def _new_message(element: bytes) -> Message:
    address, place = _text(element, 0)
    if not address.startswith("/"):
        raise BadPacket(f"OSC address {address[:20]!r}; one starts with /")
    if place >= len(element):
        return address, []
    tags, place = _text(element, place)
    if not tags.startswith(",") or len(tags) > MOST_ARGUMENTS + 1:
        raise BadPacket(
            f"OSC type tags {tags[:20]!r}; they start with a comma and are at most {MOST_ARGUMENTS}"
        )
    arguments: list[Argument] = []
    for tag in tags[1:]:
        if tag == "b":
            place = _after_blob(element, place)
        elif tag in _CONSTANTS:
            arguments.append(_CONSTANTS[tag])
        else:
            value, place = _text(element, place) if tag == "s" else _number(element, place, tag)
            arguments.append(value)
    if tags in (",f", ",sf") and place == len(element) and len(_HEADS) < _MOST_HEADS:
        _HEADS[element[:-4]] = (address, [str(text) for text in arguments[:-1]])
    return address, arguments


def _number(element: bytes, place: int, tag: str) -> tuple[int | float, int]:
    form = _NUMBERS.get(tag)
    if form is None:
        raise BadPacket(f"OSC type tag {tag!r}; understood are i f d h s b T F N")
    if place + form.size > len(element):
        raise BadPacket("an OSC message that ends inside a number")
    value: int | float = form.unpack_from(element, place)[0]
    if not math.isfinite(value):
        raise BadPacket("an OSC number that is NaN or infinite")
    return value, place + form.size


def _after_blob(element: bytes, place: int) -> int:
    size, place = _number(element, place, "i")
    end = place + (int(size) + 3) // 4 * 4
    if size < 0 or end > len(element):
        raise BadPacket(f"an OSC blob of {size} bytes that does not fit its message")
    return end


def _text(element: bytes, place: int) -> tuple[str, int]:
    """The text at `place`, and the place after its padding."""
    end = element.find(b"\0", place, place + LONGEST_TEXT + 1)
    if end < 0:
        raise BadPacket(f"an OSC text without an end within {LONGEST_TEXT} bytes")
    try:
        return element[place:end].decode(), end + 4 - (end - place) % 4
    except UnicodeDecodeError:
        raise BadPacket("an OSC text that is no UTF-8") from None
