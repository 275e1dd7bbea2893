"""`livelink://127.0.0.1:11111/Ann` and the like → sinks.

    livelink://HOST:PORT/SUBJECT?device=UUID
    vmc://HOST:PORT?names=arkit|perfectsync|vrm0|vrm1
    osc://HOST:PORT/PREFIX?form=channels|facecap|anchors68|anchors478
    ifacialmocap://HOST:PORT?decimals=0..6
    vts://HOST:PORT?names=tracking|arkit
    preview://HOST:PORT

The last is a page, which `audio2face live` serves. Everything but the scheme may be left out: the host is
then 127.0.0.1, the port the protocol's own. Subjects with characters beyond ASCII may be written as they are
or percent-encoded.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from livelink import ifacialmocap, osc_anchors, osc_face, unreal, vmc, vts
from livelink.errors import DestinationError
from livelink.sink import WeightSink
from livelink.udp import UdpSink
from livelink.vts_sink import VtsSink
from rigs.anchors import LAYOUTS

LOCAL = "127.0.0.1"
SUBJECT = "audio2face"
PREVIEW_PORT = 8642


@dataclass(frozen=True)
class Destination:
    """A URI taken apart. `path` is decoded, without its slash; `options` follow the question mark."""

    scheme: str
    host: str
    port: int
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """`osc://127.0.0.1:8000`, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class Scheme(NamedTuple):
    """A protocol by its scheme: its port, an example, the options it knows with a pattern each, its sink."""

    port: int
    example: str
    options: Mapping[str, str]
    has_path: bool
    sink: Callable[[Destination], WeightSink]


def parse(uri: str) -> Destination:
    """The parts of a URI. Raises DestinationError, which names what would be right."""
    scheme, colon, _ = uri.partition("://")
    if not colon or scheme.lower() not in SCHEMES:
        examples = ", ".join(f"{name}://" for name in SCHEMES)
        raise DestinationError(f"destination {uri[:60]!r} is of no known kind; known are {examples}")
    known = SCHEMES[scheme.lower()]
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
        path = unquote(parts.path, errors="strict").strip("/")
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise DestinationError(f"destination {uri[:60]!r}: {error}; expected {known.example}") from error
    if parts.username or parts.password or parts.fragment or (path and not known.has_path):
        raise DestinationError(f"destination {uri[:60]!r} has parts of no use here; expected {known.example}")
    if port == 0:
        raise DestinationError(f"destination {uri[:60]!r} has port 0; expected 1 to 65535")
    options = _checked(dict(pairs), known, uri)
    return Destination(scheme.lower(), host or LOCAL, port or known.port, path, options)


def open_destination(uri: str) -> WeightSink:
    """The sink of a URI, not yet open. Raises DestinationError."""
    destination = parse(uri)
    return SCHEMES[destination.scheme].sink(destination)


def _checked(options: dict[str, str], known: Scheme, uri: str) -> dict[str, str]:
    for name, value in options.items():
        pattern = known.options.get(name)
        if pattern is None:
            names = ", ".join(known.options) or "none"
            raise DestinationError(f"destination {uri[:60]!r}: no option {name[:20]!r}; there is {names}")
        if not re.fullmatch(pattern, value):
            raise DestinationError(f"destination {uri[:60]!r}: {name} is {value[:40]!r}; expected {pattern}")
    return options


def _livelink(to: Destination) -> WeightSink:
    subject = to.path or SUBJECT
    device = to.options.get("device", unreal.device_of(subject))
    if len(subject.encode()) > unreal.LONGEST_TEXT:
        raise DestinationError(f"subject {subject[:20]!r} … is longer than {unreal.LONGEST_TEXT} bytes")
    now = time.localtime()
    midnight = now.tm_hour * 3600.0 + now.tm_min * 60 + now.tm_sec
    return UdpSink(to.host, to.port, lambda names, fps: unreal.encoder(names, fps, subject, device, midnight))


def _osc(to: Destination) -> WeightSink:
    form = to.options.get("form", "channels")
    if form == "facecap":
        return UdpSink(to.host, to.port, lambda names, fps: osc_face.facecap_encoder(names))
    osc_face.channel_encoder((), to.path)  # a wrong prefix is told at once
    if form in LAYOUTS:
        return UdpSink(to.host, to.port, lambda names, fps: osc_anchors.anchor_encoder(names, form, to.path))
    return UdpSink(to.host, to.port, lambda names, fps: osc_face.channel_encoder(names, to.path))


def _vmc(to: Destination) -> WeightSink:
    spelling = to.options.get("names", "arkit")
    return UdpSink(to.host, to.port, lambda names, fps: vmc.encoder(names, spelling))


def _ifacialmocap(to: Destination) -> WeightSink:
    decimals = int(to.options.get("decimals", "0"))
    return UdpSink(to.host, to.port, lambda names, fps: ifacialmocap.encoder(names, decimals))


def _vts(to: Destination) -> WeightSink:
    return VtsSink(to.host, to.port, to.options.get("names", "tracking"))


def _preview(to: Destination) -> WeightSink:
    raise DestinationError(f"{to.place} is a page, which only audio2face live serves, with --to")


SCHEMES: dict[str, Scheme] = {
    "livelink": Scheme(
        unreal.PORT,
        "livelink://127.0.0.1:11111/Subject",
        {"device": r"[0-9A-Fa-f-]{36}"},
        True,
        _livelink,
    ),
    "osc": Scheme(
        osc_face.PORT,
        "osc://127.0.0.1:8000/prefix",
        {"form": "|".join(("channels", "facecap", *LAYOUTS))},
        True,
        _osc,
    ),
    "vmc": Scheme(vmc.PORT, "vmc://127.0.0.1:39539", {"names": "|".join(vmc.NAMES)}, False, _vmc),
    "ifacialmocap": Scheme(
        ifacialmocap.PORT, "ifacialmocap://127.0.0.1:49983", {"decimals": "[0-6]"}, False, _ifacialmocap
    ),
    "vts": Scheme(vts.PORT, "vts://127.0.0.1:8001", {"names": "|".join(vts.NAMES)}, False, _vts),
    "preview": Scheme(PREVIEW_PORT, "preview://127.0.0.1:8642", {}, False, _preview),
}
"""Every kind of destination, by its scheme."""
