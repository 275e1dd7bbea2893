"""Where frames go, by address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from audio2face.live.status import Destination
from livelink import WeightSink
from rigs import WeightFrame


class Destinations:
    """Several addresses as one sink."""

    def __init__(self, uris: Sequence[str]) -> None:
        self.uris = tuple(uris)

    @contextlib.contextmanager
    def session(self, names: Sequence[str], fps: float) -> Iterator[WeightSink]:
        """Open for the length of the block."""
        yield self

    def open(self, names: Sequence[str], fps: float) -> None: ...
    def send(self, frame: WeightFrame) -> None: ...
    def close(self) -> None: ...

    def states(self) -> list[Destination]:
        """How it goes with each."""
        return []
