"""USD: the head with its shapes and their animation, as UsdSkel has them (extra `usd`).

    /Face            SkelRoot, the default prim
    /Face/Skeleton   one joint, Head, which the mesh hangs on
    /Face/Head       the mesh; a BlendShape below it for each channel
    /Face/Speech     SkelAnimation: weights for each frame, and the head's rotation
    /Face/Sound      SpatialAudio, when the clip names its sound

Metres, y up, one time code a frame. Prim names are made fit for USD; the channels' true names are the
tokens of `skel:blendShapes` and of the animation. USD has one array of all weights for each time, so there
are no sparse keys. Pixar, OpenUSD documentation, "UsdSkel schemas".
"""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.gltf.write import channel_columns
from exporters.rotations import quaternions
from rigs import AnimationClip, Mesh, Rig

JOINT, ROOT = "Head", "/Face"
AUDIO_NOTE = "audio2face:audio"
ZIPPED = ".usdz"
PACKED_SOUNDS = (".wav", ".mp3", ".m4a")


def load_usd() -> Any:
    """The parts of usd-core. Raises FormatError with the install line when it is missing."""
    try:
        from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdMedia, UsdSkel, UsdUtils, Vt  # noqa: PLC0415
    except ImportError as error:
        raise FormatError(
            "usd files need an optional part; install it with: pip install 'audio2face[usd]'"
        ) from error
    names = {"Gf": Gf, "Sdf": Sdf, "Tf": Tf, "Usd": Usd, "UsdGeom": UsdGeom, "UsdMedia": UsdMedia}
    return type("Pxr", (), {**names, "UsdSkel": UsdSkel, "UsdUtils": UsdUtils, "Vt": Vt})


def said(error: Exception) -> str:
    """What an error of USD says, in one line; it can quote bytes of a damaged file that are no text."""
    try:
        return " ".join(str(error).split())[:160]
    except UnicodeDecodeError:
        return "it is damaged"


def write_usd(clip: AnimationClip, file: Path, rig: Rig, place: Path | None = None) -> None:
    """Writes the rig's mesh with a blend shape for each channel of the clip, in the clip's order.

    The suffix says how: .usda text, .usdc and .usd binary, .usdz a package with the sound in it if USD packs
    such files (wav, mp3, m4a). `place` is where the file will be, for the path to the sound. Raises
    FormatError as `write_glb` does, and when usd-core is missing.
    """
    pxr = load_usd()
    if rig.mesh is None:
        raise FormatError(
            "the rig has no mesh to put into a usd; choose a rig with a mesh, or write json, csv, npz"
        )
    if not len(rig.mesh.triangles):
        raise FormatError("the rig's mesh has no triangles, only points; write a glb, or --format vertices")
    try:
        if file.suffix.lower() == ZIPPED:
            _write_package(pxr, clip, file, rig)
        else:
            folder = (place or file).absolute().parent
            _write_layer(pxr, clip, file, rig, None if clip.audio is None else _way(clip.audio, folder))
    except pxr.Tf.ErrorException as error:
        raise FormatError(f"USD refuses it: {said(error)}") from error


def _write_layer(pxr: Any, clip: AnimationClip, file: Path, rig: Rig, sound: str | None) -> None:
    """One file with everything but the sound, which it names."""
    columns = channel_columns(clip, rig)
    stage = pxr.Usd.Stage.CreateNew(str(file))
    _set_up(pxr, stage, clip)
    names = [clip.names[column] for column in columns]
    assert rig.mesh is not None
    _mesh(pxr, stage, rig.mesh, names)
    _animation(pxr, stage, clip, clip.weights[:, columns], names)
    if clip.audio is not None:
        stage.GetRootLayer().customLayerData = {AUDIO_NOTE: clip.audio}
    if sound is not None:
        prim = pxr.UsdMedia.SpatialAudio.Define(stage, f"{ROOT}/Sound")
        prim.CreateAuralModeAttr(pxr.UsdMedia.Tokens.nonSpatial)
        prim.CreateFilePathAttr(pxr.Sdf.AssetPath(sound))
    stage.GetRootLayer().Save()


def _write_package(pxr: Any, clip: AnimationClip, file: Path, rig: Rig) -> None:
    """A .usdz: the layer, and the sound if it is there and of a kind that packages may hold."""
    audio = Path(clip.audio) if clip.audio else None
    packed = audio is not None and audio.suffix.lower() in PACKED_SOUNDS and audio.is_file()
    inside = f"sound{audio.suffix.lower()}" if audio is not None and packed else None
    layer = file.with_suffix(".usdc")
    try:
        _write_layer(pxr, clip, layer, rig, inside)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
            _pack(archive, "face.usdc", layer.read_bytes())
            if audio is not None and inside is not None:
                _pack(archive, inside, audio.read_bytes())
    except zipfile.LargeZipFile as error:
        raise FormatError("a .usdz holds less than 4 GB; write .usdc instead") from error
    finally:
        layer.unlink(missing_ok=True)


def _pack(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Adds a file uncompressed, its first byte at a multiple of 64, as USD maps packages into memory."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    assert archive.fp is not None
    begin = archive.fp.tell() + 30 + len(name) + 4  # a local header, the name, an extra field's head
    padding = -begin % 64
    entry.extra = struct.pack("<HH", 0x1986, padding) + bytes(padding)
    archive.writestr(entry, data)


def _set_up(pxr: Any, stage: Any, clip: AnimationClip) -> None:
    """The stage's units and times, the root and the skeleton."""
    pxr.UsdGeom.SetStageUpAxis(stage, pxr.UsdGeom.Tokens.y)
    pxr.UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(clip.fps)
    stage.SetFramesPerSecond(clip.fps)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(clip.frames - 1)
    root = pxr.UsdSkel.Root.Define(stage, ROOT)
    stage.SetDefaultPrim(root.GetPrim())
    skeleton = pxr.UsdSkel.Skeleton.Define(stage, f"{ROOT}/Skeleton")
    still = pxr.Vt.Matrix4dArray([pxr.Gf.Matrix4d(1)])
    skeleton.CreateJointsAttr([JOINT])
    skeleton.CreateBindTransformsAttr(still)
    skeleton.CreateRestTransformsAttr(still)
    binding = pxr.UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets([f"{ROOT}/Speech"])


def _mesh(pxr: Any, stage: Any, mesh: Mesh, names: list[str]) -> None:
    """The mesh, rigid on its one joint, with its blend shapes."""
    geometry = pxr.UsdGeom.Mesh.Define(stage, f"{ROOT}/Head")
    points = pxr.Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(mesh.vertices))
    geometry.CreatePointsAttr(points)
    extent = [mesh.vertices.min(0).tolist(), mesh.vertices.max(0).tolist()]
    geometry.CreateExtentAttr([pxr.Gf.Vec3f(*corner) for corner in extent])
    geometry.CreateFaceVertexCountsAttr(pxr.Vt.IntArray(len(mesh.triangles), 3))
    geometry.CreateFaceVertexIndicesAttr(pxr.Vt.IntArray.FromNumpy(mesh.triangles.reshape(-1)))
    geometry.CreateSubdivisionSchemeAttr(pxr.UsdGeom.Tokens.none)
    geometry.CreateDoubleSidedAttr(True)
    colours = geometry.CreateDisplayColorPrimvar(pxr.UsdGeom.Tokens.vertex)
    colours.Set(pxr.Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(np.clip(mesh.colours, 0, 1))))
    binding = pxr.UsdSkel.BindingAPI.Apply(geometry.GetPrim())
    binding.CreateSkeletonRel().SetTargets([f"{ROOT}/Skeleton"])
    binding.CreateGeomBindTransformAttr(pxr.Gf.Matrix4d(1))
    count = len(mesh.vertices)
    binding.CreateJointIndicesPrimvar(False, 1).Set(pxr.Vt.IntArray(count, 0))
    binding.CreateJointWeightsPrimvar(False, 1).Set(pxr.Vt.FloatArray(count, 1.0))
    targets = [_shape(pxr, stage, mesh, name, prim) for name, prim in prim_names(pxr, names).items()]
    binding.CreateBlendShapesAttr(names)
    binding.CreateBlendShapeTargetsRel().SetTargets(targets)


def prim_names(pxr: Any, names: list[str]) -> dict[str, str]:
    """A valid prim name for each channel, no two alike."""
    taken: dict[str, str] = {}
    for name in names:
        base = prim = pxr.Tf.MakeValidIdentifier(name)
        number = 1
        while prim in taken.values():
            number += 1
            prim = f"{base}_{number}"
        taken[name] = prim
    return taken


def _shape(pxr: Any, stage: Any, mesh: Mesh, name: str, prim: str) -> Any:
    """One blend shape, sparse; a channel without a shape moves the first vertex by nothing."""
    shape = pxr.UsdSkel.BlendShape.Define(stage, f"{ROOT}/Head/{prim}")
    target = mesh.targets.get(name)
    moves = target is not None and len(target.indices) > 0
    deltas = target.deltas if target is not None and moves else np.zeros((1, 3), np.float32)
    indices = target.indices if target is not None and moves else np.zeros(1, np.int32)
    shape.CreateOffsetsAttr(pxr.Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(deltas)))
    shape.CreatePointIndicesAttr(pxr.Vt.IntArray.FromNumpy(np.ascontiguousarray(indices)))
    return shape.GetPath()


def _animation(
    pxr: Any, stage: Any, clip: AnimationClip, weights: np.ndarray[Any, Any], names: list[str]
) -> None:
    """Weights, and turns of the head, for each frame."""
    animation = pxr.UsdSkel.Animation.Define(stage, f"{ROOT}/Speech")
    animation.CreateJointsAttr([JOINT])
    animation.CreateTranslationsAttr([pxr.Gf.Vec3f(0)])
    animation.CreateScalesAttr([pxr.Gf.Vec3h(1)])
    turns = animation.CreateRotationsAttr()
    animation.CreateBlendShapesAttr(names)
    values = animation.CreateBlendShapeWeightsAttr()
    for frame, row in enumerate(np.ascontiguousarray(weights)):
        values.Set(pxr.Vt.FloatArray.FromNumpy(row), frame)
    if clip.head is None:
        turns.Set([pxr.Gf.Quatf(1)])
        return
    for frame, (x, y, z, w) in enumerate(quaternions(clip.head).tolist()):
        turns.Set(pxr.Vt.QuatfArray([pxr.Gf.Quatf(w, x, y, z)]), frame)


def _way(audio: str, folder: Path) -> str:
    """The path from the folder to the sound, with slashes; the whole path where none leads there."""
    path = Path(audio)
    if not path.is_file():
        return path.as_posix()
    try:
        way = Path(os.path.relpath(path.absolute(), folder)).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()
    return way if way.startswith(".") else f"./{way}"
