"""Faces over plain OSC, in two forms. Customary port 8000.

channels  one address for each channel, `PREFIX/jawOpen float`, whatever the rig; weights as they are,
          rotations in radians
facecap   that of the Face Cap app: `/W int float` with the number of a shape and its weight from 0 to 1, and
          where the stream has a head or eyes `/HR x y z` in degrees, `/HT x y z` (always 0), and `/ELR x y`,
          `/ERR x y` in degrees
Both come as bundles of at most 1,400 bytes. Numbers of the shapes: https://bannaflak.com/face-cap/livemode.html
Signs and order of the app's angles are undocumented: x is taken to be pitch, y yaw, z roll.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

from livelink.channels import HEAD_NAMES, LEFT_EYE_NAMES, LINK_NAMES, RIGHT_EYE_NAMES, Places, angles, plain
from livelink.osc import Message, bundles, floats, osc_prefix, prefix
from rigs import WeightFrame

PORT = 8000


def _pair(*names: str) -> tuple[str, ...]:
    return tuple(name + side for name in names for side in ("Left", "Right"))


FACECAP_NAMES: tuple[str, ...] = (
    *(
        "browInnerUp",
        *_pair("browDown", "browOuterUp", "eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut"),
    ),
    *_pair("eyeBlink", "eyeSquint", "eyeWide"),
    *("cheekPuff", *_pair("cheekSquint", "noseSneer")),
    *("jawOpen", "jawForward", "jawLeft", "jawRight"),
    *("mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *("mouthRollUpper", "mouthRollLower", "mouthShrugUpper", "mouthShrugLower", "mouthClose"),
    *_pair("mouthSmile", "mouthFrown", "mouthDimple", "mouthUpperUp", "mouthLowerDown", "mouthPress"),
    *(*_pair("mouthStretch"), "tongueOut"),
)
"""The 52 shapes by their number in Face Cap."""

Encoder = Callable[[WeightFrame], list[bytes]]


def channel_encoder(names: Sequence[str], start: str = "") -> Encoder:
    """Frames → bundles of `start/NAME float`. Raises DestinationError for a prefix OSC cannot have."""
    start = osc_prefix(start)
    starts = [prefix(f"{start}/{name}", "f") for name in names]

    def datagrams(frame: WeightFrame) -> list[bytes]:
        pairs = zip(starts, frame.weights.tolist(), strict=True)
        return bundles(begin + floats(value) for begin, value in pairs)

    return datagrams


def facecap_encoder(names: Sequence[str]) -> Encoder:
    """Frames → bundles of `/W number weight` and angles. Raises RefusedError for channels of another rig."""
    places = Places(names, (*FACECAP_NAMES, *LINK_NAMES[52:]), "Face Cap")
    starts = [prefix("/W", "if") + struct.pack(">i", number) for number in range(len(FACECAP_NAMES))]
    turned = any(plain(name) in LINK_NAMES[52:] for name in names)

    def datagrams(frame: WeightFrame) -> list[bytes]:
        values = places.values(frame.weights).tolist()
        messages = [begin + floats(value) for begin, value in zip(starts, values, strict=False)]
        if turned:
            messages += _turns(dict(zip(LINK_NAMES[52:], values[52:], strict=True)))
        return bundles(messages)

    return datagrams


def _turns(values: dict[str, float]) -> list[bytes]:
    eyes = (("/ELR", LEFT_EYE_NAMES), ("/ERR", RIGHT_EYE_NAMES))
    return [
        prefix("/HT", "fff") + floats(0, 0, 0),
        prefix("/HR", "fff") + floats(*angles(values, HEAD_NAMES)),
        *(prefix(address, "ff") + floats(*angles(values, names)[:2]) for address, names in eyes),
    ]


def values_of(messages: Iterable[Message]) -> dict[str, float]:
    """{name: value} of what has a number: addresses without their first slash, Face Cap's shapes by name.

    Messages of other shapes are passed over; OSC is used for much else.
    """
    result: dict[str, float] = {}
    for address, arguments in messages:
        numbers = [value for value in arguments if isinstance(value, (int, float))]
        if address == "/W" and len(numbers) == 2:
            if numbers[0] in range(len(FACECAP_NAMES)):
                result[FACECAP_NAMES[int(numbers[0])]] = float(numbers[1])
        elif len(numbers) == 1:
            result[address.lstrip("/")] = float(numbers[0])
        else:
            pairs = zip("xyzw", numbers, strict=False)
            result.update({f"{address.lstrip('/')}.{axis}": float(value) for axis, value in pairs})
    return result
