"""VMC: against vmcp's own reading of OSC, presets, head, and broken datagrams."""

from __future__ import annotations

import socket
from collections.abc import Callable

import numpy as np
import pytest
from osc4py3 import oscbuildparse
from pythonosc.osc_packet import OscPacket
from vmcp.osc.typing import Message as TheirMessage
from vmcp.protocol import blendshape, blendshape_apply
from vmcp.typing import BlendShapeKey

from livelink import RefusedError, open_destination
from livelink.channels import LINK_NAMES
from livelink.osc import decode
from livelink.vmc import encoder, presets, turn, values_of
from rigs import ARKIT_NAMES, VISEMES, WeightFrame, load_rig

HEAD_OF_BUNDLE = b"#bundle\x00\x00\x00\x00\x00\x00\x00\x00\x01"
LITERAL = (
    HEAD_OF_BUNDLE + b"\x00\x00\x00\x14/VMC/Ext/OK\x00,i\x00\x00\x00\x00\x00\x01"
    b"\x00\x00\x00\x14/VMC/Ext/T\x00\x00,f\x00\x00\x3e\x80\x00\x00"
    b"\x00\x00\x00\x24/VMC/Ext/Blend/Val\x00\x00,sf\x00jawOpen\x00\x3f\x00\x00\x00"
    b"\x00\x00\x00\x1c/VMC/Ext/Blend/Apply\x00\x00\x00\x00,\x00\x00\x00"
)
"""jawOpen 0.5 at 0.25 s, written by hand."""


THEIRS = BlendShapeKey("Keys", {name: name for name in ARKIT_NAMES})  # type: ignore[call-overload]


def by_osc4py3(datagrams: list[bytes]) -> list[TheirMessage]:
    """The messages as the library that vmcp stands on reads them."""
    found = []
    for datagram in datagrams:
        packet = oscbuildparse.decode_packet(datagram)
        for element in packet.elements:
            found.append(TheirMessage(element.addrpattern, element.typetags, tuple(element.arguments)))
    return found


def test_the_datagram_written_by_hand() -> None:
    assert encoder(("jawOpen",))(WeightFrame(0.25, np.array([0.5]))) == [LITERAL]
    assert values_of(decode(LITERAL)) == {"jawOpen": 0.5}


def test_vmcp_reads_what_a_sink_sends(
    frames: list[WeightFrame],
    receiver: socket.socket,
    received: Callable[[socket.socket, int], list[bytes]],
) -> None:
    sink = open_destination(f"vmc://127.0.0.1:{receiver.getsockname()[1]}")
    sink.open(ARKIT_NAMES, 60)
    parts = len(encoder(ARKIT_NAMES)(WeightFrame(0.0, np.zeros(52))))
    for frame in frames:
        sink.send(WeightFrame(frame.time, frame.weights[:52]))
        datagrams = received(receiver, parts)
        assert max(map(len, datagrams)) < 1400
        messages = by_osc4py3(datagrams)
        assert [message.address for message in messages[:2]] == ["/VMC/Ext/OK", "/VMC/Ext/T"]
        shapes = messages[2:-1]
        assert {(message.address, message.typetags) for message in shapes} == {("/VMC/Ext/Blend/Val", ",sf")}
        assert [message.arguments[0] for message in shapes] == list(ARKIT_NAMES)
        sent = np.array([message.arguments[1] for message in shapes], np.float32)
        assert np.array_equal(sent, frame.weights[:52])
        assert shapes == [
            TheirMessage(*blendshape(THEIRS[name], value))
            for name, value in zip(ARKIT_NAMES, frame.weights.tolist(), strict=False)
        ]
        assert TheirMessage(*blendshape_apply()) == messages[-1]
    sink.close()
    rest = by_osc4py3(received(receiver, parts))
    assert {message.arguments[1] for message in rest[2:-1]} == {0.0}


def test_perfect_sync_has_capitals() -> None:
    frame = WeightFrame(0.0, np.array([0.5, 0.25, 0.1]))
    datagrams = encoder(("jawOpen", "mouthSmileLeft", "headYaw"), "perfectsync")(frame)
    assert values_of(decode(datagrams[0])) == {"JawOpen": 0.5, "MouthSmileLeft": 0.25}


@pytest.mark.parametrize(("spelling", "first"), [("vrm0", "A"), ("vrm1", "aa")])
def test_presets_are_names_of_the_rig(spelling: str, first: str, frames: list[WeightFrame]) -> None:
    values = values_of(decode(encoder(LINK_NAMES, spelling)(frames[0])[0]))
    assert set(values) <= set(load_rig(spelling).names)
    assert next(iter(values)) == first
    assert all(0 <= value <= 1 for value in values.values())
    with pytest.raises(RefusedError):
        encoder(("aa", "O"), spelling)


@pytest.mark.parametrize(("viseme", "place"), [("aa", 0), ("I", 1), ("U", 2), ("E", 3), ("O", 4)])
def test_vowels_are_told_apart(viseme: str, place: int) -> None:
    vowels = presets(VISEMES[viseme])[:5]
    assert int(np.argmax(vowels)) == place
    assert sum(vowels) <= 1 + 1e-6


def test_rest_and_closed_lips_are_no_vowel() -> None:
    assert sum(presets({})) == 0
    assert presets({"jawOpen": 0.3, "mouthClose": 0.3})[0] == 0


def test_head_turns_as_in_unity() -> None:
    """Quarter turns about one axis each: to the character's left is -y in Unity, nodding down +x."""
    half = np.sqrt(0.5)
    assert np.allclose(turn(np.pi / 2, 0, 0), (0, -half, 0, half))
    assert np.allclose(turn(0, np.pi / 2, 0), (half, 0, 0, half))
    assert np.allclose(turn(0, 0, np.pi / 2), (0, 0, -half, half))


def test_head_is_sent_as_a_bone(frames: list[WeightFrame]) -> None:
    messages = [
        timed.message for data in encoder(LINK_NAMES)(frames[1]) for timed in OscPacket(data).messages
    ]
    bones = [message.params for message in messages if message.address == "/VMC/Ext/Bone/Pos"]
    assert [bone[0] for bone in bones] == ["Head"]
    assert np.allclose(bones[0][4:], turn(*frames[1].weights[52:55].tolist()))
    assert sum(message.address == "/VMC/Ext/Blend/Val" for message in messages) == 52


def test_nothing_else_comes_out_of_broken_datagrams(hold_out: Callable[..., int]) -> None:
    assert hold_out(lambda datagram: values_of(decode(datagram)), LITERAL, seed=3) > 0
