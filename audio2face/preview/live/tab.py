"""One open page: what is on its way to it, and what waits."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

WINDOW = 8
"""Frames that may be on their way unseen. A page that is slower gets the newest when it has caught up, so
that nothing old gathers in the system's buffers."""


class Tab:
    """A connection, and at most one message of each kind and one frame that wait for it.

    For the thread of the server's event loop only.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._words: dict[str, str] = {}
        self._frame: tuple[int, bytes] | None = None
        self._under_way: deque[tuple[int, float]] = deque()
        self._wake = asyncio.Event()
        self._finished = asyncio.Event()
        self._leaving = False
        self.round_trip = 0.0
        """Seconds from sending the last frame that was seen to hearing of it."""

    def show(self, number: int, frame: bytes) -> None:
        """Puts a frame in the place of the one that waited."""
        self._frame = number, frame
        self._wake.set()

    def tell(self, kind: str, text: str) -> None:
        """Puts a message in the place of the one of its kind that waited."""
        self._words.pop(kind, None)  # the newest comes last
        self._words[kind] = text
        self._wake.set()

    def seen(self, number: int) -> None:
        """Frames up to this one have arrived."""
        while self._under_way and self._under_way[0][0] <= number:
            self.round_trip = asyncio.get_running_loop().time() - self._under_way.popleft()[1]
        self._wake.set()

    async def pump(self) -> None:
        """Sends what there is to send, until cancelled or the connection ends."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while (self._frame or self._words) and (self._leaving or len(self._under_way) < WINDOW):
                    await self._send_one()
                if self._leaving:
                    return
        finally:
            self._finished.set()

    async def finish(self) -> None:
        """Sends what waits, as it is the last, whether or not the page has caught up, and hangs up."""
        self._leaving = True
        self._wake.set()
        await self._finished.wait()
        await self._connection.close(1001)

    async def _send_one(self) -> None:
        if self._words:
            kind = next(iter(self._words))
            await self._connection.send(self._words.pop(kind))
        elif self._frame:
            (number, data), self._frame = self._frame, None
            self._under_way.append((number, asyncio.get_running_loop().time()))
            await self._connection.send(data)
