"""What can go wrong, each in one line that the panel shows."""

from __future__ import annotations


class BadPacket(ValueError):  # noqa: N818  what it is, not that it went wrong
    """A datagram that is not what a protocol sends."""


class CannotListen(OSError):  # noqa: N818
    """An address or port that cannot be listened at."""


class CannotRecord(ValueError):  # noqa: N818
    """A take that cannot be turned into keyframes."""
