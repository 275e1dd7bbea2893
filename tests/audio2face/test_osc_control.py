"""Controls set over OSC, by python-osc as an independent sender."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from audio2face.live.controls import Control, Controls
from audio2face.live.osc_control import OscControl
from livelink import DestinationError, LinkError


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


@pytest.fixture
def controls() -> Controls:
    return Controls(
        [Control("emotion/joy", 0.0), Control("emotion/fear", 0.0), Control("head", 1.0, 0.0, 2.0)]
    )


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_messages_and_bundles_set_values(controls, port):
    with OscControl(f"osc://127.0.0.1:{port}", controls) as listening:
        sender = SimpleUDPClient("127.0.0.1", port)
        sender.send_message("/audio2face/emotion/joy", 0.6)
        eventually(lambda: controls.group("emotion")["joy"] == pytest.approx(0.6))
        bundle = OscBundleBuilder(IMMEDIATELY)
        for address, value in (("/audio2face/emotion/fear", 1), ("/audio2face/head", 0.5)):
            message = OscMessageBuilder(address)
            message.add_arg(value)
            bundle.add_content(message.build())
        sender.send(bundle.build())
        eventually(lambda: [each.value for each in controls.table()][1:] == [1.0, 0.5])
        assert listening.note == ""


def test_what_is_wrong_is_noted_and_changes_nothing(controls, port):
    with OscControl(f"osc://127.0.0.1:{port}", controls) as listening:
        sender = SimpleUDPClient("127.0.0.1", port)
        for address, value, note in (
            ("/audio2face/emotion/hate", 0.5, "no control 'emotion/hate'"),
            ("/audio2face/emotion/joy", 1.5, "emotion/joy cannot be 1.5"),
            ("/elsewhere/joy", 0.5, "/elsewhere/joy is none of /audio2face/"),
        ):
            sender.send_message(address, value)
            eventually(lambda note=note: note in listening.note)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
            for datagram in (b"", b"no osc", b"/audio2face/emotion/joy\0,f\0\0\x7f\xc0\0\0", b"\xff" * 9500):
                raw.sendto(datagram, ("127.0.0.1", port))
        sender.send_message("/audio2face/emotion/joy", "high")
        sender.send_message("/audio2face/emotion/fear", 0.25)
        eventually(lambda: controls.group("emotion")["fear"] == 0.25)
        assert controls.group("emotion")["joy"] == 0.0


def test_another_prefix_and_a_taken_port(controls, port):
    with OscControl(f"osc://127.0.0.1:{port}/hero", controls):
        SimpleUDPClient("127.0.0.1", port).send_message("/hero/emotion/joy", 0.5)
        eventually(lambda: controls.group("emotion")["joy"] == 0.5)
        with pytest.raises(LinkError, match="another program has this port"):
            OscControl(f"osc://127.0.0.1:{port}", controls)
    with OscControl(f"osc://127.0.0.1:{port}", controls) as again:
        assert again.port == port


@pytest.mark.parametrize("uri", ["vmc://127.0.0.1:9010", "joy", "osc://127.0.0.1:9010?form=facecap"])
def test_no_place_for_controls(controls, uri):
    with pytest.raises(DestinationError):
        OscControl(uri, controls)
