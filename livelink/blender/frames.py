"""Packets → frames: what belongs to one moment, though it may come in several datagrams."""

from __future__ import annotations

from typing import NamedTuple

from .packets import Packet

MOST_NAMES = 1024
"""Names that are kept; those beyond are passed over."""


class Frame(NamedTuple):
    """One moment of a face.

    arrival  seconds, when its first datagram was read
    time     seconds on the sender's clock, or None
    values   {name: value}
    """

    arrival: float
    time: float | None
    values: dict[str, float]


class Assembler:
    """Puts frames together.

    A frame ends where the protocol says so; where it does not, when a name comes again.
    `shown` is what the face should look like now: of protocols that end their frames only whole ones, of
    others everything as soon as it comes.
    """

    def __init__(self) -> None:
        self.shown: dict[str, float] = {}
        self._names: set[str] = set()
        self._open: dict[str, float] = {}
        self._arrival = 0.0
        self._time: float | None = None

    def add(self, packet: Packet, arrival: float) -> list[Frame]:
        """Takes a packet; the frames that are complete with it, at most two."""
        values = {name: value for name, value in packet.values.items() if self._keeps(name)}
        done = []
        if self._open and not packet.ends and any(name in self._open for name in values):
            done += self.close()
        if not self._open:
            self._arrival = arrival
        if packet.time is not None:
            self._time = packet.time
        self._open.update(values)
        if packet.ends is None:
            self.shown.update(values)
        if packet.ends:
            done += self.close()
        return done

    def close(self) -> list[Frame]:
        """The frame that is open, if any, as it stands."""
        if not self._open:
            return []
        frame = Frame(self._arrival, self._time, self._open)
        self.shown.update(self._open)
        self._open, self._time = {}, None
        return [frame]

    def _keeps(self, name: str) -> bool:
        if name not in self._names and len(self._names) < MOST_NAMES:
            self._names.add(name)
        return name in self._names
