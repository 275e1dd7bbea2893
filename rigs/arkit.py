"""The 52 ARKit blendshapes and the 61 values of Live Link Face.

Names and meaning: Apple, ARFaceAnchor.BlendShapeLocation,
https://developer.apple.com/documentation/arkit/arfaceanchor/blendshapelocation
"""

from __future__ import annotations

from rigs.channel import Channel
from rigs.rig import Rig

_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
_JAW = ("jawForward", "jawLeft", "jawRight", "jawOpen")
_MOUTH = (
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthUpperUpLeft", "mouthUpperUpRight"),
)
_REST = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
)

ARKIT_NAMES: tuple[str, ...] = (
    *(f"{name}Left" for name in _EYE),
    *(f"{name}Right" for name in _EYE),
    *_JAW,
    *_MOUTH,
    *_REST,
)
"""The 52 names, in the order that Live Link Face sends them."""

MOUTH_NAMES: tuple[str, ...] = (*_JAW, *_MOUTH, "cheekPuff", "tongueOut")
"""The channels that must lie still when nobody speaks."""

ROTATION_NAMES: tuple[str, ...] = (
    *("headYaw", "headPitch", "headRoll"),
    *("leftEyeYaw", "leftEyePitch", "leftEyeRoll"),
    *("rightEyeYaw", "rightEyePitch", "rightEyeRoll"),
)
"""The nine rotations that Live Link Face adds after the 52 shapes."""


def arkit_rig() -> Rig:
    """The ARKit channels without a mesh, each from 0 to 1."""
    return Rig(tuple(Channel(name) for name in ARKIT_NAMES))
