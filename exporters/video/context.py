"""An OpenGL context without a window."""

from __future__ import annotations

import os
import sys
from typing import Any

from exporters.errors import FormatError

INSTALL = "pip install 'audio2face[render]'"
_ASKED = "GLCONTEXT_DEVICE_INDEX"
"""Names a device; the library under moderngl reads it, too."""
_DEVICES = 8
"""Graphics devices of a server that are tried, one after the other."""


class NoGraphicsError(FormatError):
    """There is no OpenGL to draw with."""


def open_context() -> Any:
    """A moderngl context of OpenGL 3.3: by EGL on Linux, which needs no screen; else the system's own way.

    Raises NoGraphicsError in one line.
    """
    try:
        import moderngl  # noqa: PLC0415
    except ImportError as error:
        raise NoGraphicsError(
            f"drawing by OpenGL needs an optional part; install it with: {INSTALL}"
        ) from error
    if sys.platform.startswith("linux") and "tensorflow" in sys.modules:
        # Mesa's LLVM and TensorFlow's take each other's symbols, and the process ends.
        raise NoGraphicsError(
            "TensorFlow is loaded, beside which Mesa's OpenGL crashes; draw in another process"
        )
    if not sys.platform.startswith("linux"):
        return _tried(lambda: moderngl.create_context(require=330, standalone=True))
    asked = os.environ.get(_ASKED)
    if asked is not None and not asked.isdecimal():
        raise NoGraphicsError(
            f"{_ASKED} is {asked[:20]!r}; expected the number of a graphics device, from 0 on"
        )
    trouble: NoGraphicsError | None = None
    for device in range(_DEVICES) if asked is None else (int(asked),):
        try:
            return _tried(lambda: _by_egl(moderngl, device))  # noqa: B023  called at once
        except NoGraphicsError as error:
            if trouble is not None and "but found" in str(error):  # there are no more devices
                break
            trouble = error
    assert trouble is not None
    raise trouble


def _by_egl(moderngl: Any, device: int) -> Any:
    return moderngl.create_context(require=330, standalone=True, backend="egl", device_index=device)


def _tried(make: Any) -> Any:
    """What `make` gives. The library raises bare Exceptions, whatever went wrong."""
    try:
        return make()
    except Exception as error:
        said = " ".join(str(error).split())[:120]
        raise NoGraphicsError(
            f"no OpenGL 3.3 here ({said}); on Linux install libegl1 and libgl1-mesa-dri, or draw by the "
            "processor with --renderer software"
        ) from error
