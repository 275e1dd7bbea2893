"""Every file format: one row each, in the order in which people should see them."""

from __future__ import annotations

from exporters.a2f_csv import is_a2f_csv, read_a2f_csv, write_a2f_csv
from exporters.anchors import write_anchors
from exporters.audio2face_json import read_json, write_json
from exporters.bs_npy import names_beside, read_npy, write_npy
from exporters.clip_npz import read_npz, write_npz
from exporters.fbx import read_fbx, write_fbx, write_fbx_animation
from exporters.format import Format
from exporters.gltf.read import read_glb
from exporters.gltf.write import write_glb
from exporters.livelinkface_csv import read_csv, write_csv
from exporters.maya.anim import write_maya_anim
from exporters.maya.anim_read import is_maya_anim, read_maya_anim
from exporters.maya.script import read_maya_script, write_maya_script
from exporters.unity.read import is_unity_anim, read_unity_anim
from exporters.unity.write import write_unity_anim
from exporters.usd.read import read_usd
from exporters.usd.write import write_usd
from exporters.vertices import write_vertex_cache

FORMATS = (
    Format(
        "json",
        ".json",
        "Audio2Face JSON: exportFps, facsNames, weightMat",
        write_json,
        read_json,
        precision=6e-7,
    ),
    Format(
        "csv", ".csv", "Live Link Face app CSV, for Unreal's importer", write_csv, read_csv, precision=1e-7
    ),
    Format("npz", ".npz", "NumPy archive: names, weights, fps, head", write_npz, read_npz),
    Format(
        "glb",
        ".glb",
        "glTF: head mesh with animated morph targets",
        write_glb,
        read_glb,
        needs_mesh=True,
        also=(".gltf", ".vrm"),
    ),
    Format(
        "fbx",
        ".fbx",
        "FBX 7.4 binary: head mesh with shapes, their curves and head motion",
        write_fbx,
        read_fbx,
        needs_mesh=True,
        sparse=True,
        precision=1e-6,
    ),
    Format(
        "fbx-animation",
        ".fbx",
        "FBX 7.4 binary: the curves alone, for a character that exists",
        write_fbx_animation,
        read_fbx,
        sparse=True,
        named_only=True,
        precision=1e-6,
    ),
    Format(
        "usd",
        ".usdc",
        "USD: head mesh with blend shapes and SkelAnimation; needs the extra usd",
        write_usd,
        read_usd,
        needs_mesh=True,
        also=(".usda", ".usd", ".usdz"),
        placed=True,
    ),
    Format(
        "maya-script",
        ".py",
        "Python script that sets the keys inside Maya 2022 or later",
        write_maya_script,
        read_maya_script,
        sparse=True,
        precision=1e-6,
    ),
    Format(
        "maya-anim",
        ".anim",
        "Maya's curves, to import onto a blendShape node",
        write_maya_anim,
        read_maya_anim,
        sparse=True,
        named_only=True,
        precision=1e-6,
        is_it=is_maya_anim,
    ),
    Format(
        "unity-anim",
        ".anim",
        "Unity AnimationClip for a SkinnedMeshRenderer",
        write_unity_anim,
        read_unity_anim,
        sparse=True,
        named_only=True,
        precision=1e-6,
        placed=True,
        is_it=is_unity_anim,
    ),
    Format(
        "a2f-csv",
        ".csv",
        "table of NVIDIA's services: timeCode, blendShapes.<Name>",
        write_a2f_csv,
        read_a2f_csv,
        named_only=True,
        precision=1e-6,
        is_it=is_a2f_csv,
    ),
    Format(
        "npy",
        ".npy",
        "FACEGOOD's pair of arrays: BS_value and BS_name; no rate",
        write_npy,
        read_npy,
        placed=True,
        companion=names_beside,
        has_rate=False,
    ),
    Format(
        "vertices",
        ".npz",
        "the mesh's vertices in every frame; .npy too",
        write_vertex_cache,
        needs_mesh=True,
        named_only=True,
    ),
    *(
        Format(
            layout,
            ".npz",
            f"the head's {layout.removeprefix('anchors')} anchor points, {people}; .csv and .json too",
            write_anchors(layout),
            needs_mesh=True,
            named_only=True,
        )
        for layout, people in (("anchors68", "as dlib numbers them"), ("anchors478", "as MediaPipe does"))
    ),
)
