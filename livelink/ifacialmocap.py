"""iFacialMocap's UDP text, as its iOS app sends it. Port 49983.

    jawOpen-12|mouthSmile_L-3| … |=head#rx,ry,rz,px,py,pz|rightEye#x,y,z|leftEye#x,y,z|

Weights are 0 to 100, whole numbers as the app sends them (`decimals` gives more, which not every program
reads); sides are written _L and _R; angles are degrees, positions stay 0. Signs of the angles are
undocumented: x is taken to be pitch, y yaw, z roll. Programs ask a phone to start with the handshake below;
this side sends without being asked. The newer form of the protocol with & in place of - is read as well.
Source: https://www.ifacialmocap.com/for-developer/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from livelink.channels import (
    HEAD_NAMES,
    LEFT_EYE_NAMES,
    LINK_NAMES,
    RIGHT_EYE_NAMES,
    Places,
    angles,
    underscored,
)
from livelink.errors import PacketError
from rigs import ARKIT_NAMES, WeightFrame

PORT = 49983
HANDSHAKE = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
LONGEST = 8192
"""Bytes that are looked at, as in the protocol's own example."""

MOST_PARTS = 512
_SHAPE = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,63})(?:-|&)(-?\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_TURN = re.compile(r"=?(head|rightEye|leftEye)#([-+0-9.eE,]{1,200})", re.ASCII)
_FULL = {underscored(name): name for name in ARKIT_NAMES}
_AXES = ("rx", "ry", "rz", "px", "py", "pz")


def encoder(names: Sequence[str], decimals: int = 0) -> Callable[[WeightFrame], list[bytes]]:
    """Frames → one datagram each. Raises RefusedError for channels of another rig."""
    places = Places(names, LINK_NAMES, "iFacialMocap")
    spelt = [underscored(name) for name in ARKIT_NAMES]

    def datagrams(frame: WeightFrame) -> list[bytes]:
        values = dict(zip(LINK_NAMES, places.values(frame.weights).tolist(), strict=True))
        shapes = "".join(
            # Never below 0: a minus sign would look like the separator.
            f"{short}-{min(100.0, max(0.0, 100 * values[name])):.{decimals}f}|"
            for short, name in zip(spelt, ARKIT_NAMES, strict=True)
        )
        head, right, left = (
            ",".join(f"{angle:.6g}" for angle in angles(values, turned))
            for turned in (HEAD_NAMES, RIGHT_EYE_NAMES, LEFT_EYE_NAMES)
        )
        return [f"{shapes}=head#{head},0,0,0|rightEye#{right}|leftEye#{left}|".encode()]

    return datagrams


def decode(datagram: bytes) -> dict[str, float]:
    """{name: value}: weights from 0 to 1 by ARKit's names (others as they come), `head.rx` … in degrees.

    Raises PacketError when it is not in this form.
    """
    if not 0 < len(datagram) <= LONGEST:
        raise PacketError(f"{len(datagram)} bytes; expected 1 to {LONGEST}")
    try:
        parts = datagram.decode("ascii").replace("=", "|=").split("|")
    except UnicodeDecodeError as error:
        raise PacketError("it is no ASCII text") from error
    if len(parts) > MOST_PARTS:
        raise PacketError(f"{len(parts)} parts; expected at most {MOST_PARTS}")
    result: dict[str, float] = {}
    for part in parts:
        if part not in ("", "="):
            result.update(_part(part))
    if not result:
        raise PacketError("it has no values")
    return result


def _part(part: str) -> dict[str, float]:
    shape = _SHAPE.fullmatch(part)
    if shape:
        return {_FULL.get(shape[1], shape[1]): float(shape[2]) / 100}
    turned = _TURN.fullmatch(part)
    if not turned:
        raise PacketError(f"part {part[:30]!r}; expected name-number or head#numbers")
    try:
        numbers = [float(number) for number in turned[2].split(",")]
    except ValueError as error:
        raise PacketError(f"part {part[:30]!r} has something that is no number") from error
    if len(numbers) > len(_AXES) or not all(map(math.isfinite, numbers)):
        raise PacketError(f"part {part[:30]!r}; expected at most {len(_AXES)} finite numbers")
    return {f"{turned[1]}.{axis}": number for axis, number in zip(_AXES, numbers, strict=False)}
