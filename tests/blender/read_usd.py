"""Opens a USD file in Blender: read_usd.py FILE → its shape keys by frame, where the head points."""

from __future__ import annotations

import json
import sys

import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.usd_import(filepath=sys.argv[1], import_shapes=True, import_skeletons=True)
meshes = [thing for thing in bpy.data.objects if thing.type == "MESH"]
keys = {thing.name: thing.data.shape_keys for thing in meshes}
head = next(thing for thing in meshes if keys[thing.name])
blocks = keys[head.name].key_blocks
scene = bpy.context.scene
rows, turns = [], []
armatures = [thing for thing in bpy.data.objects if thing.type == "ARMATURE"]
for frame in range(int(sys.argv[2])):
    scene.frame_set(frame)
    rows.append({block.name: block.value for block in blocks[1:]})
    if armatures:
        matrix = armatures[0].matrix_world @ armatures[0].pose.bones[0].matrix
        turns.append([list(row) for row in matrix.to_3x3()])
rest = blocks[0].data
moved = {
    block.name: [
        list(point.co - rest[at].co)
        for at, point in enumerate(block.data)
        if (point.co - rest[at].co).length > 1e-7
    ][:3]
    for block in blocks[1:]
}
corner = [list(head.matrix_world @ rest[at].co) for at in range(3)]
print(
    json.dumps(
        {
            "fps": scene.render.fps / scene.render.fps_base,
            "end": scene.frame_end,
            "objects": sorted((thing.name, thing.type) for thing in bpy.data.objects),
            "vertices": len(rest),
            "rows": rows,
            "turns": turns,
            "moved": moved,
            "corner": corner,
        }
    )
)
