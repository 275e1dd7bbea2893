"""USD: asked through UsdSkel, checked by all of USD's own validators, opened by Blender."""

from __future__ import annotations

import builtins
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from exporters.rotations import head_angles
from rigs import ARKIT_NAMES, AnimationClip, Channel, Rig, default_head

ClipMaker = Callable[..., AnimationClip]
BlenderRunner = Callable[..., Any]

SUFFIXES = (".usda", ".usdc", ".usd", ".usdz")


def opened(file: Path) -> Any:
    from pxr import Usd  # noqa: PLC0415

    return Usd.Stage.Open(str(file))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_stage(tmp_path: Path, make_clip: ClipMaker, suffix: str) -> None:
    from pxr import UsdGeom, UsdSkel  # noqa: PLC0415

    stage = opened(write_clip(make_clip(20, 29.97, head=True), tmp_path / f"clip{suffix}"))
    assert stage.GetTimeCodesPerSecond() == stage.GetFramesPerSecond() == 29.97
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, 19)
    assert (UsdGeom.GetStageMetersPerUnit(stage), UsdGeom.GetStageUpAxis(stage)) == (1, "Y")
    assert stage.GetDefaultPrim().GetPath() == "/Face"
    assert UsdSkel.Root(stage.GetDefaultPrim())


@pytest.mark.parametrize("suffix", [".usda", ".usdc"])
def test_usdskel_deforms_the_mesh_as_the_clip_says(tmp_path: Path, make_clip: ClipMaker, suffix: str) -> None:
    from pxr import Gf, Usd, UsdGeom, UsdSkel, Vt  # noqa: PLC0415

    clip = make_clip(6, 24, head=True)
    stage = opened(write_clip(clip, tmp_path / f"clip{suffix}"))
    root = UsdSkel.Root(stage.GetDefaultPrim())
    cache = UsdSkel.Cache()
    assert cache.Populate(root, Usd.PrimDefaultPredicate)
    (binding,) = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)
    (skinning,) = binding.GetSkinningTargets()
    animation = cache.GetSkelQuery(binding.GetSkeleton()).GetAnimQuery()
    assert list(animation.GetBlendShapeOrder()) == list(ARKIT_NAMES) == list(skinning.GetBlendShapeOrder())
    shapes = UsdSkel.BlendShapeQuery(UsdSkel.BindingAPI(skinning.GetPrim()))
    mesh = default_head().mesh
    assert mesh is not None
    for frame in range(6):
        weights = animation.ComputeBlendShapeWeights(frame)
        np.testing.assert_array_equal(np.asarray(weights), clip.weights[frame])
        points = Vt.Vec3fArray(UsdGeom.Mesh(skinning.GetPrim()).GetPointsAttr().Get())
        sub_weights, sub_shapes, shape_places = shapes.ComputeSubShapeWeights(weights)
        offsets, indices = shapes.ComputeSubShapePointOffsets(), shapes.ComputeBlendShapePointIndices()
        assert shapes.ComputeDeformedPoints(sub_weights, sub_shapes, shape_places, indices, offsets, points)
        pose = mesh.pose(dict(zip(ARKIT_NAMES, clip.weights[frame].tolist(), strict=True)))
        np.testing.assert_allclose(np.asarray(points), pose, atol=2e-6)
        (turn,) = animation.ComputeJointLocalTransforms(frame)
        x, y, z, w = *turn.ExtractRotationQuat().GetImaginary(), turn.ExtractRotationQuat().GetReal()
        assert clip.head is not None
        np.testing.assert_allclose(head_angles(np.array([[x, y, z, w]]))[0], clip.head[frame], atol=1e-3)
    assert np.asarray(points).shape == mesh.vertices.shape
    assert Gf.IsClose(turn.ExtractTranslation(), Gf.Vec3d(0), 1e-9)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_usd_finds_nothing_wrong_with_it(tmp_path: Path, make_clip: ClipMaker, suffix: str) -> None:
    from pxr import UsdValidation  # noqa: PLC0415

    sound = tmp_path / "line.wav"
    sound.write_bytes(b"RIFF")
    file = write_clip(make_clip(4, head=True, audio=str(sound)), tmp_path / f"clip{suffix}")
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 20
    stage = opened(file)
    found = UsdValidation.ValidationContext(validators).Validate(stage)
    assert [error.GetErrorAsString() for error in found] == []


def test_the_sound_is_named_by_its_way_from_the_file(tmp_path: Path, make_clip: ClipMaker) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "out").mkdir()
    sound = tmp_path / "sounds" / "line.wav"
    sound.write_bytes(b"RIFF")
    file = write_clip(make_clip(4, audio=str(sound)), tmp_path / "out" / "clip.usda")
    stage = opened(file)
    path = stage.GetPrimAtPath("/Face/Sound").GetAttribute("filePath").Get()
    assert path.path == "../sounds/line.wav"
    assert Path(path.resolvedPath) == sound


def test_a_package_holds_the_sound(tmp_path: Path, make_clip: ClipMaker) -> None:
    sound = tmp_path / "line.wav"
    sound.write_bytes(b"RIFF1234")
    file = write_clip(make_clip(4, audio=str(sound)), tmp_path / "clip.usdz")
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["face.usdc", "sound.wav"]
        assert archive.read("sound.wav") == b"RIFF1234"
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            head = file.read_bytes()[entry.header_offset :][:30]
            start = entry.header_offset + 30 + len(entry.filename) + int.from_bytes(head[28:30], "little")
            assert start % 64 == 0
    sound.unlink()
    stage = opened(file)
    assert stage.GetPrimAtPath("/Face/Sound").GetAttribute("filePath").Get().path == "sound.wav"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.usdz"]


def test_names_that_usd_cannot_have_are_kept_as_tokens(tmp_path: Path, tiny_rig: Rig) -> None:
    names = ("a.b", "a_b", "1st", "口")
    rig = Rig(tuple(Channel(name) for name in names), tiny_rig.mesh)
    file = write_clip(AnimationClip(names, np.zeros((2, 4)), 30), tmp_path / "clip.usda", rig=rig)
    stage = opened(file)
    mesh = stage.GetPrimAtPath("/Face/Head")
    assert list(mesh.GetAttribute("skel:blendShapes").Get()) == list(names)
    assert len({str(path) for path in mesh.GetRelationship("skel:blendShapeTargets").GetTargets()}) == 4


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_blender_opens_it(
    tmp_path: Path, make_clip: ClipMaker, run_blender: BlenderRunner, suffix: str
) -> None:
    clip = make_clip(12, 24, ("jawOpen", "mouthPucker", "tongueOut"), head=True)
    seen = run_blender("read_usd.py", write_clip(clip, tmp_path / f"clip{suffix}"), clip.frames)
    assert (seen["fps"], seen["end"]) == (24, 11)
    mesh = default_head().mesh
    assert mesh is not None
    assert seen["vertices"] == len(mesh.vertices)
    np.testing.assert_allclose(
        [[row[name] for name in clip.names] for row in seen["rows"]], clip.weights, atol=1e-6
    )
    for name in clip.names:
        np.testing.assert_allclose(seen["moved"][name], mesh.targets[name].deltas[:3], atol=1e-6)
    # Blender has z up and y back where we have y up and z forward.
    upright = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    assert clip.head is not None
    for matrix, yaw in zip(seen["turns"], np.radians(clip.head[:, 0]), strict=True):
        facing = upright.T @ np.array(matrix) @ np.array([0, 0, 1.0])
        assert np.arctan2(facing[0], facing[2]) == pytest.approx(yaw, abs=1e-4)


def test_without_usd_core_the_install_line_is_said(
    tmp_path: Path, make_clip: ClipMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **words: Any) -> Any:
        if name == "pxr":
            raise ImportError(name)
        return real(name, *rest, **words)

    for name in [name for name in sys.modules if name.split(".")[0] == "pxr"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    file = tmp_path / "clip.usda"
    for act in (lambda: write_clip(make_clip(), file), lambda: read_clip(file)):
        with pytest.raises(FormatError, match=r"pip install 'audio2face\[usd\]'") as caught:
            act()
        assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#usda 1.0\n", "it has no SkelAnimation with blendShapes"),
        (
            '#usda 1.0\ndef SkelAnimation "a" {\n uniform token[] blendShapes = ["x", "y"]\n'
            " float[] blendShapeWeights.timeSamples = {0: [1], 1: [2]}\n}\n",
            "it names 2 blend shapes and has 1 weights at its first time",
        ),
        (
            '#usda 1.0\ndef SkelAnimation "a" {\n uniform token[] blendShapes = ["x"]\n'
            " float[] blendShapeWeights.timeSamples = {0: [1], 1e15: [2]}\n}\n",
            "it says 1e[+]15 frames of 1 channels",
        ),
        (
            '#usda 1.0\ndef SkelAnimation "a" {\n uniform token[] blendShapes = ["x", "x"]\n'
            " float[] blendShapeWeights = [1, 2]\n}\n",
            "channel names appear twice: x",
        ),
        (
            '#usda 1.0\ndef SkelAnimation "a" {\n uniform token[] blendShapes = ["x"]\n'
            " float[] blendShapeWeights = [nan]\n}\n",
            "weights holds NaN or infinite values",
        ),
        ("#usda 1.0\ndef {", "USD cannot read it"),
        ("hello", "USD cannot read it"),
    ],
)
def test_usd_that_cannot_be_right(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "clip.usda"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message) as caught:
        read_clip(file)
    assert "\n" not in str(caught.value)
