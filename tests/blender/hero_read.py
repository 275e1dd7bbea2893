"""Imports a glb and prints what moves: hero_read.py FILE FRAMES_A_SECOND TIME..."""

import json
import os
import sys

import bpy

bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.render.fps = int(sys.argv[2])
bpy.ops.import_scene.gltf(filepath=sys.argv[1])


def choose(name):
    """Plays the action on the track of that name, and nothing else."""
    for owner in [*bpy.data.objects, *bpy.data.shape_keys]:
        data = owner.animation_data
        if data is None:
            continue
        data.action = None
        for track in data.nla_tracks:
            track.mute = True
        for bone in owner.pose.bones if getattr(owner, "pose", None) else ():
            bone.matrix_basis.identity()  # what another action left
        strips = [strip for track in data.nla_tracks if track.name == name for strip in track.strips]
        if strips:
            data.action = strips[0].action
            if hasattr(data, "action_slot"):
                data.action_slot = strips[0].action_slot


choose("Speech")
played = []
for time in map(float, sys.argv[3:]):
    frame = time * scene.render.fps
    scene.frame_set(int(frame), subframe=frame - int(frame))
    keys = {
        thing.name.split(".")[0]: {key.name: key.value for key in thing.data.shape_keys.key_blocks[1:]}
        for thing in bpy.data.objects
        if thing.type == "MESH" and thing.data.shape_keys
    }
    graph = bpy.context.evaluated_depsgraph_get()
    bones = {}
    for thing in bpy.data.objects:
        if thing.type == "ARMATURE":
            posed = thing.evaluated_get(graph)
            for bone in posed.pose.bones:
                rest = thing.data.bones[bone.name].matrix_local
                turn = (bone.matrix @ rest.inverted()).to_quaternion()
                bones[bone.name] = [turn.x, turn.y, turn.z, turn.w]
    played.append({"keys": keys, "bones": bones})
tracks = {
    track.name
    for owner in [*bpy.data.objects, *bpy.data.shape_keys]
    if owner.animation_data
    for track in owner.animation_data.nla_tracks
}
print(
    json.dumps(
        {"tracks": sorted(tracks), "objects": sorted(o.name for o in bpy.data.objects), "played": played}
    )
)
sys.stdout.flush()
os._exit(0)  # Blender as a module may crash while it cleans up
