"""Receives what the sinks of this package, a phone or another program send: the eyes of `listen`.

Binds to 127.0.0.1 unless the URI says otherwise. Every datagram is decoded within bounds; what cannot be is
counted, with the reason, and changes nothing else. At most 16 senders are told apart.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple

from livelink import ifacialmocap, osc, osc_face, unreal, vmc
from livelink.channels import LINK_NAMES, printable
from livelink.destination import Destination
from livelink.destination import parse as parse_destination
from livelink.errors import DestinationError, LinkError, PacketError
from livelink.watch import Summary, Watch

MOST_SENDERS = 16
LARGEST = 65536


class Arrival(NamedTuple):
    """What one datagram held.

    time     seconds of a clock that never goes back
    sender   `host:port`, with the subject where the protocol has one
    values   {name: value} in the protocol's units, ARKit's spelling where it has ARKit's channels
    """

    time: float
    sender: str
    values: dict[str, float]


def _decode_livelink(datagram: bytes) -> tuple[str, dict[str, float]]:
    packet = unreal.decode(datagram)
    return packet.subject, dict(zip(LINK_NAMES, packet.values.tolist(), strict=True))


DECODERS: dict[str, Callable[[bytes], tuple[str, dict[str, float]]]] = {
    "livelink": _decode_livelink,
    "osc": lambda datagram: ("", osc_face.values_of(osc.decode(datagram))),
    "vmc": lambda datagram: ("", vmc.values_of(osc.decode(datagram))),
    "ifacialmocap": lambda datagram: ("", ifacialmocap.decode(datagram)),
}
"""Datagram → subject and values, by scheme. Each raises PacketError and nothing else."""


class Listener:
    """Listens at a URI; use it in a `with` block.

    datagrams, bad  how many came, and how many of them could not be read
    last_error      why the last bad one could not, or None
    port            the port it listens at
    """

    def __init__(self, at: Destination | str) -> None:
        """Raises DestinationError for a URI that cannot be listened at, LinkError for a taken port."""
        place = parse_destination(at) if isinstance(at, str) else at
        if place.scheme not in DECODERS:
            known = ", ".join(f"{name}://" for name in DECODERS)
            raise DestinationError(f"listening at {place.scheme}:// is not possible; it is at {known}")
        self._decode = DECODERS[place.scheme]
        self._socket = _bound(place)
        self.port: int = self._socket.getsockname()[1]
        self.datagrams = self.bad = 0
        self.last_error: str | None = None
        self._watches: dict[str, Watch] = {}

    def poll(self, seconds: float) -> Arrival | None:
        """Waits at most that long for one datagram; None when none came, or it could not be read."""
        self._socket.settimeout(max(0.0, seconds))
        try:
            datagram, address = self._socket.recvfrom(LARGEST)
        except (BlockingIOError, TimeoutError):
            return None
        except OSError as error:
            # Windows tells here that an earlier answer reached nobody.
            self.last_error = error.strerror or str(error)
            return None
        return self._take(datagram, f"{address[0]}:{address[1]}")

    def _take(self, datagram: bytes, sender: str) -> Arrival | None:
        now = time.monotonic()
        self.datagrams += 1
        try:
            subject, values = self._decode(datagram)
        except PacketError as error:
            self.bad += 1
            self.last_error = str(error)
            return None
        values = {name: value for name, value in values.items() if name.isprintable()}
        arrival = Arrival(now, f"{sender} {printable(subject)}".strip(), values)
        if arrival.sender in self._watches or len(self._watches) < MOST_SENDERS:
            self._watches.setdefault(arrival.sender, Watch()).add(now, values)
        return arrival

    def summaries(self) -> dict[str, Summary]:
        """The figures of each sender."""
        return {sender: watch.summary() for sender, watch in self._watches.items()}

    def ask_phone(self, host: str, port: int = ifacialmocap.PORT) -> None:
        """Sends iFacialMocap's handshake: the phone then sends its frames here. Raises LinkError."""
        try:
            self._socket.sendto(ifacialmocap.HANDSHAKE, (host, port))
        except OSError as error:
            raise LinkError(f"could not ask {host}:{port}: {error.strerror or error}") from error

    def close(self) -> None:
        """Frees the port."""
        with suppress(OSError):
            self._socket.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _bound(place: Destination) -> socket.socket:
    """A socket that listens there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise LinkError(f"no way to listen at {place.place}: {error.strerror or error}") from error
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        taken = (
            "another program has this port" if error.errno == errno.EADDRINUSE else error.strerror or error
        )
        raise LinkError(f"could not listen at {place.place}: {taken}; name another port") from error
    return bound
