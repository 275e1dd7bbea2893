"""Anchor points over OSC, as python-osc reads them."""

from __future__ import annotations

import socket
from collections.abc import Callable

import numpy as np
import pytest
from pythonosc.osc_packet import OscPacket

from livelink import DestinationError, RefusedError, open_destination
from livelink.osc import decode
from livelink.osc_anchors import anchor_encoder
from rigs import ARKIT_NAMES, WeightFrame, default_head
from rigs.anchors import LAYOUTS, anchor_positions


def frame(seed: int = 0) -> WeightFrame:
    return WeightFrame(0.5, np.random.default_rng(seed).random(52).astype(np.float32))


def by_python_osc(datagrams: list[bytes]) -> list[tuple[str, list[object]]]:
    packets = [OscPacket(datagram) for datagram in datagrams]
    return [(timed.message.address, timed.message.params) for packet in packets for timed in packet.messages]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", ["", "face", "avatar/顔"])
def test_python_osc_reads_every_point(layout: str, path: str) -> None:
    encode = anchor_encoder(ARKIT_NAMES, layout, path)
    encode(frame(1))  # nothing of one frame is left in the next
    datagrams = encode(frame())
    assert max(map(len, datagrams)) <= 1400
    expected = anchor_positions(default_head(), frame().weights[None], layout)[0]
    *points, done = by_python_osc(datagrams)
    start = f"/{path}/" if path else "/"
    assert [address for address, _ in points] == [f"{start}{number}" for number in range(len(expected))]
    np.testing.assert_allclose(np.array([values for _, values in points]), expected, atol=1e-7)
    assert done == (f"{start}done", [len(expected)])
    assert [len(decode(datagram)) for datagram in datagrams] == [
        len(OscPacket(datagram).messages) for datagram in datagrams
    ]


def test_a_destination_sends_them_and_ends_at_rest(
    receiver: socket.socket, received: Callable[[socket.socket, int], list[bytes]]
) -> None:
    sink = open_destination(f"osc://127.0.0.1:{receiver.getsockname()[1]}/hero?form=anchors68")
    sink.open(ARKIT_NAMES, 60)
    sink.send(frame())
    *points, _ = by_python_osc(received(receiver, 2))
    expected = anchor_positions(default_head(), np.stack([frame().weights, np.zeros(52)]), "anchors68")
    np.testing.assert_allclose(np.array([values for _, values in points]), expected[0], atol=1e-7)
    sink.close()
    *points, _ = by_python_osc(received(receiver, 2))
    np.testing.assert_allclose(np.array([values for _, values in points]), expected[1], atol=1e-7)


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(
        RefusedError, match="anchors68 lie on the default head, which has none of these channels"
    ):
        anchor_encoder(("Joy", "Fun"), "anchors68")
    with pytest.raises(DestinationError, match="OSC prefix"):
        open_destination("osc://127.0.0.1:9000/a b?form=anchors68")
    with pytest.raises(DestinationError, match="form is 'anchors5'; expected channels"):
        open_destination("osc://127.0.0.1:9000/a?form=anchors5")
