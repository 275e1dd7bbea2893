"""A UDP port that is looked at now and then, and never waited for."""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from contextlib import suppress

from .errors import BadPacket, CannotListen
from .frames import Assembler, Frame
from .packets import PROTOCOLS

MOST_AT_ONCE = 256
"""Datagrams read in one go, so that a flood does not hold Blender up."""

MOST_SENDERS = 16
WINDOW = 2.0
"""Seconds over which the rate is taken, and after which a sender counts as silent."""

_BUFFER = 1 << 20  # bytes that wait in the system while Blender is busy with something else


class Receiver:
    """Listens at an address.

    datagrams, bad  how many came, and how many of them could not be read
    frames          how many moments of the face they made
    last_error      why the last bad one could not be read
    last_sender     `host:port`, with the subject where there is one
    kind            the protocol that came last
    last_arrival    when something readable came last, or None
    """

    def __init__(self, host: str, port: int, protocol: str = "AUTO") -> None:
        """Raises CannotListen for an address that is none, or a port that is taken."""
        self._decode = PROTOCOLS[protocol]
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.datagrams = self.bad = self.frames = 0
        self.last_error = self.last_sender = self.kind = ""
        self.last_arrival: float | None = None
        self._assembler = Assembler()
        self._arrivals: deque[float] = deque(maxlen=512)
        self._senders: dict[str, float] = {}

    @property
    def shown(self) -> dict[str, float]:
        """{name: value} of the face now."""
        return self._assembler.shown

    def poll(self, now: float | None = None) -> list[Frame]:
        """Reads what has come, without waiting; the frames it made. `now` is a clock's time in seconds."""
        arrival = time.monotonic() if now is None else now
        frames: list[Frame] = []
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, sender = self._socket.recvfrom(65536)
            except BlockingIOError:
                break
            except OSError as error:
                self.last_error = error.strerror or str(error)
                break
            frames += self._take(datagram, f"{sender[0]}:{sender[1]}", arrival)
        return frames

    def close_frame(self) -> list[Frame]:
        """The frame that has begun, as it stands."""
        frames = self._assembler.close()
        self.frames += len(frames)
        return frames

    def _take(self, datagram: bytes, sender: str, arrival: float) -> list[Frame]:
        self.datagrams += 1
        try:
            packet = self._decode(datagram)
        except BadPacket as error:
            self.bad += 1
            self.last_error = str(error)
            return []
        self.kind, self.last_arrival = packet.kind, arrival
        self.last_sender = f"{sender} {_printable(packet.subject)}".strip()
        if sender in self._senders or len(self._senders) < MOST_SENDERS:
            self._senders[sender] = arrival
        frames = self._assembler.add(packet, arrival)
        self.frames += len(frames)
        self._arrivals.extend(frame.arrival for frame in frames)
        return frames

    def rate(self, now: float) -> float:
        """Frames a second of late, 0 when none come."""
        recent = [arrival for arrival in self._arrivals if arrival > now - WINDOW]
        span = recent[-1] - recent[0] if recent else 0.0
        return (len(recent) - 1) / span if span > 0 else 0.0

    def senders(self, now: float) -> int:
        """How many send at present."""
        self._senders = {who: when for who, when in self._senders.items() if when > now - WINDOW}
        return len(self._senders)

    def close(self) -> None:
        """Frees the port."""
        with suppress(OSError):
            self._socket.close()


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. The host is a number, so that no name server is waited for."""
    number = "127.0.0.1" if host.strip().lower() == "localhost" else host.strip()
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            number or "?", port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )[0]
    except (OSError, UnicodeError, OverflowError):
        raise CannotListen(
            f"address {host[:40]!r} is none; 127.0.0.1 hears this computer, 0.0.0.0 the network too"
        ) from None
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setblocking(False)
        with suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        bound.bind(address)
    except OSError as error:
        bound.close()
        reason = "another program has this port" if error.errno == errno.EADDRINUSE else error.strerror
        raise CannotListen(f"could not listen at {number}:{port}: {reason}; choose another") from None
    return bound
