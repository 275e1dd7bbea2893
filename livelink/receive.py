"""Receives what the sinks of this package, a phone or another program send: the eyes of `listen`.

Binds to 127.0.0.1 unless the URI says otherwise. Every datagram is decoded within bounds; what cannot be is
counted, with the reason, and changes nothing else.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from livelink import ifacialmocap, osc, osc_face, unreal, vmc
from livelink.channels import LINK_NAMES
from livelink.destination import Destination
from livelink.destination import parse as parse_destination
from livelink.errors import DestinationError, LinkError, PacketError
from livelink.inbox import Arrival, Inbox
from livelink.vts_listener import StudioListener

LARGEST = 65536


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


def open_listener(at: Destination | str) -> Inbox:
    """Listens at a URI, whatever its protocol.

    Raises DestinationError for a URI that cannot be listened at, LinkError for a taken port, LinkPartError
    when that protocol needs an optional part.
    """
    place = parse_destination(at) if isinstance(at, str) else at
    return StudioListener(place.host, place.port) if place.scheme == "vts" else Listener(place)


class Listener(Inbox):
    """Listens for datagrams at a URI."""

    def __init__(self, at: Destination | str) -> None:
        """Raises DestinationError for a URI of another kind, LinkError for a taken port."""
        super().__init__()
        place = parse_destination(at) if isinstance(at, str) else at
        if place.scheme not in DECODERS:
            known = ", ".join(f"{name}://" for name in DECODERS)
            raise DestinationError(f"no datagrams come at {place.scheme}://; they do at {known}")
        self._decode = DECODERS[place.scheme]
        self._socket = _bound(place)
        self.port = self._socket.getsockname()[1]

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
            self._refuse(error)
            return None
        return self._accept(now, f"{sender} {subject}", values)

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
