"""The one session that may run, its timer, and what was last said about it.

Blender in the background never calls timers; whoever wants the face to move there, as tests do, calls `pump`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import bpy

from .receiver import Receiver
from .session import Session

STEP = 1 / 120
"""Seconds between two looks at the port."""

_REDRAW = 0.25
"""Seconds between two drawings of the panel's figures."""


class _State:
    session: Session | None = None
    said = ""
    drawn = 0.0


def current() -> Session | None:
    """The session that runs, or None."""
    return _State.session


def said() -> str:
    """The last message, for the panel."""
    return _State.said


def say(text: str) -> None:
    """Leaves a message for the panel."""
    _State.said = text


def start(scene: Any, selected: Iterable[str] = ()) -> Session:
    """Listens as the scene's settings say, instead of what ran before. Raises CannotListen."""
    stop(rest=False)
    settings = scene.audio2face_live
    session = Session(scene, Receiver(settings.host, settings.port, settings.protocol), selected)
    _State.session = session
    say("")
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=STEP)
    return session


def stop(rest: bool, why: str = "") -> None:
    """Ends the session, if one runs, and frees its port."""
    session, _State.session = _State.session, None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    if session is None:
        return
    session.close()
    say(why)
    if rest:
        session.rest()


def pump(now: float | None = None) -> int:
    """The work of one moment; how many frames came. 0 when nothing runs."""
    session = current()
    return session.pump(now) if session else 0


def _tick() -> float | None:
    """The timer: the pump, and an end with a message rather than a timer that dies unseen."""
    try:
        pump()
    except Exception as error:  # whatever it is, the port must not stay taken
        stop(rest=False, why=f"stopped by an error: {type(error).__name__}: {error}")
        raise
    _redraw(time.monotonic())
    return STEP if current() else None


def _redraw(now: float) -> None:
    if now - _State.drawn < _REDRAW:
        return
    _State.drawn = now
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()
