"""OSC: against python-osc both ways, the two forms of a face, and broken datagrams."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

import numpy as np
import pytest
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from livelink import DestinationError, PacketError, RefusedError, open_destination
from livelink.channels import LINK_NAMES
from livelink.osc import Message, bundles, decode
from livelink.osc_face import FACECAP_NAMES, channel_encoder, facecap_encoder, values_of
from rigs import ARKIT_NAMES, WeightFrame

LITERAL = (
    b"#bundle\x00\x00\x00\x00\x00\x00\x00\x00\x01"
    b"\x00\x00\x00\x18/face/jawOpen\x00\x00\x00,f\x00\x00\x3f\x00\x00\x00"
    b"\x00\x00\x00\x18/face/tongueOut\x00,f\x00\x00\x3e\x80\x00\x00"
)
"""jawOpen 0.5 and tongueOut 0.25 under /face, written by hand from the specification."""


def by_python_osc(datagrams: list[bytes]) -> list[tuple[str, list[object]]]:
    """The messages as the other library reads them."""
    packets = [OscPacket(datagram) for datagram in datagrams]
    return [(timed.message.address, timed.message.params) for packet in packets for timed in packet.messages]


def test_the_datagram_written_by_hand() -> None:
    frame = WeightFrame(0.0, np.array([0.5, 0.25]))
    assert channel_encoder(("jawOpen", "tongueOut"), "face")(frame) == [LITERAL]
    expected = [Message("/face/jawOpen", (0.5,)), Message("/face/tongueOut", (0.25,))]
    assert decode(LITERAL) == expected
    assert values_of(expected) == {"face/jawOpen": 0.5, "face/tongueOut": 0.25}


@pytest.mark.parametrize("path", ["", "face", "avatar/顔"])
def test_python_osc_reads_what_a_sink_sends(
    path: str,
    frames: list[WeightFrame],
    receiver: socket.socket,
    received: Callable[[socket.socket, int], list[bytes]],
) -> None:
    sink = open_destination(f"osc://127.0.0.1:{receiver.getsockname()[1]}/{path}")
    sink.open(LINK_NAMES, 60)
    for frame in frames:
        sink.send(frame)
        datagrams = received(receiver, 2)
        assert max(map(len, datagrams)) <= 1400
        messages = by_python_osc(datagrams)
        start = f"/{path}/" if path else "/"
        assert [address for address, _ in messages] == [start + name for name in LINK_NAMES]
        assert np.array_equal(np.array([values for _, values in messages], np.float32)[:, 0], frame.weights)
        assert values_of(message for datagram in datagrams for message in decode(datagram)) == {
            start[1:] + name: value for name, value in zip(LINK_NAMES, frame.weights.tolist(), strict=True)
        }
    sink.close()
    rest = by_python_osc(received(receiver, 2))
    assert {value for _, (value,) in rest} == {0.0}


def test_what_python_osc_builds_is_read() -> None:
    builder = OscMessageBuilder("/mixed/值")
    values = [7, 0.5, "né", True, False, None]
    for value in values:
        builder.add_arg(value)
    builder.add_arg(2**40, OscMessageBuilder.ARG_TYPE_INT64)
    builder.add_arg(0.1, OscMessageBuilder.ARG_TYPE_DOUBLE)
    raw = builder.build().dgram
    assert decode(raw) == [Message("/mixed/值", (*values, 2**40, 0.1))]
    assert decode(bundles([raw, *bundles([raw])])[0]) == 2 * decode(raw)


def test_facecap_numbers_its_shapes(frames: list[WeightFrame]) -> None:
    """Numbers of the app's page: 0 brow inner up, 13 and 14 blinks, 24 jaw open, 51 tongue out."""
    assert sorted(FACECAP_NAMES) == sorted(ARKIT_NAMES)
    known = {0: "browInnerUp", 9: "eyeLookInLeft", 13: "eyeBlinkLeft", 24: "jawOpen", 51: "tongueOut"}
    assert {number: FACECAP_NAMES[number] for number in known} == known
    messages = by_python_osc(facecap_encoder(LINK_NAMES)(frames[3]))
    weights = dict(zip(LINK_NAMES, frames[3].weights.tolist(), strict=True))
    for number, (address, values) in enumerate(messages[:52]):
        assert (address, values) == ("/W", [number, weights[FACECAP_NAMES[number]]])
    turns = {address: np.radians(values) for address, values in messages[52:]}
    assert list(turns) == ["/HT", "/HR", "/ELR", "/ERR"]
    expected = [weights[name] for name in ("headPitch", "headYaw", "headRoll")]
    assert np.allclose(turns["/HR"], expected, atol=1e-6)
    assert np.allclose(turns["/ERR"], [weights["rightEyePitch"], weights["rightEyeYaw"]], atol=1e-6)


def test_facecap_back_to_names(frames: list[WeightFrame]) -> None:
    datagrams = facecap_encoder(ARKIT_NAMES)(WeightFrame(0.0, frames[0].weights[:52]))
    found = values_of(message for datagram in datagrams for message in decode(datagram))
    assert found == dict(zip(ARKIT_NAMES, frames[0].weights.tolist(), strict=False))
    with pytest.raises(RefusedError):
        facecap_encoder(("aa", "O"))


@pytest.mark.parametrize("path", ["a b", "x#y", "p*", "a" * 400])
def test_a_prefix_osc_cannot_have_is_refused(path: str) -> None:
    with pytest.raises(DestinationError, match="OSC prefix"):
        channel_encoder(ARKIT_NAMES, path)


def test_a_bundle_that_hangs_others_does_not_hang() -> None:
    head = b"#bundle\x00" + b"\x00" * 7 + b"\x01"
    for length in (-4, -(2**31), 0, 2**31 - 1):
        with pytest.raises(PacketError):
            decode(head + struct.pack(">i", length))
    nested = head
    for _ in range(50):
        nested = head + struct.pack(">i", len(nested)) + nested
    with pytest.raises(PacketError, match="nested"):
        decode(nested)


def test_large_datagrams_are_bounded() -> None:
    many = bundles([b"/a\x00\x00,\x00\x00\x00"] * 700, size=9000)
    assert len(many) == 1 and len(decode(many[0])) == 700
    with pytest.raises(PacketError):
        decode(bundles([b"/a\x00\x00,\x00\x00\x00"] * 800, size=20000)[0])
    with pytest.raises(PacketError):
        decode(b"/a\x00\x00" + b"," + b"i" * 200)


def test_nothing_else_comes_out_of_broken_datagrams(hold_out: Callable[..., int]) -> None:
    good = bundles(
        [b"/W\x00\x00,if\x00\x00\x00\x00\x07\x3f\x00\x00\x00", b"/s\x00\x00,sTN\x00\x00\x00\x00hey\x00"]
    )[0]
    assert hold_out(lambda datagram: values_of(decode(datagram)), good, seed=2) > 0
