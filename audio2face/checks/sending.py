"""Whether a destination takes frames: opens it and lets the jaw move once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from audio2face.checks.finding import Finding
from audio2face.checks.hints import get_through
from audio2face.sources.clock import Clock
from livelink import Destination, Session, UdpSink, WeightSink, open_destination, parse_destination
from rigs import ARKIT_NAMES, FaceError, WeightFrame

FPS = 60.0
FRAMES = 30
"""Half a second, in which the jaw opens and closes."""
NEIGHBOURS = ("localhost", "127.", "::1")
"""What hosts of this computer start with."""


def check_destination(
    uri: str, opener: Callable[[str], WeightSink] = open_destination, clock: Clock | None = None
) -> Finding:
    """Sends a few frames to a URI. What does not get there is "broken", as the user asked for it."""
    try:
        place = parse_destination(uri)
        sink = opener(uri)
        with Session(sink, ARKIT_NAMES, FPS):
            _move_jaw(sink, clock or Clock())
            return _verdict(uri, place, sink)
    except FaceError as error:
        return Finding(uri, "broken", str(error))


def _move_jaw(sink: WeightSink, clock: Clock) -> None:
    weights = np.zeros((FRAMES, len(ARKIT_NAMES)), np.float32)
    weights[:, ARKIT_NAMES.index("jawOpen")] = np.sin(np.linspace(0, np.pi, FRAMES))
    for number, row in enumerate(weights):
        sink.send(WeightFrame(number / FPS, row))
        clock.sleep(1 / FPS)


def _verdict(uri: str, place: Destination, sink: WeightSink) -> Finding:
    if not isinstance(sink, UdpSink):
        return Finding(uri, "ok", f"took {FRAMES} frames: the mouth opened once")
    if not sink.listened():
        detail = (
            f"nothing listens there: start the program that should, and see that its port is {place.port}"
        )
        return Finding(uri, "broken", detail)
    sent = f"{FRAMES} frames sent, in which the jaw opens once"
    if place.host.startswith(NEIGHBOURS):
        return Finding(uri, "ok", f"{sent}; a program listens there: if nothing moved, it takes other names")
    hint = get_through(place.port, "the program there")
    detail = f"{sent}; nobody tells whether they arrived: if nothing moved, then on that computer {hint}"
    return Finding(uri, "ok", detail)
