"""The turn of the head, on a bone or an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
from mathutils import Quaternion

from .channels import HEAD
from .turns import quaternion, z_up

Start = tuple[str, str, tuple[float, float, float, float]]
"""Names of object and bone, and how it was turned before, as w, x, y, z."""


def chosen(scene: Any, settings: Any) -> Any | None:
    """What turns: a pose bone, an object, or None when nothing is chosen or it is gone."""
    thing = settings.head_object
    if thing is None or scene.objects.get(thing.name) is None:
        return None
    if thing.type != "ARMATURE":
        return thing
    return thing.pose.bones.get(settings.head_bone)


def start_of(thing: Any) -> Start:
    """Remembers how it is turned, by name: objects of Blender must not be kept."""
    bone = thing.name if isinstance(thing, bpy.types.PoseBone) else ""
    return thing.id_data.name, bone, tuple(rotation(thing))


def found(start: Start) -> Any | None:
    """The bone or object of a start, if it is still there."""
    thing = bpy.data.objects.get(start[0])
    if thing is None or not start[1]:
        return thing
    return thing.pose.bones.get(start[1]) if thing.pose else None


def turned(thing: Any, start: Start, angles: Sequence[float], up: str) -> Quaternion:
    """The rotation of a bone or object whose start is turned by yaw, pitch, roll in radians.

    They are about the axes of the armature, or for an object of what it hangs on.
    """
    turn = quaternion(*angles)
    turn = Quaternion(z_up(turn) if up == "Z" else turn)
    if isinstance(thing, bpy.types.PoseBone):
        axes = thing.bone.matrix_local.to_quaternion()
        turn = axes.inverted() @ turn @ axes
    return turn @ Quaternion(start[2])


def angles_of(values: Mapping[str, float], strength: Sequence[float]) -> list[float] | None:
    """Yaw, pitch, roll, weighed; None when the stream has none of them."""
    if not any(name in values for name in HEAD):
        return None
    return [values.get(name, 0.0) * weight for name, weight in zip(HEAD, strength, strict=True)]


def rotation(thing: Any) -> Quaternion:
    """How it is turned, whatever its rotation mode."""
    if thing.rotation_mode == "QUATERNION":
        return thing.rotation_quaternion.copy()
    if thing.rotation_mode == "AXIS_ANGLE":
        angle, *axis = thing.rotation_axis_angle
        return Quaternion(axis, angle)
    return thing.rotation_euler.to_quaternion()


def numbers(thing: Any, turn: Quaternion, near: Sequence[float]) -> list[float]:
    """A turn as the numbers of its rotation mode, near the numbers `near`, if there are any."""
    if thing.rotation_mode == "QUATERNION":
        side = -1.0 if near and turn.dot(Quaternion(near)) < 0 else 1.0
        return [side * number for number in turn]
    if thing.rotation_mode == "AXIS_ANGLE":
        axis, angle = turn.to_axis_angle()
        return [angle, *axis]
    euler = turn.to_euler(thing.rotation_mode)
    if near:
        before = thing.rotation_euler.copy()
        before[:] = near
        euler.make_compatible(before)
    return list(euler)


def path(thing: Any) -> str:
    """The property that holds the numbers."""
    return {
        "QUATERNION": "rotation_quaternion",
        "AXIS_ANGLE": "rotation_axis_angle",
    }.get(thing.rotation_mode, "rotation_euler")


def set_turn(thing: Any, turn: Quaternion) -> None:
    """Turns a bone or object."""
    name = path(thing)
    setattr(thing, name, numbers(thing, turn, list(getattr(thing, name))))
