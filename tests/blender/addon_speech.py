"""Imports our head, lets `audio2face live` speak to it, and records.

The third argument is a glb, the fourth a command as JSON, to which this adds where to send. A fifth, if there
is one, names a picture to render of the widest frame, for people to look at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import addon
import bpy
from mathutils import Vector


def render(thing: Any, path: str) -> None:
    """A small picture of the face, drawn by the processor."""
    scene = bpy.context.scene
    corners = [thing.matrix_world @ Vector(corner) for corner in thing.bound_box]
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = sum(corners, Vector()) / 8 + Vector((0.15, -0.75, 0.0))
    camera.rotation_euler = (1.5708, 0, 0.2)
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.rotation_euler, sun.data.energy = (0.9, 0.2, 0.3), 4.0
    scene.collection.objects.link(camera)
    scene.collection.objects.link(sun)
    scene.camera, scene.render.engine, scene.cycles.samples = camera, "CYCLES", 16
    scene.render.resolution_x = scene.render.resolution_y = 360
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)


addon.install()
glb, command = sys.argv[3], json.loads(sys.argv[4])
bpy.ops.preferences.addon_enable(module="io_scene_gltf2")
bpy.ops.import_scene.gltf(filepath=glb)
scene = bpy.context.scene
scene.render.fps, scene.render.fps_base = 60, 1.0
scene.frame_set(1)
thing = next(entry for entry in scene.objects if entry.type == "MESH" and entry.data.shape_keys)
keys = thing.data.shape_keys
if keys.animation_data:
    keys.animation_data_clear()  # the glb brought an animation
names = [block.name for block in keys.key_blocks[1:]]

addon.start(protocol="LIVELINK", target=thing)
session = addon.part("running").current()
to = f"livelink://127.0.0.1:{addon.settings().port}/Zoë"
with subprocess.Popen([*command, "--to", to], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as speaker:
    addon.until(lambda: addon.pump() >= 0 and (session.take or session.record(scene) or True))
    while speaker.poll() is None:
        addon.pump()
        time.sleep(1 / 120)
    talk = speaker.stderr.read().decode(errors="replace") if speaker.stderr else ""
addon.pump()
figures = {"frames": session.receiver.frames, "bad": session.receiver.bad}
bpy.ops.audio2face.keep()
bpy.ops.audio2face.stop()
found = addon.curves(bpy.data.objects[thing.name].data.shape_keys)
jaw = found['key_blocks["jawOpen"].value[0]']
first = jaw[0][0]
widest = int(max(jaw, key=lambda key: key[1])[0])
found = {path: [(frame - first + 1, value) for frame, value in curve] for path, curve in found.items()}
scene.frame_set(widest)
vertices = addon.positions(thing.name)
if len(sys.argv) > 5:
    render(thing, sys.argv[5])
addon.answer(
    code=speaker.returncode,
    talk=talk,
    names=names,
    keys=found,
    vertices={str(int(widest - first + 1)): vertices},
    **figures,
)
# As a module, Blender 4.2 crashes at its exit once it has read any glb, with the add-on or without.
os._exit(0)
