"""The customary ports of this computer: who listens there already."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from audio2face.checks.finding import Finding
from livelink import LinkError, LinkPartError, ask_studio
from livelink.vts import PORT as STUDIO

LOCAL = "127.0.0.1"


class Customary(NamedTuple):
    """A UDP port, the scheme that uses it, and who usually listens there."""

    port: int
    scheme: str
    program: str


CUSTOMARY = (
    Customary(11111, "livelink", "Unreal"),
    Customary(8000, "osc", "an OSC receiver"),
    Customary(39539, "vmc", "VSeeFace, Warudo or another VMC program"),
    Customary(49983, "ifacialmocap", "a program for iFacialMocap"),
    Customary(9000, "osc", "VRChat"),
)


def check_ports(ports: Iterable[Customary] = CUSTOMARY) -> list[Finding]:
    """Whether each is free, and what that means."""
    return [_check(each) for each in ports]


def _check(each: Customary) -> Finding:
    uri = f"{each.scheme}://{LOCAL}:{each.port}"
    if taken(each.port):
        detail = f"taken, probably by {each.program}: {uri} can be sent to, and not listened at"
    else:
        detail = f"free: {uri} can be listened at; {each.program} does not run, or uses another port"
    return Finding(f"port {each.port}", "ok", detail)


def taken(port: int) -> bool:
    """Whether a program listens for datagrams at a port of this computer.

    Both addresses are tried, as Windows lets one program have the one and another the other.
    """
    for address in (LOCAL, ""):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
            with suppress(AttributeError, OSError):  # Windows only
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
            try:
                tried.bind((address, port))
            except OSError:
                return True
    return False


def check_studio(
    host: str = LOCAL, port: int = STUDIO, ask: Callable[[str, int], str] = ask_studio
) -> Finding:
    """Whether VTube Studio answers."""
    what = f"port {port}"
    try:
        version = ask(host, port)
    except LinkPartError:
        detail = "VTube Studio cannot be asked; get it with: pip install 'audio2face[live]'"
        return Finding(what, "missing", detail)
    except LinkError as error:
        return Finding(what, "missing", str(error))
    return Finding(what, "ok", f"VTube Studio {version} answers at vts://{host}:{port}".replace("  ", " "))
