"""Animates shape keys in an empty Blender and saves them with Blender's own FBX exporter.

python export_fbx.py CLIP.npz FILE.fbx [MESH.npz]

CLIP.npz has names, weights and fps. The mesh is a triangle whose keys move one vertex, or that of MESH.npz:
vertices, triangles, and for each channel n its dense deltas `n`. Prints the seconds that the saving took.
"""

import json
import sys
import time

import bpy
import numpy as np

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.preferences.addon_enable(module="io_scene_fbx")
clip, file = np.load(sys.argv[1]), sys.argv[2]
names, weights, fps = clip["names"].tolist(), clip["weights"], float(clip["fps"])
if len(sys.argv) > 3:
    given = np.load(sys.argv[3])
    vertices, triangles = given["vertices"], given["triangles"]
    deltas = [given[str(place)] for place in range(len(names))]
else:
    vertices, triangles = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]])
    deltas = [np.array([[0, 0, place + 1], [0, 0, 0], [0, 0, 0]]) for place in range(len(names))]

mesh = bpy.data.meshes.new("Face")
mesh.from_pydata(vertices.tolist(), [], triangles.tolist())
thing = bpy.data.objects.new("Face", mesh)
bpy.context.scene.collection.objects.link(thing)
thing.shape_key_add(name="Basis")
for name, moved in zip(names, deltas, strict=True):
    key = thing.shape_key_add(name=name)
    key.data.foreach_set("co", (vertices + moved).astype(np.float32).ravel())

scene, frames = bpy.context.scene, len(weights)
scene.render.fps, scene.render.fps_base = round(fps), round(fps) / fps
scene.frame_start, scene.frame_end = 0, frames - 1
keys = mesh.shape_keys
action = bpy.data.actions.new("Talk")
keys.animation_data_create().action = action
if hasattr(action, "fcurves"):
    curves = action.fcurves
else:
    slot = action.slots.new("KEY", "Talk")
    keys.animation_data.action_slot = slot
    curves = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True).fcurves
for place, name in enumerate(names):
    curve = curves.new(f'key_blocks["{name}"].value')
    curve.keyframe_points.add(frames)
    points = np.column_stack([np.arange(frames), weights[:, place]]).astype(np.float32)
    curve.keyframe_points.foreach_set("co", points.ravel())
    linear = next(
        item.value
        for item in curve.keyframe_points[0].bl_rna.properties["interpolation"].enum_items
        if item.identifier == "LINEAR"
    )
    curve.keyframe_points.foreach_set("interpolation", np.full(frames, linear, dtype=np.int32))
    curve.update()

start = time.perf_counter()
bpy.ops.export_scene.fbx(
    filepath=file,
    bake_anim_use_all_actions=False,
    bake_anim_use_nla_strips=False,
    bake_anim_simplify_factor=0.0,
    add_leaf_bones=False,
)
print(json.dumps({"seconds": time.perf_counter() - start}))
