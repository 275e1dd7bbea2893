"""Unity's `.anim`: an AnimationClip asset with a float curve `blendShape.<name>` for each channel, 0 to 100.

`path` is empty, so the clip belongs on the object that has the SkinnedMeshRenderer. The head turns that
object; Unity is left-handed, x to the character's right, so yaw and roll change sign, and its order of
Euler angles is the one of `exporters.rotations`. The sound is an animation event at 0 s, `PlaySpeech` with
the path as its text, which does nothing unless a script takes it.

Layout: what Unity 2019 to 2022 write (serializedVersion 6); `m_EditorCurves` is left empty, as in clips
made by scripts, and Unity fills it from the curves. Tangent mode 69 is "linear on both sides".
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from exporters.keys import Keys, plain_keys
from exporters.numerals import texts
from exporters.rates import whole
from rigs import AnimationClip

Array = np.ndarray[Any, Any]

PREFIX = "blendShape."
PERCENT = 100.0
EVENT = "PlaySpeech"
SIGNS = np.array([1.0, -1.0, -1.0])
"""Of pitch, yaw and roll (Unity's x, y, z) against ours."""
RENDERER, TRANSFORM = 137, 4
"""Unity's numbers for SkinnedMeshRenderer and Transform."""
_BLENDSHAPE, _EULER = 20, 4

_LINEAR, _WEIGHT = 69, "0.33333334"
_KEY = (
    "      - serializedVersion: 3\n        time: %s\n        value: %s\n        inSlope: %s\n"
    f"        outSlope: %s\n        tangentMode: {_LINEAR}\n        weightedMode: 0\n"
    f"        inWeight: {_WEIGHT}\n        outWeight: {_WEIGHT}\n"
)
_THREE = f"{{x: {_WEIGHT}, y: {_WEIGHT}, z: {_WEIGHT}}}"
_TURN = (
    "      - serializedVersion: 3\n        time: %s\n        value: {x: %s, y: %s, z: %s}\n"
    "        inSlope: {x: %s, y: %s, z: %s}\n        outSlope: {x: %s, y: %s, z: %s}\n"
    "        tangentMode: 0\n        weightedMode: 0\n"
    f"        inWeight: {_THREE}\n        outWeight: {_THREE}\n"
)
_CURVE = "  - curve:\n      serializedVersion: 2\n      m_Curve:\n"
_AFTER = "      m_PreInfinity: 2\n      m_PostInfinity: 2\n      m_RotationOrder: 4\n"


def write_unity_anim(
    clip: AnimationClip, file: Path, keys: tuple[Keys, ...] | None = None, place: Path | None = None
) -> None:
    """Writes the clip with linear keys, `keys` or one wherever a channel moves. `place` names the clip."""
    curves = keys or plain_keys(clip)
    title = _text((place or file).stem)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(
            f"%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!74 &7400000\nAnimationClip:\n{_TOP % title}"
        )
        stream.write(_turns(clip))
        stream.write("  m_PositionCurves: []\n  m_ScaleCurves: []\n")
        stream.write("  m_FloatCurves:\n" if clip.names else "  m_FloatCurves: []\n")
        for name, curve in zip(clip.names, curves, strict=True):
            stream.write(_CURVE + _keys(curve, clip.fps) + _AFTER)
            binding = f"    attribute: {_text(PREFIX + name)}\n    path: \n    classID: {RENDERER}\n"
            stream.write(binding + "    script: {fileID: 0}\n")
        stream.write(_MIDDLE % whole(clip.fps))
        stream.write(_bindings(clip))
        stream.write(_BOTTOM % (texts(np.array([(clip.frames - 1) / clip.fps]), "%.9g")[0], _events(clip)))


def _text(text: str) -> str:
    """A YAML scalar: plain where Unity would write it plain."""
    plain = text.replace(".", "").replace("_", "").replace("-", "")
    if plain.isascii() and plain.isalnum() and text[0].isalpha() and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _slopes(times: Array, values: Array) -> tuple[Array, Array]:
    """The slopes in and out of each key under straight lines; 0 at the ends."""
    between = np.diff(values, axis=0) / np.diff(times).reshape(-1, *[1] * (values.ndim - 1))
    none = np.zeros_like(values[:1])
    return np.concatenate([none, between]), np.concatenate([between, none])


def _keys(curve: Keys, fps: float) -> str:
    """The keys of a weight."""
    times, values = curve.frames / fps, curve.values.astype(np.float64) * PERCENT
    slopes = _slopes(times, values)
    parts = [texts(times, "%.9g"), texts(values, "%.8g"), *(texts(slope, "%.8g") for slope in slopes)]
    cells = [cell for row in zip(*parts, strict=True) for cell in row]
    return _KEY * len(times) % tuple(cells)


def _turns(clip: AnimationClip) -> str:
    """The head's Euler angles, a key on every frame."""
    if clip.head is None:
        return "  m_EulerCurves: []\n"
    values = clip.head[:, [1, 0, 2]].astype(np.float64) * SIGNS
    table = np.concatenate([values, *_slopes(clip.times, values)], axis=1)
    columns = [texts(clip.times, "%.9g"), *(texts(column, "%.8g") for column in table.T)]
    cells = [cell for row in zip(*columns, strict=True) for cell in row]
    return f"  m_EulerCurves:\n{_CURVE}{_TURN * clip.frames % tuple(cells)}{_AFTER}    path: \n"


def _bindings(clip: AnimationClip) -> str:
    """What Unity derives from the curves and keeps beside them; a path or attribute is its CRC-32."""
    rows = [(zlib.crc32((PREFIX + name).encode()), RENDERER, _BLENDSHAPE) for name in clip.names]
    if clip.head is not None:
        rows.append((_EULER, TRANSFORM, _EULER))
    return "".join(
        f"    - serializedVersion: 2\n      path: 0\n      attribute: {attribute}\n"
        "      script: {fileID: 0}\n"
        f"      typeID: {kind}\n      customType: {custom}\n      isPPtrCurve: 0\n"
        for attribute, kind, custom in rows
    )


def _events(clip: AnimationClip) -> str:
    if clip.audio is None:
        return "  m_Events: []\n"
    return (
        f"  m_Events:\n  - time: 0\n    functionName: {EVENT}\n    data: {_text(clip.audio)}\n"
        "    objectReferenceParameter: {fileID: 0}\n    floatParameter: 0\n    intParameter: 0\n"
        "    messageOptions: 1\n"
    )


_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_TOP = """  m_ObjectHideFlags: 0
  m_CorrespondingSourceObject: {fileID: 0}
  m_PrefabInstance: {fileID: 0}
  m_PrefabAsset: {fileID: 0}
  m_Name: %s
  serializedVersion: 6
  m_Legacy: 0
  m_Compressed: 0
  m_UseHighQualityCurve: 1
  m_RotationCurves: []
  m_CompressedRotationCurves: []
"""
_MIDDLE = """  m_PPtrCurves: []
  m_SampleRate: %s
  m_WrapMode: 0
  m_Bounds:
    m_Center: {x: 0, y: 0, z: 0}
    m_Extent: {x: 0, y: 0, z: 0}
  m_ClipBindingConstant:
    genericBindings:
"""
_BOTTOM = """    pptrCurveMapping: []
  m_AnimationClipSettings:
    serializedVersion: 2
    m_AdditiveReferencePoseClip: {fileID: 0}
    m_AdditiveReferencePoseTime: 0
    m_StartTime: 0
    m_StopTime: %s
    m_OrientationOffsetY: 0
    m_Level: 0
    m_CycleOffset: 0
    m_HasAdditiveReferencePose: 0
    m_LoopTime: 0
    m_LoopBlend: 0
    m_LoopBlendOrientation: 0
    m_LoopBlendPositionY: 0
    m_LoopBlendPositionXZ: 0
    m_KeepOriginalOrientation: 0
    m_KeepOriginalPositionY: 1
    m_KeepOriginalPositionXZ: 0
    m_HeightFromFeet: 0
    m_Mirror: 0
  m_EditorCurves: []
  m_EulerEditorCurves: []
  m_HasGenericRootTransform: 0
  m_HasMotionFloatState: 0
%s"""
