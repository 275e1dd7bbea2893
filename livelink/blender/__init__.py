"""audio2face Live: an add-on for Blender 4.2 and later that lets streams of faces move shape keys.

This folder is the source of the add-on: `python scripts/build_blender_addon.py -o FOLDER` makes the archive
that Blender installs. Nothing else in the repository imports it, and it imports nothing but the standard
library and Blender.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import operators, panel, running, settings

bl_info = {
    "name": "audio2face Live",
    "author": "The audio2face authors",
    "version": (0, 1, 0),
    "blender": (4, 2, 0),
    "location": "3D View > Sidebar > audio2face",
    "description": "Moves shape keys and a head with OSC, VMC, Live Link Face and iFacialMocap streams",
    "category": "Animation",
}

_CLASSES = (settings.Audio2FaceSettings, *operators.CLASSES, panel.AUDIO2FACE_PT_live)


@persistent
def _before_load(*_: Any) -> None:
    running.stop(rest=False, why="stopped: another file was loaded")


@persistent
def _after_undo(*_: Any) -> None:
    session = running.current()
    if session is not None:
        session.look_again()


_HANDLERS = {"load_pre": _before_load, "undo_post": _after_undo, "redo_post": _after_undo}


def register() -> None:
    """Called by Blender when the add-on is enabled."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)
    bpy.types.Scene.audio2face_live = bpy.props.PointerProperty(type=settings.Audio2FaceSettings)
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)


def unregister() -> None:
    """Called by Blender when the add-on is disabled: frees the port, and leaves nothing behind."""
    running.stop(rest=False)
    for name, handler in _HANDLERS.items():
        handlers = getattr(bpy.app.handlers, name)
        if handler in handlers:
            handlers.remove(handler)
    del bpy.types.Scene.audio2face_live
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
