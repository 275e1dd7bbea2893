"""Records what the test encoded, at times the test chose, and tells which keys there are.

The third argument is a JSON file: {"frames": [[seconds, [datagrams, hex]], …], "fps", "begin", "choices"}.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import addon
import bpy
from mathutils import Vector

FACE = {"jawOpen": 1.0, "mouthSmile_L": 10.0, 'odd"key.tongueOut': 100.0}


def scene(given: dict[str, Any]) -> None:
    face = addon.grid("Face", FACE)
    addon.grid("Teeth", {"JawOpen": 3.0}).parent = face
    old = bpy.data.actions.new("before")
    face.data.shape_keys.animation_data_create().action = old
    rig = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    bpy.context.scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.new("head").tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.scene.render.fps = given["fps"]
    bpy.context.scene.frame_set(given["begin"])


def look() -> dict[str, Any]:
    """Every key there is, by data-block."""
    faces = {name: addon.curves(bpy.data.objects[name].data.shape_keys) for name in ("Face", "Teeth")}
    return {**faces, "Rig": addon.curves(bpy.data.objects["Rig"])}


def played(frames: list[int]) -> list[list[float]]:
    """Heights of face and teeth when Blender itself plays these frames."""
    found = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        found.append([addon.height("Face"), addon.height("Teeth")])
    return found


addon.install()
given = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
scene(given)
sender = addon.start(
    target=bpy.data.objects["Face"],
    head_object=bpy.data.objects["Rig"],
    head_bone="head",
    **given["choices"],
)
bpy.ops.ed.undo_push(message="before the take")
clock = time.monotonic() + 1000.0
session = addon.part("running").current()
sender.send(given["frames"][0][1], clock)
assert bpy.ops.audio2face.keep.poll() is False
session.record(bpy.context.scene, clock)
for seconds, datagrams in given["frames"]:
    sender.send(datagrams, clock + seconds)
done = bpy.ops.audio2face.keep("EXEC_DEFAULT", True)
said = addon.part("running").said()
keys = look()
actions = sorted(action.name for action in bpy.data.actions)
bpy.ops.audio2face.stop()
heights = played(given["play"])
noses = []
for frame in given["play"]:
    bpy.context.scene.frame_set(frame)
    bone = bpy.data.objects["Rig"].pose.bones["head"]
    turn = bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted()
    noses.append(list(turn @ Vector((0, -1, 0))))
bpy.ops.ed.undo()
addon.answer(
    done=list(done),
    said=said,
    keys=keys,
    actions=actions,
    heights=heights,
    noses=noses,
    undone={name: list(curves) for name, curves in look().items()},
    before=bpy.data.objects["Face"].data.shape_keys.animation_data.action.name,
)
