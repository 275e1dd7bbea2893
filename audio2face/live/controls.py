"""What can be changed while a face performs, from any thread."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from audio2face.errors import OptionError


@dataclass(frozen=True)
class Control:
    """One value that can be changed.

    path   its name, as in an OSC address: emotion/joy
    value  what it is now
    low    the least and
    high   the most that it can be
    """

    path: str
    value: float
    low: float = 0.0
    high: float = 1.0


class Controls:
    """The values of a performance, by path: whoever listens sets them, the face reads them at each block."""

    def __init__(self, controls: Iterable[Control] = ()) -> None:
        self._lock = threading.Lock()
        self._controls = {control.path: control for control in controls}
        self._version = 0

    @property
    def version(self) -> int:
        """Grows with every change, so that whoever reads can see whether there was one."""
        return self._version

    def table(self) -> tuple[Control, ...]:
        """All of them, as they are now."""
        with self._lock:
            return tuple(self._controls.values())

    def set(self, path: str, value: float) -> None:
        """Changes a value. Raises OptionError for a path that is not there and a value outside."""
        with self._lock:
            control = self._controls.get(path)
            if control is None:
                raise OptionError(f"no control {path!r}; there are {', '.join(self._controls) or 'none'}")
            if not (math.isfinite(value) and control.low <= value <= control.high):
                raise OptionError(
                    f"control {path} cannot be {value:g}; expected {control.low:g} to {control.high:g}"
                )
            self._controls[path] = replace(control, value=float(value))
            self._version += 1

    def group(self, name: str) -> dict[str, float]:
        """The values of a group by what follows its name: of `emotion`, {"joy": 0.6, …}."""
        with self._lock:
            return {
                path.partition("/")[2]: control.value
                for path, control in self._controls.items()
                if path.partition("/")[0] == name
            }
