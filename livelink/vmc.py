"""The VMC protocol: OSC to a VRM avatar. Ports 39539 (to the program that shows it) and 39540.

Each frame is `/VMC/Ext/OK 1`, `/VMC/Ext/T seconds`, one `/VMC/Ext/Blend/Val name weight` for each shape and
`/VMC/Ext/Blend/Apply`, in bundles of at most 1,400 bytes, Apply in the last. Names are case-sensitive:

arkit        the stream's own names, `jawOpen`
perfectsync  the same with a capital, `JawOpen`: clips of "perfect sync" avatars, and Godot's trackers
vrm0         A I U E O, Joy, Sorrow, Blink_L and Blink_R: presets of VRM 0
vrm1         aa ih ou ee oh, happy, sad, blinkLeft and blinkRight: presets of VRM 1

Weights are from 0 to 1. Presets are an estimate from the ARKit weights (see `presets`). A stream with head
rotations also sends `/VMC/Ext/Bone/Pos Head`, a quaternion in Unity's left-handed axes.
Sources: https://protocol.vmc.info/english, "Marionette" messages; for the capitals VSeeFace's manual, "iPhone
face tracking".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from livelink.channels import HEAD_NAMES, LINK_NAMES, Places, plain
from livelink.osc import Message, bundles, floats, prefix, text
from rigs import WeightFrame

PORT = 39539
NAMES = ("arkit", "perfectsync", "vrm0", "vrm1")

_PRESETS: dict[str, tuple[str, ...]] = {
    "vrm0": ("A", "I", "U", "E", "O", "Joy", "Sorrow", "Blink_L", "Blink_R"),
    "vrm1": ("aa", "ih", "ou", "ee", "oh", "happy", "sad", "blinkLeft", "blinkRight"),
}
_OK = prefix("/VMC/Ext/OK", "i") + b"\0\0\0\1"
_APPLY = prefix("/VMC/Ext/Blend/Apply", "")
_BONE = prefix("/VMC/Ext/Bone/Pos", "sfffffff") + text("Head")

Encoder = Callable[[WeightFrame], list[bytes]]


def presets(values: Mapping[str, float]) -> tuple[float, ...]:
    """A I U E O, joy, sorrow and two blinks, each from 0 to 1, from ARKit weights.

    The opening is the jaw's less what closes the lips, 0.6 being wide open. Rounded lips make O (open) or U,
    spread ones E (open) or I, neither makes A; the five sum to 1 at most.
    """

    def mean(name: str) -> float:
        return (values.get(f"{name}Left", 0.0) + values.get(f"{name}Right", 0.0)) / 2

    opening = _unit((values.get("jawOpen", 0.0) - values.get("mouthClose", 0.0)) / 0.6)
    tall = _unit(opening / 0.7)
    rounded = _unit(1.2 * max(values.get("mouthFunnel", 0.0), values.get("mouthPucker", 0.0)))
    spread = _unit(2 * mean("mouthStretch")) * (1 - rounded)
    vowels = [
        opening * (1 - rounded) * (1 - spread),
        spread * (1 - tall) * min(1.0, 4 * opening),
        rounded * (1 - tall),
        spread * tall,
        rounded * tall,
    ]
    total = max(1.0, sum(vowels))
    blinks = (values.get("eyeBlinkLeft", 0.0), values.get("eyeBlinkRight", 0.0))
    rest = (mean("mouthSmile"), mean("mouthFrown"), *blinks)
    return tuple(value / total for value in vowels) + tuple(_unit(value) for value in rest)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def encoder(names: Sequence[str], spelling: str = "arkit") -> Encoder:
    """Frames → bundles. `spelling` is one of NAMES. Raises RefusedError for presets of another rig."""
    shapes = [index for index, name in enumerate(names) if plain(name) not in LINK_NAMES[52:]]
    own = [names[index] for index in shapes]
    if spelling == "perfectsync":
        own = [name[:1].upper() + name[1:] for name in own]
    sent = _PRESETS.get(spelling) or own
    starts = [prefix("/VMC/Ext/Blend/Val", "sf") + text(name) for name in sent]
    places = Places(names, LINK_NAMES, "VMC") if spelling in _PRESETS or len(shapes) < len(names) else None
    turned = any(plain(name) in HEAD_NAMES for name in names)
    time = prefix("/VMC/Ext/T", "f")

    def datagrams(frame: WeightFrame) -> list[bytes]:
        known = dict(zip(LINK_NAMES, places.values(frame.weights).tolist(), strict=True)) if places else {}
        values = presets(known) if spelling in _PRESETS else frame.weights[shapes].tolist()
        messages = [_OK, time + floats(frame.time)]
        if turned:
            messages.append(_BONE + floats(0, 0, 0, *turn(*(known[name] for name in HEAD_NAMES))))
        messages += [start + floats(value) for start, value in zip(starts, values, strict=True)]
        return bundles([*messages, _APPLY])

    return datagrams


def turn(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    """x, y, z, w in Unity's axes of a head turned by radians.

    Yaw is about +y, then pitch about the head's +x, then roll about its +z, right-handed with the character's
    left at +x; Unity has x to the right, so x is mirrored: the signs of y and z change.
    """
    (sy, sx, sz), (cy, cx, cz) = zip(
        *((math.sin(a / 2), math.cos(a / 2)) for a in (yaw, pitch, roll)), strict=True
    )
    x = cy * sx * cz + sy * cx * sz
    y = sy * cx * cz - cy * sx * sz
    z = cy * cx * sz - sy * sx * cz
    return x, -y, -z, cy * cx * cz + sy * sx * sz


def values_of(messages: Iterable[Message]) -> dict[str, float]:
    """{shape: weight} of the Blend/Val messages; all others are passed over."""
    return {
        str(arguments[0]): float(arguments[1])
        for address, arguments in messages
        if address == "/VMC/Ext/Blend/Val"
        and len(arguments) == 2
        and isinstance(arguments[0], str)
        and isinstance(arguments[1], (int, float))
    }
