"""Destinations: what their URIs mean, and one line of help for those that mean nothing."""

from __future__ import annotations

import pytest

from livelink import DestinationError, open_destination
from livelink.destination import SCHEMES, parse


@pytest.mark.parametrize(
    ("uri", "host", "port", "path"),
    [
        ("livelink://10.0.0.7:12000/Ann", "10.0.0.7", 12000, "Ann"),
        ("livelink:///Zo%C3%AB", "127.0.0.1", 11111, "Zoë"),
        ("livelink://studio/顔", "studio", 11111, "顔"),
        ("OSC://", "127.0.0.1", 8000, ""),
        ("osc://[::1]:9000/avatar/face/", "::1", 9000, "avatar/face"),
        ("vmc://localhost", "localhost", 39539, ""),
        ("ifacialmocap://127.0.0.1", "127.0.0.1", 49983, ""),
        ("vts://", "127.0.0.1", 8001, ""),
    ],
)
def test_parts_and_what_is_left_out(uri: str, host: str, port: int, path: str) -> None:
    found = parse(uri)
    assert (found.host, found.port, found.path) == (host, port, path)
    open_destination(uri)


@pytest.mark.parametrize(
    ("uri", "help_"),
    [
        ("", "known are livelink://"),
        ("udp://x", "known are livelink://"),
        ("127.0.0.1:11111", "known are livelink://"),
        ("livelink://127.0.0.1:99999/Ann", "livelink://127.0.0.1:11111/Subject"),
        ("livelink://127.0.0.1:port", "livelink://127.0.0.1:11111/Subject"),
        ("livelink://h:0/Ann", "1 to 65535"),
        ("livelink://[::1/Ann", "expected livelink://"),
        ("livelink:///%ff", "expected livelink://"),
        ("livelink:///" + "é" * 200, "longer than 256 bytes"),
        ("livelink:///Ann?device=7", "device is '7'"),
        ("vmc://127.0.0.1/Ann", "expected vmc://127.0.0.1:39539"),
        ("vmc://127.0.0.1?name=arkit", "no option 'name'; there is names"),
        ("vmc://127.0.0.1?names=vrm2", "expected arkit|perfectsync|vrm0|vrm1"),
        ("osc://127.0.0.1/a b", "OSC prefix"),
        ("osc://127.0.0.1?form", "expected osc://"),
        ("ifacialmocap://?decimals=9", "decimals is '9'"),
        ("vts://me:secret@127.0.0.1", "parts of no use"),
    ],
)
def test_help_in_one_line(uri: str, help_: str) -> None:
    with pytest.raises(DestinationError) as caught:
        open_destination(uri)
    assert help_ in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_example_is_right() -> None:
    for name, scheme in SCHEMES.items():
        found = parse(scheme.example)
        assert (found.scheme, found.port) == (name, scheme.port)
        assert found.place == f"{name}://127.0.0.1:{scheme.port}"
