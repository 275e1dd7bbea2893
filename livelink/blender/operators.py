"""Start, Stop, Record, Keep, Rest."""

from __future__ import annotations

from typing import Any

import bpy

from . import faces, running
from .errors import CannotListen, CannotRecord

Done = set[str]


class Audio2FaceStart(bpy.types.Operator):
    """Listen, and move the face with what comes"""

    bl_idname = "audio2face.start"
    bl_label = "Start"
    bl_options = {"REGISTER"}  # noqa: RUF012  Blender's own form

    def execute(self, context: Any) -> Done:
        scene = context.scene
        settings, active = scene.audio2face_live, context.view_layer.objects.active
        if settings.target is None and active is not None and settings.scope != "SELECTED":
            settings.target = active
        selected = [thing.name for thing in context.view_layer.objects if thing.select_get()]
        try:
            running.start(scene, selected)
        except CannotListen as error:
            running.say(str(error))
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class Audio2FaceStop(bpy.types.Operator):
    """Stop listening; a take that is being recorded is kept"""

    bl_idname = "audio2face.stop"
    bl_label = "Stop"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012

    @classmethod
    def poll(cls, context: Any) -> bool:
        return running.current() is not None

    def execute(self, context: Any) -> Done:
        session = running.current()
        said = _keep(self, session) if session and session.take is not None else ""
        running.stop(context.scene.audio2face_live.rest_on_stop, said)
        return {"FINISHED"}


class Audio2FaceRecord(bpy.types.Operator):
    """Record from the current frame on; Keep writes the keyframes"""

    bl_idname = "audio2face.record"
    bl_label = "Record"
    bl_options = {"REGISTER"}  # noqa: RUF012

    @classmethod
    def poll(cls, context: Any) -> bool:
        session = running.current()
        return session is not None and session.take is None

    def execute(self, context: Any) -> Done:
        session = running.current()
        if session is None:
            return {"CANCELLED"}
        session.record(context.scene)
        running.say("")
        return {"FINISHED"}


class Audio2FaceKeep(bpy.types.Operator):
    """End the recording and write its keyframes into a new action; one undo takes them back"""

    bl_idname = "audio2face.keep"
    bl_label = "Keep"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012

    @classmethod
    def poll(cls, context: Any) -> bool:
        session = running.current()
        return session is not None and session.take is not None

    def execute(self, context: Any) -> Done:
        session = running.current()
        if session is None:
            return {"CANCELLED"}
        running.say(_keep(self, session))
        return {"FINISHED"}


def _keep(operator: Any, session: Any) -> str:
    """Writes the take; what to say about it."""
    try:
        written = session.keep()
    except CannotRecord as error:
        operator.report({"WARNING"}, str(error))
        return str(error)
    said = f"{written.keys} keys on {written.curves} curves in {', '.join(written.actions)}"
    operator.report({"INFO"}, said)
    return said


class Audio2FaceRest(bpy.types.Operator):
    """Set every shape key of the chosen face to 0; keys that scripts make start at 1 from Blender 5.0 on"""

    bl_idname = "audio2face.rest"
    bl_label = "Shape Keys to 0"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012

    def execute(self, context: Any) -> Done:
        scene = context.scene
        selected = [thing.name for thing in context.view_layer.objects if thing.select_get()]
        found = faces.faces(faces.objects(scene, scene.audio2face_live, selected))
        if not found:
            self.report({"WARNING"}, "no face is chosen that has shape keys")
            return {"CANCELLED"}
        faces.rest(found)
        return {"FINISHED"}


CLASSES = (Audio2FaceStart, Audio2FaceStop, Audio2FaceRecord, Audio2FaceKeep, Audio2FaceRest)
