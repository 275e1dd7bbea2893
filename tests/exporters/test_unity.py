"""Unity's `.anim`: read by `unityparser`, field by field as Unity writes it, and back."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import FormatError, read_clip, write_clip
from rigs import AnimationClip

ClipMaker = Callable[..., AnimationClip]
NAMES = ("jawOpen", "口 wide", "a: 'b'", "yes")

FIELDS = [
    "m_ObjectHideFlags", "m_CorrespondingSourceObject", "m_PrefabInstance", "m_PrefabAsset", "m_Name",
    "serializedVersion", "m_Legacy", "m_Compressed", "m_UseHighQualityCurve", "m_RotationCurves",
    "m_CompressedRotationCurves", "m_EulerCurves", "m_PositionCurves", "m_ScaleCurves", "m_FloatCurves",
    "m_PPtrCurves", "m_SampleRate", "m_WrapMode", "m_Bounds", "m_ClipBindingConstant",
    "m_AnimationClipSettings", "m_EditorCurves", "m_EulerEditorCurves", "m_HasGenericRootTransform",
    "m_HasMotionFloatState", "m_Events"
]  # fmt: skip
KEY = [
    "serializedVersion", "time", "value", "inSlope", "outSlope", "tangentMode", "weightedMode",
    "inWeight", "outWeight"
]  # fmt: skip
CURVE = [
    "serializedVersion", "m_Curve", "m_PreInfinity", "m_PostInfinity", "m_RotationOrder"
]  # fmt: skip
SETTINGS = [
    "serializedVersion", "m_AdditiveReferencePoseClip", "m_AdditiveReferencePoseTime", "m_StartTime",
    "m_StopTime", "m_OrientationOffsetY", "m_Level", "m_CycleOffset", "m_HasAdditiveReferencePose",
    "m_LoopTime", "m_LoopBlend", "m_LoopBlendOrientation", "m_LoopBlendPositionY",
    "m_LoopBlendPositionXZ", "m_KeepOriginalOrientation", "m_KeepOriginalPositionY",
    "m_KeepOriginalPositionXZ", "m_HeightFromFeet", "m_Mirror"
]  # fmt: skip
"""The names and their order in clips that Unity 2019 to 2022 wrote."""


def parsed(file: Path) -> Any:
    from unityparser import UnityDocument  # noqa: PLC0415

    return UnityDocument.load_yaml(str(file), try_preserve_types=True).entry


def test_unityparser_reads_it(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(90, 29.97, NAMES, audio="a line.wav")
    entry = parsed(write_clip(clip, tmp_path / "hero line.anim", "unity-anim"))
    assert (type(entry).__name__, entry.anchor) == ("AnimationClip", "7400000")
    assert entry.m_Name == "hero line"
    assert float(entry.m_SampleRate) == 29.97
    assert entry.m_AnimationClipSettings["m_StopTime"] == pytest.approx(89 / 29.97)
    assert entry.m_AnimationClipSettings["m_LoopTime"] == 0
    assert [curve["attribute"] for curve in entry.m_FloatCurves] == [f"blendShape.{name}" for name in NAMES]
    for curve, column in zip(entry.m_FloatCurves, clip.weights.T, strict=True):
        assert (curve["path"], curve["classID"]) == (None, 137)
        keys = curve["curve"]["m_Curve"]
        np.testing.assert_allclose([key["time"] for key in keys], clip.times, atol=1e-6)
        np.testing.assert_allclose([key["value"] for key in keys], 100 * column, atol=1e-5)
        slopes = np.diff([key["value"] for key in keys]) * 29.97
        np.testing.assert_allclose([key["outSlope"] for key in keys[:-1]], slopes, rtol=1e-4, atol=1e-2)
        np.testing.assert_allclose([key["inSlope"] for key in keys[1:]], slopes, rtol=1e-4, atol=1e-2)
        assert {key["tangentMode"] for key in keys} == {69}
    assert [event["functionName"] for event in entry.m_Events] == ["PlaySpeech"]
    assert entry.m_Events[0]["data"] == "a line.wav"


def test_the_fields_are_those_that_unity_writes(tmp_path: Path, make_clip: ClipMaker) -> None:
    file = write_clip(make_clip(4, 30, NAMES, head=True), tmp_path / "line.anim", "unity-anim")
    entry = parsed(file)
    assert [name for name in vars(entry) if name in FIELDS or name.startswith("m_")] == FIELDS
    assert list(entry.m_AnimationClipSettings) == SETTINGS
    for curve in (entry.m_FloatCurves[0], entry.m_EulerCurves[0]):
        assert list(curve["curve"]) == CURVE
        assert list(curve["curve"]["m_Curve"][0]) == KEY
    bindings = entry.m_ClipBindingConstant["genericBindings"]
    assert [row["attribute"] for row in bindings][:4] == [
        zlib.crc32(f"blendShape.{name}".encode()) for name in NAMES
    ]
    assert [(row["typeID"], row["customType"]) for row in bindings] == [(137, 20)] * 4 + [(4, 4)]
    text = file.read_text(encoding="utf-8")
    assert text.startswith(
        "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!74 &7400000\nAnimationClip:\n  m_Obj"
    )
    assert not re.search(r"[^\n]\t|\r", text)


def test_the_head_turns_as_in_a_mirror(tmp_path: Path, make_clip: ClipMaker) -> None:
    clip = make_clip(6, 30, ("jawOpen",), head=True)
    entry = parsed(write_clip(clip, tmp_path / "line.anim", "unity-anim"))
    values = [key["value"] for key in entry.m_EulerCurves[0]["curve"]["m_Curve"]]
    assert clip.head is not None
    for axis, place, sign in (("x", 1, 1), ("y", 0, -1), ("z", 2, -1)):
        np.testing.assert_allclose([value[axis] for value in values], sign * clip.head[:, place], atol=1e-4)


def edited(file: Path, key: str) -> Path:
    """A clip of one curve with two keys, as an animator leaves it."""
    template = write_clip(AnimationClip(("smile",), [[0], [1], [1]], 10), file, "unity-anim").read_text(
        "utf-8"
    )
    before, _, rest = template.partition("      - serializedVersion: 3\n")
    after = rest[rest.index("      m_PreInfinity") :]
    file.write_text(before + key + after, encoding="utf-8")
    return file


def unity_key(time: float, value: float, slope: str) -> str:
    return (
        f"      - serializedVersion: 3\n        time: {time}\n        value: {value}\n"
        f"        inSlope: {slope}\n        outSlope: {slope}\n"
        "        tangentMode: 136\n        weightedMode: 0\n"
        "        inWeight: 0.33333334\n        outWeight: 0.33333334\n"
    )


def test_keys_set_by_hand_are_read_as_unity_plays_them(tmp_path: Path) -> None:
    file = edited(tmp_path / "a.anim", unity_key(0, 0, "0") + unity_key(1, 100, "0"))
    share = np.linspace(0, 1, 11)
    np.testing.assert_allclose(read_clip(file).weights[:, 0], share**2 * (3 - 2 * share), atol=1e-6)
    file = edited(tmp_path / "b.anim", unity_key(0, 0, "Infinity") + unity_key(1, 100, "Infinity"))
    np.testing.assert_allclose(read_clip(file).weights[:, 0], [0] * 10 + [1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("m_SampleRate: 30", "m_SampleRate: 3e9"), "it says 2e[+]08 frames|frames of"),
        (("m_SampleRate: 30", "m_SampleRate: 0"), "it says 0 frames"),
        (("m_StopTime: 0.1", "m_StopTime: 9e9"), "frames of 4 channels"),
        (("m_SampleRate: 30", "m_SampleRate: fast"), "m_SampleRate: could not convert"),
        (("blendShape.", "material."), "it has no curve of an attribute blendShape"),
        (("    path: \n", "    path: Body\n"), r"it moves the shapes of several meshes \(, Body\)"),
        (("        value: ", "        value: nan"), "value: could not|NaN or infinite"),
        (("AnimationClip:", "Mesh:"), "it is no AnimationClip of Unity in text form"),
        (("m_Events", "m_Even"), "it has no m_Events at its end; the file is cut off"),
    ],
)
def test_clips_that_cannot_be_right(
    tmp_path: Path, make_clip: ClipMaker, change: tuple[str, str], message: str
) -> None:
    file = write_clip(make_clip(4, 30, NAMES), tmp_path / "line.anim", "unity-anim")
    count = -1 if "blend" in change[0] else 1
    file.write_text(file.read_text(encoding="utf-8").replace(*change, count), encoding="utf-8")
    with pytest.raises(FormatError, match=message) as caught:
        read_clip(file, "unity-anim")
    assert "\n" not in str(caught.value)
