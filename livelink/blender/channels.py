"""Names of channels by the order in which two protocols number them."""

from __future__ import annotations


def _sides(*names: str) -> tuple[str, ...]:
    return tuple(name + side for name in names for side in ("Left", "Right"))


_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")

HEAD = ("headYaw", "headPitch", "headRoll")
"""Turns of the head, radians."""

EYES = tuple(f"{side}Eye{turn}" for side in ("left", "right") for turn in ("Yaw", "Pitch", "Roll"))
"""Turns of the eyes in Live Link Face; the shapes eyeLook… say the same, so nothing uses them here."""

LINK: tuple[str, ...] = (
    *(f"{name}Left" for name in _EYE),
    *(f"{name}Right" for name in _EYE),
    *("jawForward", "jawLeft", "jawRight", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *_sides("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *_sides("mouthPress", "mouthLowerDown", "mouthUpperUp"),
    *(*_sides("browDown"), "browInnerUp", *_sides("browOuterUp")),
    *("cheekPuff", *_sides("cheekSquint", "noseSneer"), "tongueOut"),
    *HEAD,
    *EYES,
)
"""The 61 values of Live Link Face."""

FACE_CAP: tuple[str, ...] = (
    *("browInnerUp", *_sides("browDown", "browOuterUp")),
    *_sides("eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeBlink", "eyeSquint", "eyeWide"),
    *("cheekPuff", *_sides("cheekSquint", "noseSneer")),
    *("jawOpen", "jawForward", "jawLeft", "jawRight"),
    *("mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *("mouthRollUpper", "mouthRollLower", "mouthShrugUpper", "mouthShrugLower", "mouthClose"),
    *_sides("mouthSmile", "mouthFrown", "mouthDimple", "mouthUpperUp", "mouthLowerDown"),
    *(*_sides("mouthPress", "mouthStretch"), "tongueOut"),
)
"""The 52 shapes by their number in Face Cap, https://bannaflak.com/face-cap/livemode.html"""
