"""Frames as UDP datagrams, whatever the protocol."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np

from livelink.errors import LinkError
from rigs import WeightFrame

Encoder = Callable[[WeightFrame], list[bytes]]
FAREWELLS = 3
"""Times the final neutral frame is sent, as datagrams get lost."""


class UdpSink:
    """Sends what an encoder makes of each frame to one address, without ever waiting.

    prepare  makes the encoder from channel names and rate, when the sink opens
    """

    def __init__(self, host: str, port: int, prepare: Callable[[Sequence[str], float], Encoder]) -> None:
        self._host, self._port, self._prepare = host, port, prepare
        self._socket: socket.socket | None = None
        self._encode: Encoder | None = None
        self._address: tuple[object, ...] = ()
        self._last = WeightFrame(0.0, np.zeros(0, np.float32))
        self._step = 0.0

    def open(self, names: Sequence[str], fps: float) -> None:
        """Finds the host and prepares the encoder. Raises LinkError, RefusedError."""
        encode = self._prepare(names, fps)
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
            family, kind, protocol, _, self._address = found[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
        except OSError as error:
            raise LinkError(f"no way to {self._host}:{self._port}: {_cause(error)}") from error
        self._encode, self._step = encode, 1 / fps
        self._last = WeightFrame(-self._step, np.zeros(len(names), np.float32))

    def send(self, frame: WeightFrame) -> None:
        """Sends a frame; raises LinkError when the system does not take it."""
        if self._socket is None or self._encode is None:
            raise LinkError(f"{self._host}:{self._port} is not open")
        self._last = frame
        try:
            for datagram in self._encode(frame):
                self._socket.sendto(datagram, self._address)
        except OSError as error:
            raise LinkError(f"could not send to {self._host}:{self._port}: {_cause(error)}") from error

    def close(self) -> None:
        """Leaves the face at rest and the socket closed. Closing twice does nothing more."""
        open_socket, self._socket = self._socket, None
        if open_socket is None or self._encode is None:
            return
        rest = WeightFrame(max(0.0, self._last.time + self._step), np.zeros_like(self._last.weights))
        with suppress(OSError):
            for _ in range(FAREWELLS):
                for datagram in self._encode(rest):
                    open_socket.sendto(datagram, self._address)
        open_socket.close()


def _cause(error: OSError) -> str:
    return error.strerror or str(error)
