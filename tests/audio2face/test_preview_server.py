"""The live page's server: what it gives out, to whom, and that no page delays another."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from websocket import (
    ABNF,
    WebSocketBadStatusException,
    WebSocketTimeoutException,
    create_connection,
)

from audio2face.commands.pages import show_pages
from audio2face.features.mel import mel_points
from audio2face.live.controls import Control, Controls
from audio2face.live.status import Status
from audio2face.live.watch import Watch
from audio2face.preview.live import PreviewSink, shown
from audio2face.preview.live.server import MOST_TABS
from audio2face.preview.live.spectrum import PITCHES, envelope_now
from audio2face.preview.live.tab import WINDOW
from audio2face.preview.live.words import read_frame
from audio2face.rigging import open_target
from audio2face.sources.microphone import Microphone
from livelink import DestinationError, LaneStatus, LinkPartError, open_destination, parse_destination
from rigs import ARKIT_NAMES, ROTATION_NAMES, WeightFrame

from .test_sources_microphone import Plug

NAMES = ("jawOpen", "mouthPucker", "headYaw")
STATUS = Status(1.5, 60.0, 57.2, 0, -12.0, False, "", (LaneStatus("osc://", "waiting", 1, 2, 3, "gone"),))


@pytest.fixture
def controls() -> Controls:
    return Controls([Control("emotion/joy", 0.0), Control("strength/upper", 1.0, 0.0, 2.0)])


@pytest.fixture
def page(tmp_path: Path, controls: Controls) -> Iterator[PreviewSink]:
    """An open page at a free port."""
    sink = PreviewSink(parse_destination(free_uri()), shown(None), controls, tmp_path / "preview.json")
    sink.open(NAMES, 60.0)
    yield sink
    sink.close()


def free_uri() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"preview://127.0.0.1:{free.getsockname()[1]}"


def frame(number: int) -> WeightFrame:
    return WeightFrame(number / 60, np.array([number / 1000, -number / 3, 0.1], np.float32))


class ClosedError(Exception):
    """The server has hung up, with this code."""


class Tab:
    """A page as the server sees it, by another library than the server's."""

    def __init__(self, page: PreviewSink, **settings: Any) -> None:
        self.socket = create_connection(page.url.replace("http:", "ws:") + "socket", timeout=10, **settings)

    def next(self, kind: str = "", wait: float = 10.0) -> Any:
        """The next frame, or what the next message of a kind says."""
        self.socket.settimeout(wait)
        while True:
            opcode, said = self.socket.recv_data(control_frame=True)
            if opcode == ABNF.OPCODE_CLOSE:
                raise ClosedError(int.from_bytes(said[:2], "big"))
            if opcode == ABNF.OPCODE_BINARY and not kind:
                return read_frame(said)
            if opcode == ABNF.OPCODE_TEXT and kind in json.loads(said):
                return json.loads(said)[kind]

    def say(self, **words: Any) -> None:
        self.socket.send(json.dumps(words))


@pytest.fixture
def tab(page: PreviewSink) -> Iterator[Tab]:
    opened = Tab(page)
    yield opened
    opened.socket.close()


def get(page: PreviewSink, path: str | None = None, **headers: str) -> http.client.HTTPResponse:
    host, rest = page.url.removeprefix("http://").split("/", 1)
    client = http.client.HTTPConnection(host, timeout=10)
    client.request("GET", f"/{rest}" if path is None else path, headers=headers)
    return client.getresponse()


def test_the_page_is_given_out_closed_to_others(page: PreviewSink) -> None:
    response = get(page)
    text = response.read().decode("utf-8")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["Content-Security-Policy"]
    host = page.url.split("/")[2]
    assert f"connect-src ws://{host};" in policy and "frame-ancestors 'none'" in policy
    assert (response.headers["Referrer-Policy"], response.headers["X-Frame-Options"]) == (
        "no-referrer",
        "DENY",
    )
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "<canvas" in text and "{{" not in text and page.url.split("/")[3] not in text


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {}), (f"/{'x' * 32}/", {}), (None, {"Host": "evil.example"}), ("/../../etc/passwd", {})],
)
def test_others_get_nothing(page: PreviewSink, path: str | None, headers: dict[str, str]) -> None:
    response = get(page, path, **headers)
    assert response.status == 403 and len(response.read()) < 200


@pytest.mark.parametrize("body", [None, b"x" * 100])
def test_what_is_no_get_is_refused(page: PreviewSink, body: bytes | None) -> None:
    client = http.client.HTTPConnection(page.url.split("/")[2], timeout=10)
    client.request("POST", "/" + page.url.split("/", 3)[3], body=body)
    # At a body, and in older versions of the library always, it hangs up.
    with contextlib.suppress(http.client.RemoteDisconnected):
        assert client.getresponse().status in (400, 405)


@pytest.mark.parametrize(
    "settings", [{"suppress_origin": True}, {"origin": "http://evil.example"}, {"origin": "null"}]
)
def test_a_foreign_origin_is_refused(page: PreviewSink, settings: dict[str, Any]) -> None:
    with pytest.raises(WebSocketBadStatusException, match="403"):
        Tab(page, **settings)


@pytest.mark.parametrize("token", ["", "wrong/"])
def test_a_missing_or_wrong_token_is_refused(page: PreviewSink, token: str) -> None:
    with pytest.raises(WebSocketBadStatusException, match="403"):
        create_connection(page.place.replace("preview", "ws") + f"/{token}socket", timeout=10)


def test_a_tab_gets_names_then_frames_to_the_bit(page: PreviewSink, tab: Tab) -> None:
    hello = tab.next("hello")
    assert (hello["names"], hello["fps"], hello["microphones"]) == (list(NAMES), 60.0, [])
    assert f'data-page="{hello["page"]}"' in get(page).read().decode("utf-8")
    for number in range(1, 4):
        page.send(frame(number))
        got, seen = tab.next()
        assert (got, seen.time) == (number, frame(number).time)
        np.testing.assert_array_equal(seen.weights, frame(number).weights)


def test_a_slow_tab_gets_the_newest_and_delays_nobody(page: PreviewSink, tab: Tab) -> None:
    quick = Tab(page)
    quick.next("hello")
    for number in range(1, 101):
        page.send(frame(number))
        assert quick.next()[0] == number
        quick.say(seen=number)
    came = [tab.next()[0] for _ in range(WINDOW)]
    assert came == list(range(1, WINDOW + 1))
    with pytest.raises(WebSocketTimeoutException):
        tab.next(wait=0.2)
    tab.say(seen=WINDOW)
    assert tab.next()[0] == 100
    quick.socket.close()


def test_a_change_is_obeyed_and_every_tab_hears_of_it(
    page: PreviewSink, tab: Tab, controls: Controls
) -> None:
    other = Tab(page)
    table = other.next("hello")["controls"]
    assert table[1] == {"path": "strength/upper", "value": 1.0, "low": 0.0, "high": 2.0, "start": 1.0}
    tab.say(set="emotion/joy", value=0.6)
    for each in (tab, other):
        assert each.next("controls")[0]["value"] == 0.6
    assert controls.group("emotion") == {"joy": 0.6}
    controls.set("emotion/joy", 0.2)  # from somewhere else
    page.report(lambda: STATUS)
    assert other.next("controls")[0]["value"] == 0.2
    other.socket.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"set": "emotion/joy", "value": 7}, "expected 0 to 1"),
        ({"set": "emotion/joy", "value": float("nan")}, "expected 0 to 1"),
        ({"set": "nose", "value": 1}, "no control 'nose'"),
        ({"microphone": "any"}, "does not come from a microphone"),
        ({"delete": "all"}, "expected"),
    ],
)
def test_what_cannot_be_is_answered(tab: Tab, words: dict[str, Any], why: str, controls: Controls) -> None:
    before = controls.table()
    tab.say(**words)
    assert why in tab.next("refused")
    assert controls.table() == before


def test_a_message_too_long_ends_its_connection_only(page: PreviewSink, tab: Tab) -> None:
    other = Tab(page)
    other.socket.send("x" * 10_000)
    with pytest.raises(ClosedError, match="1009"):
        other.next("nothing")
    page.send(frame(1))
    assert tab.next()[0] == 1


def test_the_status_names_the_other_destinations(page: PreviewSink, tab: Tab) -> None:
    tab.next("hello")
    own = LaneStatus(page.place, "open", 1, 0, 0, None)
    page.report(lambda: Status(*list(vars(STATUS).values())[:-1], (own, *STATUS.destinations)))
    status = tab.next("status")
    assert [place["name"] for place in status["destinations"]] == ["osc://"]
    assert (status["level_db"], status["latency_ms"], status["pages"]) == (-12.0, 57.2, 1)
    assert status["round_trip_ms"] >= 0


def test_the_envelope_peaks_where_the_tone_is() -> None:
    watch = Watch()
    for block in np.split(0.5 * np.sin(2 * np.pi * 1000 * np.arange(1600) / 16_000).astype(np.float32), 10):
        watch.hear(block, 0.01)
    heights = envelope_now(watch.latest)
    pitch = mel_points(PITCHES)[int(np.argmax(heights))]
    assert len(heights) == PITCHES and abs(pitch - 1000) < 100
    assert envelope_now(np.zeros(512, np.float32)) == [] == envelope_now(watch.latest[:100])


def test_a_microphone_is_chosen(page: PreviewSink, tab: Tab) -> None:
    plug = Plug()
    source = Microphone(None, plug)
    heard = threading.Thread(target=lambda: [None for _ in source], daemon=True)
    heard.start()
    page.attend(source, Watch())
    while not (choices := tab.next("hello")["microphones"]):
        pass
    assert choices == ["USB Headset", "USB Camera"]
    tab.say(microphone="Loudspeaker")
    assert "no microphone is called 'Loudspeaker'" in tab.next("refused")
    tab.say(microphone="USB Camera")
    until(lambda: source.name == "USB Camera")
    page.report(lambda: STATUS)
    assert tab.next("status")["source"] == "USB Camera"
    source.close()
    heard.join(5)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_only_so_many_tabs(page: PreviewSink) -> None:
    tabs = [Tab(page) for _ in range(MOST_TABS)]
    for each in tabs:
        each.next("hello")
    with pytest.raises(WebSocketBadStatusException, match="503"):
        Tab(page)
    tabs[0].socket.close()
    until(lambda: page._server.tabs < MOST_TABS)
    Tab(page).socket.close()
    for each in tabs[1:]:
        each.socket.close()


def test_closing_sends_the_last_frame_frees_the_port_and_keeps_the_address(
    page: PreviewSink, tab: Tab, controls: Controls, tmp_path: Path
) -> None:
    tab.next("hello")
    with socket.create_connection(("127.0.0.1", int(page.place.rsplit(":", 1)[1]))):  # says nothing
        for number in range(1, 2 * WINDOW):
            page.send(frame(number))
        ended = threading.Thread(target=page.close)
        ended.start()
        numbers = []
        with pytest.raises(ClosedError, match="1001"):
            while True:
                numbers.append(tab.next()[0])
        assert numbers[-1] == 2 * WINDOW - 1
        ended.join(10)
        assert not ended.is_alive()
    page.close()
    page.send(frame(1))
    again = PreviewSink(parse_destination(page.place), shown(None), controls, tmp_path / "preview.json")
    assert again.url == page.url
    again.close()


def test_a_taken_port_is_told_in_one_line(
    page: PreviewSink, tmp_path: Path, line: Path, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audio2face.preview.live.sink.default_file", lambda: tmp_path / "preview.json")
    said = refused("live", "--file", line, "--to", page.place)
    assert said.startswith(f"could not serve the page at {page.place}: ") and "name another" in said


def test_the_browser_opens_for_people_only(page: PreviewSink, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    silent = SimpleNamespace(source=Microphone(None, Plug()), watch=Watch())
    show_pages([page], silent, browser=True)
    assert opened == []
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_pages([page], silent, browser=False)
    assert opened == []
    show_pages([page], silent, browser=True)
    assert opened == [page.url]


def test_a_missing_part_is_told_with_its_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "websockets.asyncio.server", None)
    with pytest.raises(LinkPartError, match=r"preview:// needs .* pip install 'audio2face\[live\]'"):
        PreviewSink(parse_destination(free_uri()), shown(None), Controls(), tmp_path / "preview.json")
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(LinkPartError, match=r"pip install 'audio2face\[live\]'"):
        PreviewSink(parse_destination(free_uri()), shown(None), Controls())


def test_pages_are_served_by_live_only() -> None:
    assert parse_destination("preview://").place == "preview://127.0.0.1:8642"
    with pytest.raises(DestinationError, match="only audio2face live serves"):
        open_destination("preview://")


def test_rigs_without_a_mesh_are_shown_on_the_head() -> None:
    target, _ = open_target("vrm0", ARKIT_NAMES)
    on_head = shown(target)
    incoming = (*target.how.names, *ROTATION_NAMES)
    weights = np.zeros(len(incoming), np.float32)
    weights[incoming.index("A")] = 1.0
    weights[incoming.index("headYaw")] = 0.3
    seen = dict(
        zip(on_head.names(incoming), on_head.frame(WeightFrame(0.5, weights), incoming).weights, strict=True)
    )
    assert set(ARKIT_NAMES) <= set(seen)
    assert seen["jawOpen"] > 0.3 and seen["headYaw"] == pytest.approx(0.3)


def test_the_page_of_an_own_mesh(run: Any, line: Path, here: Path) -> None:
    assert run("animate", line, "-o", "hero.glb").code == 0
    target, _ = open_target("hero.glb", ARKIT_NAMES)
    own, head = shown(target).page(), shown(None).page()
    assert '"join":true' in own.text and '"join":false' in head.text
    assert own.digest != head.digest
