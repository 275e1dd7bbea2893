"""Changes a face while it performs, over OSC: `/audio2face/emotion/joy 0.6`.

A message sets the control whose path follows the prefix. What cannot be read, is no number, is unknown or
outside its range changes nothing; the last such is told. Bounds on what is received: livelink/osc.py.
"""

from __future__ import annotations

import threading
from types import TracebackType

from audio2face.errors import OptionError
from audio2face.live.controls import Controls
from livelink import DestinationError, Listener, parse_destination

PREFIX = "audio2face"
_WAIT = 0.1
"""Seconds of one wait for a message; closing takes no longer."""


class OscControl:
    """Listens in a thread of its own; use it in a `with` block.

    uri   osc://HOST:PORT/PREFIX; 127.0.0.1, 8000 and audio2face where left out
    port  the port it listens at

    Raises DestinationError for another kind of URI, LinkError for a taken port.
    """

    def __init__(self, uri: str, controls: Controls) -> None:
        place = parse_destination(uri)
        if place.scheme != "osc" or place.options:
            raise DestinationError(f"controls do not come at {uri[:60]!r}; they do at osc://127.0.0.1:9010")
        self._prefix = f"{place.path or PREFIX}/"
        self._controls = controls
        self._listener = Listener(place)
        self.port = self._listener.port
        self._refused = ""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="osc control", daemon=True)
        self._thread.start()

    @property
    def note(self) -> str:
        """The last thing that changed nothing, and why; or ""."""
        if self._refused:
            return self._refused
        bad = self._listener.bad
        return f"{bad} OSC messages cannot be read: {self._listener.last_error}" if bad else ""

    def close(self) -> None:
        """Ends the thread and frees the port."""
        self._closed.set()
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while not self._closed.is_set():
            arrival = self._listener.poll(_WAIT)
            for name, value in arrival.values.items() if arrival else ():
                self._set(name, value)

    def _set(self, name: str, value: float) -> None:
        if not name.startswith(self._prefix):
            self._refused = f"OSC address /{name[:60]} is none of /{self._prefix}…"
            return
        try:
            self._controls.set(name.removeprefix(self._prefix), value)
        except OptionError as error:
            self._refused = str(error)

    def __enter__(self) -> OscControl:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
