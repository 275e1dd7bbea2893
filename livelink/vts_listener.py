"""Stands in for VTube Studio: answers plug-ins as it would, and shows what they inject.

Any token is taken, since one that the real program gave may already be stored on the other side; who has none
is given one without being asked to click. At most 16 plug-ins at once, messages of at most 64 KB; one of more
than 256 KB ends its connection. What VTube Studio would refuse is answered with its error and counted as bad.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from livelink import vts
from livelink.errors import LinkError, LinkPartError, PacketError
from livelink.inbox import MOST_SENDERS, Arrival, Inbox

WAITING = 1024
"""Messages that wait to be looked at; further ones make their sender wait."""

FAR_TOO_LONG = 4 * vts.LONGEST
"""Bytes from which on a message is not even read."""

GREETING = 2.0
"""Seconds that a connection may take to become a WebSocket."""

UNREADABLE, UNKNOWN, NOT_ALLOWED, BAD_VALUE = 2, 7, 8, 451
"""VTube Studio's numbers for no JSON, an unknown request, one before authentication, and wrong values."""

_LOG = logging.getLogger("livelink.vts_listener")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False  # failed handshakes are none of the terminal's business

Answer = tuple[str, Mapping[str, Any]]


class StudioListener(Inbox):
    """A WebSocket server at `host:port`; 0 is any free port.

    Raises LinkPartError without the library it needs, LinkError for a taken port.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._queue: queue.Queue[tuple[float, str, dict[str, float] | PacketError]] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._connections: set[Any] = set()
        self._lock = threading.Lock()
        self._server = _serve(self._handle, host, port)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, name="vts listener", daemon=True).start()

    def poll(self, seconds: float) -> Arrival | None:
        """Waits at most that long for one message; None when none came, or it had no values."""
        try:
            moment, sender, content = self._queue.get(timeout=max(0.001, seconds))
        except queue.Empty:
            return None
        self.datagrams += 1
        if isinstance(content, PacketError):
            self._refuse(content)
            return None
        return self._accept(moment, sender, content) if content else None

    def close(self) -> None:
        """Hangs up on everybody and frees the port."""
        self._closing.set()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:  # at once; asking for a good-bye could take its time
            with suppress(Exception):
                connection.close_socket()
        self._server.shutdown()

    def _handle(self, connection: Any) -> None:
        """One plug-in, in a thread of the server."""
        with self._lock:
            self._connections.add(connection)
            full = len(self._connections) > MOST_SENDERS
        with suppress(Exception):  # whatever ends a connection, the others and the listener go on
            if full or self._closing.is_set():
                connection.close(1013, f"{MOST_SENDERS} plug-ins are connected already")
            else:
                self._talk(connection, _Plugin("{}:{}".format(*connection.remote_address[:2])))
        with self._lock:
            self._connections.discard(connection)

    def _talk(self, connection: Any, plugin: _Plugin) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

        try:
            for message in connection:
                content, reply = plugin.hear(message)
                self._put(plugin.name, content)
                connection.send(reply)
        except ConnectionClosed as error:
            if error.sent is not None and error.sent.code == 1009:
                self._put(plugin.name, PacketError(f"a message of more than {FAR_TOO_LONG} bytes"))

    def _put(self, sender: str, content: dict[str, float] | PacketError) -> None:
        while not self._closing.is_set():
            with suppress(queue.Full):
                self._queue.put((time.monotonic(), sender, content), timeout=0.1)
                return


class _Plugin:
    """What is known of one connection: its name, and whether it may inject."""

    def __init__(self, place: str) -> None:
        self.name = self._place = place
        self._allowed = False

    def hear(self, message: str | bytes) -> tuple[dict[str, float] | PacketError, str]:
        """The values of a message, {} for one without any, or what is wrong with it; and the reply."""
        identity, values = "unknown", {}  # type: str, dict[str, float] | PacketError
        try:
            asked = vts.decode(message)
            identity = asked.request
            values, (kind, data) = self._answer(asked)
        except _AnsweredError as refusal:
            values, kind, data = PacketError(str(refusal)), *refusal.answer
        except PacketError as error:
            values, kind, data = error, *_AnsweredError(UNREADABLE, str(error)).answer
        return values, vts.request(kind, data, identity)

    def _answer(self, asked: vts.Reply) -> tuple[dict[str, float], Answer]:
        if asked.kind == "InjectParameterDataRequest":
            return self._inject(asked), ("InjectParameterDataResponse", {})
        if asked.kind == "ParameterCreationRequest":
            self._check_allowed()
            name = str(asked.data.get("parameterName"))[:64]
            return {}, ("ParameterCreationResponse", {"parameterName": name})
        simple = {
            "APIStateRequest": self._state,
            "AuthenticationTokenRequest": lambda _: {"authenticationToken": secrets.token_hex(32)},
            "AuthenticationRequest": self._authenticate,
        }.get(asked.kind)
        if simple is None:
            raise _AnsweredError(UNKNOWN, f"a request of type {asked.kind!r}, which is not known here")
        return {}, (asked.kind.replace("Request", "Response"), simple(asked.data))

    def _state(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"active": True, "vTubeStudioVersion": "", "currentSessionAuthenticated": self._allowed}

    def _authenticate(self, data: Mapping[str, Any]) -> dict[str, Any]:
        self._allowed = isinstance(data.get("authenticationToken"), str)
        self.name = f"{self._place} {str(data.get('pluginName', ''))[:32]}".strip()
        reason = "Token valid." if self._allowed else "Token invalid."
        return {"authenticated": self._allowed, "reason": reason}

    def _check_allowed(self) -> None:
        if not self._allowed:
            raise _AnsweredError(NOT_ALLOWED, "a request before authentication")

    def _inject(self, asked: vts.Reply) -> dict[str, float]:
        self._check_allowed()
        try:
            return vts.values_of(asked)
        except PacketError as error:
            raise _AnsweredError(BAD_VALUE, str(error)) from error


class _AnsweredError(PacketError):
    """A message that is answered with an error."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.answer: Answer = ("APIError", {"errorID": number, "message": words})


def _serve(handle: Callable[[Any], None], host: str, port: int) -> Any:
    try:
        from websockets.sync.server import serve  # noqa: PLC0415
    except ImportError as error:
        raise LinkPartError("listening at vts://") from error
    settings: dict[str, Any] = {"max_size": FAR_TOO_LONG, "compression": None, "close_timeout": 1}
    try:
        return serve(handle, host, port, logger=_LOG, open_timeout=GREETING, **settings)
    except OSError as error:
        place, why = f"vts://{host}:{port}", error.strerror or error
        raise LinkError(
            f"could not listen at {place}: {why}; close VTube Studio or name another port"
        ) from error
