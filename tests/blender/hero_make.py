"""Makes a head in Blender and exports it: hero_make.py OUT. Face and brows with shape keys, armature."""

import json
import os
import sys

import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
NAMES = ("jawOpen", "mouthSmile_L", "mouthSmile_R", "eyeBlinkLeft", "Fat")


def add(name, names, shift):
    mesh = bpy.data.meshes.new(name)
    points = [(x / 10, -0.05, y / 10 + shift) for y in range(-2, 3) for x in range(-2, 3)]
    faces = [(5 * r + c, 5 * r + c + 1, 5 * r + c + 6, 5 * r + c + 5) for r in range(4) for c in range(4)]
    mesh.from_pydata(points, [], faces)
    made = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(made)
    made.shape_key_add(name="Basis")
    for number, key in enumerate(names):
        block = made.shape_key_add(name=key)
        block.value = 0.5 if key == "Fat" else 0.0
        for place, point in enumerate(block.data):
            if place % len(names) == number:
                point.co.z -= 0.02
    return made


face, brows = add("Face", NAMES, 1.5), add("Brows", ("browInnerUp", "jawOpen"), 1.6)
bones = bpy.data.armatures.new("Rig")
rig = bpy.data.objects.new("Rig", bones)
bpy.context.scene.collection.objects.link(rig)
bpy.context.view_layer.objects.active = rig
bpy.ops.object.mode_set(mode="EDIT")
neck, head = bones.edit_bones.new("Neck"), bones.edit_bones.new("Head")
neck.head, neck.tail = (0, 0, 1.2), (0, 0.02, 1.4)
head.head, head.tail, head.parent = (0, 0.02, 1.4), (0, 0, 1.7), neck
bpy.ops.object.mode_set(mode="OBJECT")
for made in (face, brows):
    made.parent = rig
    made.modifiers.new("Rig", "ARMATURE").object = rig
    made.vertex_groups.new(name="Head").add(range(25), 1.0, "REPLACE")
bpy.ops.export_scene.gltf(filepath=sys.argv[1], export_format="GLB", export_extras=True)
print(json.dumps({"version": bpy.app.version_string}))
sys.stdout.flush()
os._exit(0)  # Blender as a module may crash while it cleans up
