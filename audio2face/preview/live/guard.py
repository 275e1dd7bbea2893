"""Who may come in: only pages that this server gave out itself, to somebody who knows the token.

The token is the first part of every path, so that it is needed to see anything at all. Web pages of others
cannot know it; should one be told, its Origin gives it away. A name that somebody else's DNS makes lead here
("rebinding") shows in the Host header: besides `localhost` and what the destination names, only addresses
written in digits are taken, which no DNS can redirect.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SOCKET = "socket"
"""Last part of the WebSocket's path."""


class IntruderError(Exception):
    """A request that is refused. Its text is told to whoever asks, and says nothing that helps guessing."""


@dataclass(frozen=True)
class Guard:
    """What requests are held against.

    host    what the server is bound to, as the destination names it
    port    its port
    token   what must stand at the beginning of a path
    """

    host: str
    port: int
    token: str

    def check(self, path: str, hosts: Sequence[str], origins: Sequence[str], upgrade: bool) -> None:
        """Raises IntruderError unless a request may pass.

        path     as asked for
        hosts    every Host header
        origins  every Origin header
        upgrade  whether it is to become a WebSocket, which is what can control anything
        """
        if len(hosts) != 1 or not self._is_here(hosts[0]):
            raise IntruderError(f"this server is not called {hosts[0][:80] if hosts else 'nothing'!r}")
        if upgrade and list(origins) != [f"http://{hosts[0]}"]:
            raise IntruderError("only the page of this server may connect to it")
        token, slash, rest = path.partition("?")[0].removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise IntruderError("the token is missing or wrong: open the address that audio2face told")
        if not slash or rest != (SOCKET if upgrade else ""):
            raise IntruderError("there is nothing of that name")

    def _is_here(self, host: str) -> bool:
        """Whether a Host header can be meant for this server."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port or parts.netloc != host or "@" in host:
            return False
        return name in ("localhost", self.host.lower()) or self._is_address(name)

    def _is_address(self, name: str) -> bool:
        """Whether it is written in digits, and leads here: to this computer, or to the net it is open to."""
        try:
            address, own = ipaddress.ip_address(name), ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return address == own or own.is_unspecified
