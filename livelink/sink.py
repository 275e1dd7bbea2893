"""What a stream of frames is sent to, whatever the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, runtime_checkable

from rigs import WeightFrame


class WeightSink(Protocol):
    """Somewhere frames go: an engine, a program, a recording.

    open   once, with the channel names in the order of every frame's weights, and the frames a second
    send   a frame; must not block for longer than a frame lasts
    close  once; leaves nothing open, whatever happened before
    """

    def open(self, names: Sequence[str], fps: float) -> None: ...

    def send(self, frame: WeightFrame) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class Notes(Protocol):
    """A sink that may have something to tell although it works: one line, or "" for nothing."""

    @property
    def note(self) -> str: ...


class Session:
    """Keeps a sink open for the length of a `with` block, and closes it whatever happens."""

    def __init__(self, sink: WeightSink, names: Sequence[str], fps: float) -> None:
        self.sink, self.names, self.fps = sink, tuple(names), fps

    def __enter__(self) -> WeightSink:
        try:
            self.sink.open(self.names, self.fps)
        except BaseException:
            # It may have opened by half.
            self.sink.close()
            raise
        return self.sink

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sink.close()
