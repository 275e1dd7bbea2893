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
REMEMBERED = 2.0
"""Seconds of frames for which a refusal is remembered; systems send at most one a second over a network."""

_REFUSALS = (ConnectionRefusedError, ConnectionResetError)
"""What a system says when the other one had nobody at the port; Windows says reset."""


class UdpSink:
    """Sends what an encoder makes of each frame to one address, without ever waiting.

    The socket is connected, for only then does the system tell that nobody listens: always for a port of this
    computer, elsewhere if no firewall is in between. That is noted and changes nothing else, as a program may
    start later.

    prepare  makes the encoder from channel names and rate, when the sink opens
    """

    def __init__(self, host: str, port: int, prepare: Callable[[Sequence[str], float], Encoder]) -> None:
        self._host, self._port, self._prepare = host, port, prepare
        self._socket: socket.socket | None = None
        self._encode: Encoder | None = None
        self._last = WeightFrame(0.0, np.zeros(0, np.float32))
        self._step = 0.0
        self._refused = 0
        """Frames for which the last refusal is still remembered."""

    @property
    def note(self) -> str:
        """That nobody listens, or ""."""
        return f"nothing listens at {self._host}:{self._port} yet" if self._refused else ""

    def open(self, names: Sequence[str], fps: float) -> None:
        """Finds the host and prepares the encoder. Raises LinkError, RefusedError."""
        encode = self._prepare(names, fps)
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
            family, kind, protocol, _, address = found[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            self._socket.connect(address)
        except OSError as error:
            raise LinkError(f"no way to {self._host}:{self._port}: {_cause(error)}") from error
        self._encode, self._step, self._refused = encode, 1 / fps, 0
        self._last = WeightFrame(-self._step, np.zeros(len(names), np.float32))

    def send(self, frame: WeightFrame) -> None:
        """Sends a frame; raises LinkError when the system does not take it."""
        if self._socket is None or self._encode is None:
            raise LinkError(f"{self._host}:{self._port} is not open")
        self._last = frame
        self._refused = max(0, self._refused - 1)
        try:
            self._look(self._socket)
            for datagram in self._encode(frame):
                self._put(self._socket, datagram)
        except OSError as error:
            raise LinkError(f"could not send to {self._host}:{self._port}: {_cause(error)}") from error

    def listened(self) -> bool:
        """Looks once more whether a refusal has come; False when nobody listens."""
        if self._socket is not None:
            self._look(self._socket)
        return not self._refused

    def close(self) -> None:
        """Leaves the face at rest and the socket closed. Closing twice does nothing more."""
        open_socket, self._socket = self._socket, None
        if open_socket is None:
            return
        with suppress(OSError):
            for datagram in FAREWELLS * self._rest():
                self._put(open_socket, datagram)
        open_socket.close()

    def _rest(self) -> list[bytes]:
        if self._encode is None:
            return []
        time = max(0.0, self._last.time + self._step)
        return self._encode(WeightFrame(time, np.zeros_like(self._last.weights)))

    def _put(self, connected: socket.socket, datagram: bytes) -> None:
        """Sends, whether or not an earlier datagram was refused."""
        try:
            connected.send(datagram)
        except _REFUSALS:  # of one before: this one has not been sent
            self._remember()
            with suppress(*_REFUSALS):
                connected.send(datagram)

    def _look(self, connected: socket.socket) -> None:
        """Takes what the system has to tell of earlier datagrams. Answers, which none of these protocols has,
        are thrown away."""
        try:
            connected.recv(1)
        except _REFUSALS:
            self._remember()
        except OSError:  # there is nothing to tell
            pass

    def _remember(self) -> None:
        self._refused = max(1, round(REMEMBERED / self._step)) if self._step else 1


def _cause(error: OSError) -> str:
    return error.strerror or str(error)
