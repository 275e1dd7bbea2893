"""Open Sound Control 1.0: messages and bundles, as bytes.

A message is an address, type tags and arguments; a bundle is `#bundle`, a time tag and elements with their
lengths. Strings end with a zero and are padded to four bytes; numbers are big-endian. Written here rather
than taken from python-osc because that one's parser (1.10) never returns from a bundle with a negative
length, and because prepared addresses make frames cheap. Tests hold both against each other.
Source: M. Wright, The Open Sound Control 1.0 Specification, https://opensoundcontrol.stanford.edu/spec-1_0.html

Bounds on what is received: 9,000 bytes, bundles in bundles 4 deep, 1,024 messages, 16 arguments each, texts
of 256 bytes. Arguments understood: i f d h s T F N.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from livelink.errors import DestinationError, PacketError

LONGEST = 9000
MOST_MESSAGES = 1024
MOST_ARGUMENTS = 16
LONGEST_TEXT = 256
DEEPEST = 4
BUNDLE_SIZE = 1400
"""Bytes of a bundle that is sent: what passes any network unfragmented."""

_HEAD = b"#bundle\0" + b"\0\0\0\0\0\0\0\1"  # the time tag that says "at once"
_NUMBERS = {
    "i": struct.Struct(">i"),
    "f": struct.Struct(">f"),
    "d": struct.Struct(">d"),
    "h": struct.Struct(">q"),
}
_CONSTANTS: dict[str, bool | None] = {"T": True, "F": False, "N": None}

Argument = int | float | str | bool | None


class Message(NamedTuple):
    """An address and its arguments."""

    address: str
    arguments: tuple[Argument, ...]


def text(value: str) -> bytes:
    """A string: UTF-8, a zero, padded to four bytes."""
    raw = value.encode()
    return raw + b"\0" * (4 - len(raw) % 4)


def prefix(address: str, tags: str) -> bytes:
    """What a message starts with: its address and tags, such as `if`. Packed arguments follow."""
    return text(address) + text("," + tags)


def osc_prefix(start: str) -> str:
    """`/start`, or nothing. Raises DestinationError for a prefix OSC cannot have."""
    start = "/" + start.strip("/") if start.strip("/") else ""
    if (
        any(ord(letter) < 33 or letter in "#*,?[]{}" for letter in start)
        or len(start.encode()) > LONGEST_TEXT // 2
    ):
        raise DestinationError(
            f"OSC prefix {start[:40]!r}; expected a short path without spaces or #*,?[]{{}}"
        )
    return start


def floats(*values: float) -> bytes:
    """Packed float arguments."""
    return struct.pack(f">{len(values)}f", *values)


def bundles(messages: Iterable[bytes], size: int = BUNDLE_SIZE) -> list[bytes]:
    """Messages in order, in as few bundles of at most `size` bytes as that takes."""
    result: list[bytes] = []
    parts, length = [_HEAD], len(_HEAD)
    for message in messages:
        if length + 4 + len(message) > size and len(parts) > 1:
            result.append(b"".join(parts))
            parts, length = [_HEAD], len(_HEAD)
        parts += [struct.pack(">i", len(message)), message]
        length += 4 + len(message)
    return [*result, b"".join(parts)]


def decode(datagram: bytes) -> list[Message]:
    """The messages of a datagram, those of bundles in order. Raises PacketError when it is no OSC."""
    if not 0 < len(datagram) <= LONGEST:
        raise PacketError(f"{len(datagram)} bytes; expected 1 to {LONGEST}")
    result: list[Message] = []
    for message in _messages(datagram, 0):
        result.append(message)
        if len(result) > MOST_MESSAGES:
            raise PacketError(f"more than {MOST_MESSAGES} messages in one datagram")
    return result


def _messages(element: bytes, depth: int) -> Iterator[Message]:
    """Those of a message or bundle."""
    if not element.startswith(b"#bundle\0"):
        yield _message(element)
        return
    if depth >= DEEPEST or len(element) < len(_HEAD):
        raise PacketError("a bundle that is nested too deeply or cut short")
    place = len(_HEAD)
    while place < len(element):
        length, place = _number(element, place, "i")
        if not (isinstance(length, int) and 0 < length <= len(element) - place):
            raise PacketError(f"an element of {length} bytes in a bundle with {len(element) - place} left")
        yield from _messages(element[place : place + length], depth + 1)
        place += length


def _message(element: bytes) -> Message:
    address, place = _text(element, 0)
    if not address.startswith("/"):
        raise PacketError(f"address {address[:20]!r}; expected one that starts with /")
    if place >= len(element):
        return Message(address, ())
    tags, place = _text(element, place)
    if not tags.startswith(",") or len(tags) > MOST_ARGUMENTS + 1:
        raise PacketError(f"type tags {tags[:20]!r}; expected a comma and at most {MOST_ARGUMENTS}")
    arguments: list[Argument] = []
    for tag in tags[1:]:
        value, place = _argument(element, place, tag)
        arguments.append(value)
    return Message(address, tuple(arguments))


def _argument(element: bytes, place: int, tag: str) -> tuple[Argument, int]:
    if tag in _NUMBERS:
        return _number(element, place, tag)
    if tag == "s":
        return _text(element, place)
    if tag in _CONSTANTS:
        return _CONSTANTS[tag], place
    raise PacketError(f"type tag {tag!r}; understood are i f d h s T F N")


def _number(element: bytes, place: int, tag: str) -> tuple[int | float, int]:
    form = _NUMBERS[tag]
    if place + form.size > len(element):
        raise PacketError("it ends inside a number")
    value: int | float = form.unpack_from(element, place)[0]
    if not math.isfinite(value):
        raise PacketError("a number is NaN or infinite")
    return value, place + form.size


def _text(element: bytes, place: int) -> tuple[str, int]:
    end = element.find(b"\0", place, place + LONGEST_TEXT + 1)
    if end < 0:
        raise PacketError(f"a text without an end within {LONGEST_TEXT} bytes")
    try:
        return element[place:end].decode(), end + 4 - (end - place) % 4
    except UnicodeDecodeError as error:
        raise PacketError("a text is no UTF-8") from error
