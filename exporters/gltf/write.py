"""A glTF binary: the head, its morph targets and their animation in one file; `.gltf` is the same as text.

One node carries the mesh, one animation drives it: a weights channel with `frames × targets` values, and a
rotation channel when the clip has head motion. Target names stand in `mesh.extras.targetNames`, where
Blender, three and Unity's importers look. Eye movements are morph targets like the rest.

glTF 2.0, https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html: "3.7.2.2 Morph Targets",
"3.11 Animations".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pygltflib

from exporters.errors import FormatError
from exporters.gltf.blob import Blob, data_uri
from exporters.gltf.own_head import MARK, NAME, write_own_head
from exporters.normals import normals
from exporters.rates import whole
from exporters.rotations import quaternions
from rigs import ROTATION_NAMES, AnimationClip, Mesh, MorphTarget, Rig

_STILL = MorphTarget(np.zeros(0, dtype=np.int32), np.zeros((0, 3), dtype=np.float32))


def write_glb(clip: AnimationClip, file: Path, rig: Rig) -> None:
    """Writes the rig's mesh with one morph target for each channel of the clip, in the clip's order.

    A rig that came from a glTF file is given back as that file; see `own_head`.

    A mesh without triangles, such as landmarks, becomes points.

    A channel that the rig has without a shape becomes a target that moves nothing. Angles of head and eyes
    among the channels are left out: the eyes' shapes say the same. The clip's audio is named in the asset's
    extras, not stored. Raises FormatError when the rig has no mesh or the clip has channels it does not know.
    """
    if file.suffix.lower() == ".vrm" and (rig.origin is None or rig.origin.path.suffix.lower() != ".vrm"):
        raise FormatError("a .vrm is a user's own avatar given back; name one as the rig, or write a .glb")
    if rig.origin is not None and rig.origin.gltf:
        write_own_head(clip, file, rig)
        return
    if rig.mesh is None:
        raise FormatError(
            "the rig has no mesh to put into a glb; choose a rig with a mesh, or write json, csv, npz"
        )
    columns = channel_columns(clip, rig)
    names = [clip.names[column] for column in columns]
    gltf, blob = _scene(clip), Blob()
    gltf.meshes = [_mesh(rig.mesh, names, blob)]
    gltf.animations = [_animation(clip, clip.weights[:, columns], blob)]
    gltf.accessors, gltf.bufferViews = blob.accessors, blob.views
    gltf.buffers = [pygltflib.Buffer(byteLength=len(blob.bytes))]
    if file.suffix.lower() == ".gltf":
        gltf.buffers[0].uri = data_uri(blob.bytes)
        file.write_text(gltf.to_json(separators=(",", ":"), indent=None), encoding="utf-8", newline="\n")
        return
    gltf.set_binary_blob(bytes(blob.bytes))
    file.write_bytes(b"".join(gltf.save_to_bytes()))


def channel_columns(clip: AnimationClip, rig: Rig) -> list[int]:
    """Which channels of the clip become morph targets."""
    columns = [place for place, name in enumerate(clip.names) if name not in ROTATION_NAMES]
    unknown = [clip.names[place] for place in columns if clip.names[place] not in rig.names]
    if unknown:
        raise FormatError(
            f"the rig has no channel for {len(unknown)} of the clip ({', '.join(unknown[:3])}); "
            "retarget the clip to this rig, or choose the clip's own rig"
        )
    if not columns:
        raise FormatError("the clip has no blendshape channels; a mesh needs at least one")
    return columns


def _scene(clip: AnimationClip) -> pygltflib.GLTF2:
    """Everything that holds no numbers."""
    extras = {"audio": clip.audio} if clip.audio is not None else {}
    skin = pygltflib.PbrMetallicRoughness(metallicFactor=0.0, roughnessFactor=0.7)
    return pygltflib.GLTF2(
        asset=pygltflib.Asset(version="2.0", generator="audio2face", extras=extras),
        scene=0,
        scenes=[pygltflib.Scene(nodes=[0])],
        nodes=[pygltflib.Node(name="Head", mesh=0)],
        materials=[
            pygltflib.Material(name="Head", pbrMetallicRoughness=skin, doubleSided=True, alphaCutoff=None)
        ],
    )


def _mesh(mesh: Mesh, names: list[str], blob: Blob) -> pygltflib.Mesh:
    """The mesh with the named targets."""
    solid = len(mesh.triangles) > 0
    attributes = pygltflib.Attributes(
        POSITION=blob.vertices(mesh.vertices, bounds=True),
        NORMAL=blob.vertices(normals(mesh)) if solid else None,
        COLOR_0=blob.vertices(np.clip(mesh.colours, 0, 1)),
    )
    targets = [mesh.targets.get(name, _STILL) for name in names]
    primitive = pygltflib.Primitive(
        attributes=attributes,
        indices=blob.triangles(mesh.triangles, len(mesh.vertices)) if solid else None,
        mode=pygltflib.TRIANGLES if solid else pygltflib.POINTS,
        material=0,
        targets=[{"POSITION": blob.deltas(target, len(mesh.vertices))} for target in targets],
    )
    rest = [0.0] * len(names)
    return pygltflib.Mesh(name="Head", primitives=[primitive], weights=rest, extras={"targetNames": names})


def _animation(clip: AnimationClip, weights: np.ndarray[Any, Any], blob: Blob) -> pygltflib.Animation:
    """The channels over time; both samplers share the times."""
    times = blob.series(clip.times.astype(np.float32), bounds=True)
    tracks = [("weights", blob.series(weights.reshape(-1)))]
    if clip.head is not None:
        tracks.append(("rotation", blob.series(quaternions(clip.head))))
    return pygltflib.Animation(
        name=NAME,
        channels=[
            pygltflib.AnimationChannel(
                sampler=place, target=pygltflib.AnimationChannelTarget(node=0, path=path)
            )
            for place, (path, _) in enumerate(tracks)
        ],
        samplers=[
            pygltflib.AnimationSampler(input=times, output=output, interpolation="LINEAR")
            for _, output in tracks
        ],
        extras={"fps": whole(clip.fps), "by": MARK},
    )
