"""iFacialMocap: the example of its own page, what is sent, and broken datagrams."""

from __future__ import annotations

import socket
from collections.abc import Callable

import numpy as np
import pytest

from livelink import PacketError, RefusedError, open_destination
from livelink.channels import LINK_NAMES
from livelink.ifacialmocap import decode, encoder
from rigs import ARKIT_NAMES, WeightFrame

CAPTURED = (
    b"mouthSmile_R-0|eyeLookOut_L-0|mouthUpperUp_L-11|eyeWide_R-0|mouthClose-8|mouthPucker-4|eyeBlink_R-7|"
    b"jawRight-0|browInnerUp-20|jawOpen-12|mouthLeft-1|=head#-21.488958,-6.038993,-6.6019735,-0.030653415,"
    b"-0.10287084,-0.6584072|rightEye#6.0297494,2.4403017,0.25649446|leftEye#6.034903,-1.6660284,-0.17520553|"
)
"""From the protocol's page, some shapes left out."""


def by_splitting(datagram: bytes) -> tuple[dict[str, float], dict[str, list[float]]]:
    """A reader as simple programs have it: int for shapes, split at every mark."""
    shapes, turns = datagram.decode().split("=")
    return (
        {part.split("-")[0]: float(part.split("-")[1]) for part in shapes.split("|")[:-1]},
        {
            part.split("#")[0]: list(map(float, part.split("#")[1].split(",")))
            for part in turns.split("|")[:-1]
        },
    )


def test_a_phone_is_read() -> None:
    values = decode(CAPTURED)
    assert values["mouthUpperUpLeft"] == 0.11
    assert (values["jawOpen"], values["mouthLeft"], values["jawRight"]) == (0.12, 0.01, 0.0)
    assert (values["head.rx"], values["head.pz"]) == (-21.488958, -0.6584072)
    assert values["leftEye.ry"] == -1.6660284
    assert decode(CAPTURED.replace(b"-0|", b"&0|"))["mouthSmileRight"] == 0


@pytest.mark.parametrize("decimals", [0, 4])
def test_simple_programs_read_what_a_sink_sends(
    decimals: int,
    frames: list[WeightFrame],
    receiver: socket.socket,
    received: Callable[[socket.socket, int], list[bytes]],
) -> None:
    sink = open_destination(f"ifacialmocap://127.0.0.1:{receiver.getsockname()[1]}?decimals={decimals}")
    sink.open(LINK_NAMES, 60)
    sink.send(frames[0])
    (datagram,) = received(receiver, 1)
    shapes, turns = by_splitting(datagram)
    weights = dict(zip(LINK_NAMES, frames[0].weights.tolist(), strict=True))
    assert len(shapes) == 52 and {"jawLeft", "mouthSmile_L", "eyeLookIn_R", "mouthRollLower"} <= set(shapes)
    assert abs(shapes["mouthSmile_L"] / 100 - weights["mouthSmileLeft"]) <= 0.5 / 10 ** (decimals + 2) + 1e-9
    assert np.allclose(
        np.radians(turns["head"][:3]), [weights["headPitch"], weights["headYaw"], weights["headRoll"]]
    )
    assert turns["head"][3:] == [0, 0, 0]
    back = decode(datagram)
    assert max(abs(back[name] - weights[name]) for name in ARKIT_NAMES) <= 0.51 / 10 ** (decimals + 2)
    sink.close()
    assert set(by_splitting(received(receiver, 1)[0])[0].values()) == {0.0}


def test_a_minus_never_doubles() -> None:
    assert b"jawOpen-0|" in encoder(("jawOpen",))(WeightFrame(0.0, np.array([-0.3])))[0]
    with pytest.raises(RefusedError):
        encoder(("aa",))


@pytest.mark.parametrize(
    "bad", [b"", b"|||", b"hello", b"jawOpen-nan|", b"=head#1,2,x|", b"\xff\xfe", b"a-1|" * 9000]
)
def test_what_is_something_else_is_refused(bad: bytes) -> None:
    with pytest.raises(PacketError):
        decode(bad)


def test_nothing_else_comes_out_of_broken_datagrams(hold_out: Callable[..., int]) -> None:
    assert hold_out(decode, CAPTURED, seed=4) > 0
