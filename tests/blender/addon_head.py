"""Turns a bone, in each rotation mode, and an object, by what the test encoded, and tells where points go.

The third argument is a JSON file: {name of a stream: [datagrams of one frame, hex]}.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import addon
import bpy
from mathutils import Euler, Matrix, Vector

FRONT, CROWN = Vector((0, -1, 0)), Vector((0, 0, 1))


def armature(name: str, turned: Matrix) -> Any:
    """Two bones, the upper one the head, slanted and rolled so that its own axes are nobody else's."""
    thing = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    bpy.ops.object.mode_set(mode="EDIT")
    neck = thing.data.edit_bones.new("neck")
    neck.head, neck.tail = turned @ Vector((0, 0, 1)), turned @ Vector((0, -0.1, 1.2))
    bone = thing.data.edit_bones.new("head")
    bone.head, bone.tail, bone.roll = neck.tail, turned @ Vector((0.1, 0.05, 1.5)), 0.7
    bone.parent = neck
    bpy.ops.object.mode_set(mode="OBJECT")
    return thing


def turn_of_bone(thing: Any) -> Matrix:
    """How the posed bone is turned from its rest, in the armature's axes."""
    bpy.context.view_layer.update()
    bone = thing.pose.bones["head"]
    return bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted()


def points(turn: Matrix) -> list[list[float]]:
    """Where the tip of the nose and the crown go."""
    return [list(turn @ FRONT), list(turn @ CROWN)]


def play(thing: Any, datagrams: list[str], **choices: Any) -> None:
    sender = addon.start(head_object=thing, **choices)
    sender.send(datagrams)


def bones(datagrams: list[str]) -> dict[str, Any]:
    """Points for each rotation mode, and what is left after Stop."""
    thing, found = bpy.data.objects["Rig"], {}
    for mode in ("QUATERNION", "XYZ", "ZXY", "AXIS_ANGLE"):
        thing.pose.bones["head"].rotation_mode = mode
        play(thing, datagrams, head_bone="head", head_strength=(1, 1, 1), head_up="Z")
        found[mode] = points(turn_of_bone(thing))
        bpy.ops.audio2face.stop()
        found[f"{mode} after"] = points(turn_of_bone(thing))
    return found


def others(datagrams: list[str]) -> dict[str, Any]:
    """Half as strong, mirrored, a rig with y up, an object that was turned before, and no choice at all."""
    rig, found = bpy.data.objects["Rig"], {}
    for name, strength in (("half", (0.5, 0.5, 0.5)), ("mirrored", (-1, 1, 1))):
        play(rig, datagrams, head_bone="head", head_strength=strength, head_up="Z")
        found[name] = points(turn_of_bone(rig))
        bpy.ops.audio2face.stop()
    tall = bpy.data.objects["Tall"]
    play(tall, datagrams, head_bone="head", head_strength=(1, 1, 1), head_up="Y")
    world = Matrix.Rotation(math.pi / 2, 3, "X")
    found["y up"] = points(world @ turn_of_bone(tall) @ world.inverted())
    bpy.ops.audio2face.stop()

    thing = bpy.data.objects.new("Statue", None)
    bpy.context.scene.collection.objects.link(thing)
    thing.rotation_euler = Euler((0.2, 0.1, 0.5))
    before = thing.rotation_euler.to_matrix()
    play(thing, datagrams, head_up="Z")
    found["object"] = points(thing.rotation_euler.to_matrix() @ before.inverted())
    bpy.ops.audio2face.stop()
    found["object after"] = points(thing.rotation_euler.to_matrix() @ before.inverted())
    play(rig, datagrams, head_bone="no such bone")
    found["no bone"] = points(turn_of_bone(rig))
    bpy.ops.audio2face.stop()
    return found


addon.install()
armature("Rig", Matrix.Identity(3))
armature("Tall", Matrix.Rotation(-math.pi / 2, 3, "X"))
given = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
streams = {name: bones(datagrams) for name, datagrams in given.items()}
addon.answer(streams=streams, **others(given["livelink"]))
