"""The page over HTTP, and what moves it over a WebSocket: one port, one thread, a few tabs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from audio2face.preview.live.guard import Guard, IntruderError
from audio2face.preview.live.tab import Tab
from audio2face.preview.live.words import LARGEST, Seen, Word, read_word
from livelink import LinkError, LinkPartError, PacketError

MOST_TABS = 16
"""Pages open at once."""
GREETING = 5.0
"""Seconds that a connection may take to say what it wants."""
FAREWELL = 1.0
"""Seconds for the last frame to leave and for tabs to say good-bye."""
_LOG = logging.getLogger("audio2face.preview")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False  # failed handshakes are none of the terminal's business

Message = dict[str, Any]
Answer = Callable[[Message], None]
"""Says something to the tab that asked."""


class PageServer:
    """Serves until closed.

    guard  who may come in
    page   gives the page's HTML, once it is asked for
    greet  what a new tab is told first
    obey   does what a tab asks, in this server's thread: it must not wait

    Raises LinkPartError without the library it needs, LinkError for a taken port.
    """

    def __init__(
        self,
        guard: Guard,
        page: Callable[[], str],
        greet: Callable[[], Message],
        obey: Callable[[Word, Answer], None],
    ) -> None:
        self._guard, self._page, self._greet, self._obey = guard, page, greet, obey
        _library()
        self._socket = _bound(guard.host, guard.port)
        self._tabs: set[Tab] = set()
        self._last: tuple[int, bytes] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="live page", daemon=True
        )
        self._thread.start()
        ready.wait()

    @property
    def tabs(self) -> int:
        """Pages that are open now."""
        return len(self._tabs)

    def show(self, number: int, frame: bytes) -> None:
        """Hands a frame to every tab; never waits. From any thread."""
        self._soon(self._show, number, frame)

    def tell(self, message: Message) -> None:
        """Says something to every tab; never waits. From any thread."""
        self._soon(self._tell, message)

    def close(self) -> None:
        """Sends what waits, hangs up and frees the port. Closing twice does nothing more."""
        assert self._stop is not None
        self._soon(self._stop.set)
        self._thread.join(2 * FAREWELL + 1)
        self._socket.close()

    def _soon(self, function: Callable[..., None], *words: Any) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # closed already
            self._loop.call_soon_threadsafe(function, *words)

    async def _serve(self, ready: threading.Event) -> None:
        from websockets.asyncio.server import serve  # noqa: PLC0415 - an optional part

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        settings: dict[str, Any] = {"max_size": LARGEST, "max_queue": 16, "compression": None, "logger": _LOG}
        times: dict[str, Any] = {"open_timeout": GREETING, "close_timeout": FAREWELL}
        try:
            server = await serve(
                self._talk,
                sock=self._socket,
                process_request=self._answer,
                server_header=None,
                **settings,
                **times,
            )
        finally:
            ready.set()
        await self._stop.wait()
        await _at_most(FAREWELL, [tab.finish() for tab in self._tabs])
        server.close()
        # Browsers open connections ahead of need; those that say nothing are not waited for.
        await _at_most(FAREWELL / 10, [server.wait_closed()])

    def _answer(self, connection: Any, request: Any) -> Any:
        """The response to a request; None makes it a WebSocket."""
        headers = request.headers
        upgrade = "websocket" in headers.get("Upgrade", "").lower()
        try:
            hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
            self._guard.check(request.path, hosts, origins, upgrade)
        except IntruderError as error:
            return connection.respond(403, f"{error}\n")
        if getattr(request, "method", "GET") != "GET":  # older versions of the library take no other
            return connection.respond(405, "only GET\n")
        if not upgrade:
            return _page_response(connection, self._page(), hosts[0])
        if len(self._tabs) >= MOST_TABS:
            return connection.respond(503, f"{MOST_TABS} pages are open already\n")
        return None

    async def _talk(self, connection: Any) -> None:
        tab = Tab(connection)
        tab.tell("hello", _text({"hello": self._greet()}))
        if self._last:
            tab.show(*self._last)
        self._tabs.add(tab)
        pump = asyncio.ensure_future(tab.pump())
        try:
            async for said in connection:
                self._hear(tab, said)
        finally:
            self._tabs.discard(tab)
            pump.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await pump

    def _hear(self, tab: Tab, said: str | bytes) -> None:
        def answer(message: Message) -> None:
            self._soon(_tell_one, tab, message)

        try:
            word = read_word(said)
        except PacketError as error:
            answer({"refused": str(error)})
            return
        if isinstance(word, Seen):
            tab.seen(word.number)
        else:
            self._obey(word, answer)

    def _show(self, number: int, frame: bytes) -> None:
        self._last = number, frame
        for tab in self._tabs:
            tab.show(number, frame)

    def _tell(self, message: Message) -> None:
        """With the time that each tab is away, where it is told how things are."""
        for tab in self._tabs:
            if "status" in message:
                away = {"round_trip_ms": round(1000 * tab.round_trip, 1)}
                _tell_one(tab, {"status": {**message["status"], **away}})
            else:
                _tell_one(tab, message)


async def _at_most(seconds: float, what: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Waits for all of it, that long."""
    tasks = [asyncio.ensure_future(one) for one in what]
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()


def _tell_one(tab: Tab, message: Message) -> None:
    tab.tell(next(iter(message)), _text(message))


def _text(message: Message) -> str:
    return json.dumps(message, separators=(",", ":"))


def _page_response(connection: Any, page: str, host: str) -> Any:
    """The page; it may load nothing, stand in no frame, and connect to nothing but this server."""
    policy = (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
        f"connect-src ws://{host}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    response = connection.respond(200, page)
    del response.headers["Content-Type"]
    for name, value in {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }.items():
        response.headers[name] = value
    return response


def _library() -> None:
    try:
        import websockets.asyncio.server  # noqa: F401, PLC0415 - an optional part
    except ImportError as error:
        raise LinkPartError("preview://") from error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        place, why = f"preview://{host}:{port}", error.strerror or error
        raise LinkError(
            f"could not serve the page at {place}: {why}; close the program that has this port, "
            f"or name another: preview://{host}:{port + 1}"
        ) from error
