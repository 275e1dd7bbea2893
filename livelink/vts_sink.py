"""Frames into VTube Studio, over a WebSocket."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from livelink import vts
from livelink.errors import LinkError, LinkPartError, PacketError
from livelink.vts_token import default_file, read_token, write_token
from rigs import WeightFrame

PATIENCE = 5.0
"""Seconds to wait for an answer."""

CLICK = 60.0
"""Seconds the user has for clicking Allow."""

MOST_UNANSWERED = 240
"""Injections that may be under way: four seconds of frames."""


class VtsSink:
    """Sends every frame as an injection; does not wait for the answers, but reads them.

    `open` waits for the connection, and the first time for the user's click; `close` from another thread ends
    that. The token is kept in `file`, by default in the user's folder for settings.
    """

    def __init__(self, host: str, port: int, spelling: str = "tracking", file: Path | None = None) -> None:
        self._host, self._port, self._spelling, self._file = host, port, spelling, file
        self._socket: Any = None
        self._encode: Callable[[WeightFrame], str] | None = None
        self._last = WeightFrame(0.0, np.zeros(0, np.float32))
        self._unanswered = 0
        self._closed = threading.Event()

    def open(self, names: Sequence[str], fps: float) -> None:
        """Connects and opens a session. Raises LinkError, RefusedError when the user said no."""
        encode = vts.encoder(names, self._spelling)
        self._last = WeightFrame(0.0, np.zeros(len(names), np.float32))
        self._closed.clear()
        self._unanswered = 0
        self._socket = self._connect()
        self._authenticate()
        if self._spelling == "arkit":
            for name in vts.custom_names(names):
                # An error may mean that VTube Studio has this one itself; injecting will tell.
                self._ask(vts.parameter_request(name))
        self._encode = encode

    def send(self, frame: WeightFrame) -> None:
        """Injects a frame. Raises LinkError when VTube Studio has gone, or refuses it."""
        if self._encode is None:
            raise LinkError(f"{self._name} is not open")
        self._last = frame
        self._say(self._encode(frame))
        self._unanswered += 1
        self._read_answers()
        if self._unanswered > MOST_UNANSWERED:
            raise LinkError(f"{self._name} no longer answers")

    def close(self) -> None:
        """Leaves the face at rest, as far as it can be reached, and disconnects."""
        self._closed.set()
        encode, self._encode = self._encode, None
        with suppress(Exception):
            if encode is not None and self._socket is not None:
                self._leave_at_rest(encode)
        socket, self._socket = self._socket, None
        if socket is not None:
            with suppress(Exception):
                socket.close(timeout=1)
            with suppress(Exception):
                socket.shutdown()

    def _leave_at_rest(self, encode: Callable[[WeightFrame], str]) -> None:
        """Sends a neutral frame and waits half a second at most for all answers, lest it be lost."""
        self._socket.settimeout(1.0)
        self._say(encode(WeightFrame(self._last.time, np.zeros_like(self._last.weights))))
        self._unanswered += 1
        end = time.monotonic() + 0.5
        while self._unanswered and time.monotonic() < end:
            if self._readable(0.05):
                self._read_answers()

    @property
    def _name(self) -> str:
        return f"VTube Studio at {self._host}:{self._port}"

    def _connect(self) -> Any:
        try:
            import websocket  # noqa: PLC0415
        except ImportError as error:
            raise LinkPartError("vts://") from error
        host = f"[{self._host}]" if ":" in self._host else self._host
        try:
            url = f"ws://{host}:{self._port}"
            connected = websocket.create_connection(url, timeout=PATIENCE, http_no_proxy=["*"])
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise LinkError(
                f"could not reach {self._name}: {' '.join(str(error).split())[:80]}; "
                "start it and allow plug-ins in its settings"
            ) from error
        _bound_frames(connected)
        return connected

    def _authenticate(self) -> None:
        file, place = self._file or default_file(), f"{self._host}:{self._port}"
        token = read_token(file, place)
        if token is not None and self._session(token):
            return
        token = vts.token_of(self._ask(vts.token_request(), CLICK))
        with suppress(OSError):  # without a file the user is asked again next time
            write_token(file, place, token)
        if not self._session(token):
            raise LinkError(f"{self._name} does not take the token it gave")

    def _session(self, token: str) -> bool:
        """Whether VTube Studio takes the token; it may have been revoked."""
        reply = self._ask(vts.session_request(token))
        return reply.kind == "AuthenticationResponse" and reply.data.get("authenticated") is True

    def _ask(self, text: str, patience: float = PATIENCE) -> vts.Reply:
        self._say(text)
        for _ in range(round(patience / 0.25)):
            if self._closed.is_set():
                raise LinkError(f"{self._name} was closed while it was being opened")
            if self._readable(0.25):
                return vts.decode(self._receive())
        raise LinkError(f"{self._name} did not answer within {patience:.0f} s")

    def _read_answers(self) -> None:
        while self._unanswered and self._readable(0):
            with suppress(PacketError):  # counted as an answer all the same
                vts.raise_error(vts.decode(self._receive()))
            self._unanswered -= 1

    def _readable(self, seconds: float) -> bool:
        try:
            return bool(select.select([self._socket.sock], [], [], seconds)[0])
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise LinkError(f"{self._name} has gone") from error

    def _say(self, text: str) -> None:
        self._guarded(lambda socket: socket.send(text))

    def _receive(self) -> str | bytes:
        return self._guarded(lambda socket: socket.recv()) or ""

    def _guarded(self, act: Callable[[Any], Any]) -> Any:
        """`act` on the socket; what goes wrong becomes a LinkError."""
        import websocket  # noqa: PLC0415

        try:
            return act(self._socket)
        except (OSError, ValueError, AttributeError, websocket.WebSocketException) as error:
            raise LinkError(f"{self._name} has gone: {' '.join(str(error).split())[:80]}") from error


def _bound_frames(connected: Any) -> None:
    """Makes the library, which has no limit of its own, refuse frames too large for this API."""
    from websocket import WebSocketProtocolException  # noqa: PLC0415

    buffer = connected.frame_buffer
    read_length = buffer.recv_length

    def bounded() -> None:
        read_length()
        if buffer.length > vts.LONGEST:
            raise WebSocketProtocolException(
                f"a frame of {buffer.length} bytes; expected at most {vts.LONGEST}"
            )

    buffer.recv_length = bounded
