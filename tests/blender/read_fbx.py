"""Imports an fbx into an empty Blender, and prints what arrived, turned back to y up, in metres.

python read_fbx.py FILE FRAME,... SHAPE...
"""

import json
import sys

import bpy
from mathutils import Matrix

bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.preferences.addon_enable(module="io_scene_fbx")
file, frames, shapes = sys.argv[1], sys.argv[2], sys.argv[3:]
bpy.ops.import_scene.fbx(filepath=file)

Y_UP = Matrix.Rotation(-1.5707963267948966, 4, "X")
"""From Blender's z up."""
scene = bpy.context.scene
meshes = [thing for thing in bpy.data.objects if thing.type == "MESH"]


def curves(action):
    """The curves of an action; Blender 5 has no other way than through layers."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return [
        curve
        for layer in action.layers
        for strip in layer.strips
        for bag in strip.channelbags
        for curve in bag.fcurves
    ]


seen = {"meshes": len(meshes), "fps": scene.render.fps / scene.render.fps_base, "names": [], "keys": {}}
if meshes:
    thing = meshes[0]
    mesh, blocks = thing.data, thing.data.shape_keys.key_blocks if thing.data.shape_keys else []
    size = thing.scale[0]
    seen["names"] = [block.name for block in blocks][1:]
    seen["audio"] = thing.get("audio")
    seen["rest"] = [[at * size for at in point.co] for point in mesh.vertices]
    seen["materials"] = [material.name for material in mesh.materials]
    seen["colours"] = sum(len(layer.data) for layer in mesh.color_attributes)
    seen["triangles"] = len(mesh.polygons)
    base = blocks[0].data if blocks else []
    seen["moved"] = {
        name: [
            [at * size for at in point.co - base[place].co] for place, point in enumerate(blocks[name].data)
        ]
        for name in shapes
    }
    driven = mesh.shape_keys and mesh.shape_keys.animation_data
    for curve in curves(driven.action) if driven else []:
        name = mesh.shape_keys.path_resolve(curve.data_path.removesuffix(".value")).name
        points = [point.co for point in curve.keyframe_points]
        seen["keys"][name] = {
            "times": [(point[0] - 1) / seen["fps"] for point in points],  # its first frame is 1
            "values": [point[1] * 100 for point in points],
        }
    turns, posed = [], []
    for frame in map(int, filter(None, frames.split(","))):
        scene.frame_set(frame + 1)
        there = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
        matrix = Y_UP @ there.matrix_world
        w, x, y, z = matrix.to_quaternion()
        turns.append([x, y, z, w])
        posed.append([list(matrix @ vertex.co) for vertex in there.data.vertices])
    seen["turns"], seen["posed"] = turns, posed
print(json.dumps(seen))
