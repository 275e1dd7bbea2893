"""The panel: the tab audio2face in the sidebar (N) of the 3D view."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import bpy

from . import running
from .session import Session

SHOWN = 6
"""Names that a list in the panel has; the rest are counted."""

QUIET = 2.0
"""Seconds without a packet after which the panel says what to check."""


class AUDIO2FACE_PT_live(bpy.types.Panel):  # noqa: N801  Blender asks for _PT_
    """Choices, buttons, status."""

    bl_label = "audio2face"
    bl_idname = "AUDIO2FACE_PT_live"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "audio2face"

    def draw(self, context: Any) -> None:
        settings, session = context.scene.audio2face_live, running.current()
        layout = self.layout
        layout.use_property_split = True
        column = layout.column()
        column.enabled = session is None
        for name in ("protocol", "host", "port"):
            column.prop(settings, name)
        layout.prop(settings, "target")
        layout.prop(settings, "scope")
        _draw_head(layout, settings)
        layout.prop(settings, "widen")
        layout.prop(settings, "rest_on_stop")
        layout.operator("audio2face.rest")
        _draw_buttons(layout, settings, session)
        box = layout.box().column(align=True)
        for line in status(session, settings, time.monotonic()):
            box.label(text=line)


def _draw_head(layout: Any, settings: Any) -> None:
    layout.prop(settings, "head_object")
    thing = settings.head_object
    if thing is None:
        return
    if thing.type == "ARMATURE":
        layout.prop_search(settings, "head_bone", thing.data, "bones")
    layout.prop(settings, "head_strength")
    layout.prop(settings, "head_up")


def _draw_buttons(layout: Any, settings: Any, session: Session | None) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.4
    if session is None:
        row.operator("audio2face.start", icon="PLAY")
        return
    row.operator("audio2face.stop", icon="SNAP_FACE")
    if session.take is None:
        row.operator("audio2face.record", icon="REC")
    else:
        row.operator("audio2face.keep", icon="FILE_TICK")
    layout.prop(settings, "clock")
    layout.prop(settings, "whole_frames")


def status(session: Session | None, settings: Any, now: float) -> Iterator[str]:
    """What the panel says, line by line."""
    if running.said():
        yield running.said()
    if session is None:
        yield "stopped"
        return
    receiver = session.receiver
    yield f"{receiver.rate(now):.1f} fps, {receiver.datagrams} packets, {receiver.bad} bad"
    if receiver.last_sender:
        yield f"from {receiver.last_sender} ({receiver.kind})"
    if session.take is not None:
        yield f"recording: {len(session.take)} frames" + ("; full, press Keep" if session.take.full else "")
    yield from _troubles(session, settings, now)


def _troubles(session: Session, settings: Any, now: float) -> Iterator[str]:
    receiver = session.receiver
    if session.trouble:
        yield session.trouble
    heard = receiver.last_arrival
    if now - (session.began if heard is None else heard) > QUIET:
        yield f"nothing comes; does the sender send to {settings.host}:{receiver.port}?"
    if receiver.senders(now) > 1:
        yield f"{receiver.senders(now)} programs send at once; their faces mix"
    if receiver.last_error:
        yield f"bad: {receiver.last_error}"
    if session.wiring.pairs and session.wiring.unmatched:
        yield f"no shape key for {names(session.wiring.unmatched)}"
    if session.stopped:
        yield f"at the end of its slider: {names(sorted(session.stopped))}"


def names(found: Iterable[str]) -> str:
    """A list short enough for a panel."""
    every = ["".join(letter if letter.isprintable() else "?" for letter in name)[:40] for name in found]
    rest = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + rest
