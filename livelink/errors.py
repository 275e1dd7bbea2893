"""Errors of sending and receiving; the tree they belong to is drawn in rigs/errors.py.

LinkError
├── PacketError        a message from outside that cannot be what the protocol sends
├── DestinationError   a URI that names no place to send to or listen at
├── RefusedError       the other side said no: trying again without a person is useless
└── LinkPartError      an optional part that is not installed
"""

from __future__ import annotations

from rigs.errors import FaceError


class LinkError(FaceError):
    """A destination that cannot be reached or sent to. It may come back: trying again is right."""


class PacketError(LinkError):
    """A message from outside that cannot be what the protocol sends."""


class DestinationError(LinkError):
    """A URI that names no place to send to or listen at."""


class RefusedError(LinkError):
    """The other side said no, or the channels do not suit it; trying again without a person is useless."""


class LinkPartError(RefusedError):
    """An optional part that is not installed; the text holds the install line."""

    def __init__(self, purpose: str, extra: str = "live") -> None:
        super().__init__(
            f"{purpose} needs an optional part; install it with: pip install 'audio2face[{extra}]'"
        )
