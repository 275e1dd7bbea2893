"""A voice stream over a WebSocket: what a talking agent says, as it says it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from audio2face.errors import MissingExtraError, OptionError, SoundError
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock
from audio2face.sources.feed import MOST_SECONDS, Feed
from audio2face.sources.pcm import Pcm16
from audio2face.sources.standard_input import PATIENCE
from audio2face.sources.voice_events import VoiceEvent, read_message

VOICE_RATE = 24_000
"""Samples per second of realtime voice interfaces."""
LARGEST_MESSAGE = 16 * 2**20
"""Bytes; a minute of speech in one message is 4 MB. A larger message ends the connection."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds between attempts to connect: twice as long after each failure."""
CONNECTING = 5.0
LISTENING = 0.25
"""Seconds after which connecting fails, and after which a listening thread looks whether it was closed."""


class WebSocketSource:
    """A `LiveSource` fed by a WebSocket server, with silence between turns and while there is no connection.

    url    ws:// or wss://
    rate   samples per second of the mono 16-bit sound in its messages
    clock  what bursts are paced by

    Messages are those of `read_message`. A lost connection is sought again for ever, with longer and longer
    pauses. Raises MissingExtraError without websocket-client, OptionError for another kind of URL, SoundError
    for a rate that no sound has.
    """

    def __init__(self, url: str, rate: int = VOICE_RATE, clock: Clock | None = None) -> None:
        self._websocket = _library()
        check_url(url)
        self._feed = Feed(rate, paced=True, patience=PATIENCE, clock=clock)
        self._pcm = Pcm16()
        self._url, self._closed = url, False
        self._stop = threading.Event()
        self.name = url
        self.sample_rate = SAMPLE_RATE
        self.trouble = "not connected yet"
        self.malformed = 0

    @property
    def behind(self) -> float:
        """Seconds by which the last block was late."""
        return self._feed.behind

    def close(self) -> None:
        """Ends the iteration."""
        self._closed = True
        self._feed.close()

    def __iter__(self) -> Iterator[AudioBlock]:
        worker = threading.Thread(target=self._work, name="voice stream", daemon=True)
        worker.start()
        try:
            yield from self._feed
        finally:
            self._closed = True
            self._stop.set()
            worker.join(2 * LISTENING)

    def _work(self) -> None:
        """Connects, listens, and begins again, until closed."""
        pause = FIRST_PAUSE
        while not self._closed:
            try:
                connection = self._connect()
                pause, self.trouble = FIRST_PAUSE, ""
                self._listen(connection)
            except (OSError, ValueError, self._websocket.WebSocketException) as error:
                self.trouble = f"no connection to {self._url}: {_reason(error)}; trying again"
            self._feed.finish_turn()
            self._pcm.forget()
            self._stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _connect(self) -> Any:
        connection = _bounded(self._websocket)
        connection.settimeout(CONNECTING)
        connection.connect(self._url)
        connection.settimeout(LISTENING)
        return connection

    def _listen(self, connection: Any) -> None:
        """Takes messages until the connection ends, by an exception, or the source is closed."""
        try:
            while not self._closed:
                try:
                    opcode, data = connection.recv_data()
                except self._websocket.WebSocketTimeoutException:
                    continue
                if opcode == self._websocket.ABNF.OPCODE_CLOSE:
                    raise ConnectionError("the server closed it")
                self._read(data if opcode == self._websocket.ABNF.OPCODE_BINARY else data.decode("utf-8"))
        finally:
            connection.shutdown()

    def _read(self, message: str | bytes) -> None:
        try:
            self._obey(read_message(message))
            self.trouble = ""
        except SoundError as error:
            self.malformed += 1
            self.trouble = f"{error} ({self.malformed} such)"

    def _obey(self, event: VoiceEvent) -> None:
        if event.interrupted:
            self._pcm.forget()
            self._feed.clear()
        if event.sound:
            self._feed.push(self._pcm.push(event.sound))
        if event.turn_over:
            self._pcm.forget()
            self._feed.finish_turn()
        if self._feed.lost:
            raise SoundError(f"more than {MOST_SECONDS} s of sound wait; the rest is dropped")


def check_url(url: str) -> None:
    """Raises OptionError unless `url` is that of a WebSocket."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise OptionError(f"{url!r} is no WebSocket address; expected one like ws://localhost:8080/voice")


def _library() -> Any:
    try:
        import websocket  # noqa: PLC0415 - an optional part
    except ImportError as cause:
        raise MissingExtraError("a voice stream over a WebSocket", "live") from cause
    return websocket


def _bounded(websocket: Any) -> Any:
    """A connection that refuses to collect messages larger than LARGEST_MESSAGE."""

    class Bounded(websocket.WebSocket):
        def __init__(self) -> None:
            keep_alive = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            super().__init__(sockopt=[keep_alive], skip_utf8_validation=True)
            self._read_length = self.frame_buffer.recv_length
            self.frame_buffer.recv_length = self._checked_length
            self._size = 0

        def _checked_length(self) -> None:
            self._read_length()
            self._check(self.frame_buffer.length)

        def recv_frame(self) -> Any:
            frame = super().recv_frame()
            if frame.opcode <= websocket.ABNF.OPCODE_BINARY:
                going_on = frame.opcode == websocket.ABNF.OPCODE_CONT
                self._size = (self._size if going_on else 0) + len(frame.data)
                self._check(self._size)
            return frame

        def _check(self, size: int) -> None:
            if size > LARGEST_MESSAGE:
                raise websocket.WebSocketProtocolException(f"a message of {size / 2**20:.0f} MB is too large")

    return Bounded()


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:120]
