"""The listener: what each sink sends comes back by name; figures; malformed and too many."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from livelink import DestinationError, LinkError, Listener, open_destination
from livelink.channels import LINK_NAMES
from livelink.destination import Destination
from livelink.receive import DECODERS
from livelink.watch import MOST_NAMES, Watch
from rigs import ARKIT_NAMES, WeightFrame

WAIT = 10.0


@pytest.fixture
def listen() -> Iterator[Callable[[str], Listener]]:
    opened: list[Listener] = []

    def at(scheme: str) -> Listener:
        opened.append(Listener(Destination(scheme, "127.0.0.1", 0)))
        return opened[-1]

    yield at
    for listener in opened:
        listener.close()


@pytest.mark.parametrize(
    ("scheme", "rest", "error"),
    [
        ("livelink", "/Zoë", 0.0),
        ("osc", "", 0.0),
        ("osc", "?form=facecap", 0.0),
        ("vmc", "", 0.0),
        ("ifacialmocap", "", 0.0051),
    ],
)
def test_weights_come_back_by_name(
    scheme: str, rest: str, error: float, listen: Callable[[str], Listener], frames: list[WeightFrame]
) -> None:
    listener = listen(scheme)
    sink = open_destination(f"{scheme}://127.0.0.1:{listener.port}{rest}")
    sink.open(LINK_NAMES, 60)
    last = frames[-1]
    for frame in frames:
        sink.send(frame)
    while listener.poll(0.2):
        pass
    ((sender, summary),) = listener.summaries().items()
    assert summary.frames == len(frames) and listener.bad == 0
    found = [summary.latest[name] for name in ARKIT_NAMES]
    assert np.abs(np.array(found, np.float32) - last.weights[:52]).max() <= error
    assert len(summary.movers) == 5 and summary.rate > 0
    assert ("Zoë" in sender) == (scheme == "livelink")
    sink.close()


def test_malformed_is_counted_and_changes_nothing(listen: Callable[[str], Listener]) -> None:
    for scheme in DECODERS:
        listener = listen(scheme)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for bad in (b"", b"\xff" * 60000, b"#bundle\x00" + b"\xff" * 40):
                sender.sendto(bad, ("127.0.0.1", listener.port))
                assert listener.poll(WAIT) is None
        assert (listener.datagrams, listener.bad) == (3, 3)
        assert listener.last_error and listener.summaries() == {}


def test_names_that_could_confuse_a_terminal_are_left_out(listen: Callable[[str], Listener]) -> None:
    listener = listen("osc")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"/\x1b[2J\x00\x00\x00,f\x00\x00\x3f\x80\x00\x00", ("127.0.0.1", listener.port))
        arrival = listener.poll(WAIT)
    assert arrival is not None and arrival.values == {}


def test_nothing_comes(listen: Callable[[str], Listener]) -> None:
    assert listen("vmc").poll(0.0) is None


def test_a_port_that_is_taken(listen: Callable[[str], Listener]) -> None:
    port = listen("osc").port
    with pytest.raises(LinkError, match="another program has this port"):
        Listener(f"vmc://127.0.0.1:{port}")


def test_a_place_that_cannot_be_listened_at() -> None:
    with pytest.raises(DestinationError, match="livelink://"):
        Listener("vts://")
    with pytest.raises(LinkError, match=r"could not listen|no way"):
        Listener("osc://203.0.113.7:8000")


def test_the_phone_is_asked(listen: Callable[[str], Listener], receiver: socket.socket) -> None:
    listen("ifacialmocap").ask_phone("127.0.0.1", receiver.getsockname()[1])
    assert receiver.recv(100).startswith(b"iFacialMocap_")


def test_figures_of_a_steady_stream() -> None:
    watch = Watch(seconds=1.0)
    for n in range(300):
        watch.add(n / 60, {"still": 0.5, "jawOpen": n % 2 / 2})
        watch.add(n / 60, {"mouthClose": (n % 2) * 1.0})
    summary = watch.summary()
    assert summary.names == ("still", "jawOpen", "mouthClose")
    assert summary.frames == 300
    assert summary.rate == pytest.approx(60, rel=1e-6)
    assert summary.jitter < 1e-9 and summary.gap == pytest.approx(1 / 60)
    assert summary.movers == (("mouthClose", 0.0, 1.0), ("jawOpen", 0.0, 0.5))


def test_a_late_frame_is_seen() -> None:
    watch = Watch()
    for n in range(50):
        watch.add(n / 50 + (0.1 if n >= 25 else 0.0), {"jawOpen": 0.0})
    assert watch.summary().jitter > 0.03
    assert watch.summary().gap == pytest.approx(0.12)


def test_what_is_kept_is_bounded() -> None:
    watch = Watch(seconds=1e9, most=100)
    for n in range(3000):
        watch.add(float(n), {f"name{n}": 1.0, "jawOpen": 0.0})
    summary = watch.summary()
    assert len(summary.names) == MOST_NAMES
    assert summary.surplus == 3000 - (MOST_NAMES - 1)
    assert len(watch._kept) == 100
