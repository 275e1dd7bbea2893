"""Listening as VTube Studio would: our sink and pyvts are heard; what is malformed, oversized or too many."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvts
import websocket

from livelink import LinkError, LinkPartError, open_listener, vts
from livelink.destination import Destination
from livelink.inbox import MOST_SENDERS
from livelink.vts_listener import FAR_TOO_LONG, StudioListener
from livelink.vts_sink import VtsSink
from livelink.vts_token import read_token, write_token
from rigs import ARKIT_NAMES, WeightFrame

WAIT = 10.0
Waiting = Callable[[Callable[[], bool]], None]


@pytest.fixture
def studio() -> Iterator[StudioListener]:
    listener = open_listener(Destination("vts", "127.0.0.1", 0))
    assert isinstance(listener, StudioListener)
    with listener:
        yield listener


@pytest.fixture
def until(studio: StudioListener) -> Waiting:
    """`until(condition)`: takes messages until it holds."""

    def wait(condition: Callable[[], bool]) -> None:
        for _ in range(200):
            if condition():
                return
            studio.poll(0.05)
        raise AssertionError("it did not come about in time")

    return wait


def client(studio: StudioListener) -> Any:
    return websocket.create_connection(f"ws://127.0.0.1:{studio.port}", timeout=WAIT)


def ask(connection: Any, text: str | bytes) -> vts.Reply:
    connection.send(text) if isinstance(text, str) else connection.send_binary(text)
    return vts.decode(connection.recv())


@pytest.mark.parametrize("spelling", vts.NAMES)
def test_our_own_sink_is_heard(studio: StudioListener, until: Waiting, tmp_path: Path, spelling: str) -> None:
    sink = VtsSink("127.0.0.1", studio.port, spelling, tmp_path / "t.json")
    sink.open(ARKIT_NAMES, 60)
    weights = np.linspace(0, 1, 52, dtype=np.float32)
    for number in range(10):
        sink.send(WeightFrame(number / 60, weights * (number / 9)))
    until(lambda: any(summary.frames == 10 for summary in studio.summaries().values()))
    ((sender, summary),) = studio.summaries().items()
    assert sender.endswith(" audio2face") and studio.bad == 0
    if spelling == "arkit":
        assert summary.names == ARKIT_NAMES
        assert np.array_equal(np.array(list(summary.latest.values()), np.float32), weights)
        assert summary.movers[0] == ("tongueOut", 0.0, 1.0)
    else:
        assert summary.latest == pytest.approx(vts.tracking(dict(zip(ARKIT_NAMES, weights, strict=True))))
    sink.close()
    until(lambda: studio.summaries()[sender].frames == 11)
    if spelling == "arkit":
        assert not any(studio.summaries()[sender].latest.values()), "the face is left at rest"


def test_a_token_of_the_real_program_is_taken_and_kept(studio: StudioListener, tmp_path: Path) -> None:
    place = f"127.0.0.1:{studio.port}"
    write_token(tmp_path / "t.json", place, "granted-by-the-real-one")
    sink = VtsSink("127.0.0.1", studio.port, file=tmp_path / "t.json")
    sink.open(ARKIT_NAMES, 60)
    sink.close()
    assert read_token(tmp_path / "t.json", place) == "granted-by-the-real-one"


def test_pyvts_is_heard(studio: StudioListener, until: Waiting, tmp_path: Path) -> None:
    async def talk() -> tuple[bool, dict[str, Any]]:
        client = pyvts.vts(
            plugin_info={
                "plugin_name": "their plugin",
                "developer": "them",
                "authentication_token_path": str(tmp_path / "token.txt"),
            },
            vts_api_info={
                "version": "1.0",
                "name": "VTubeStudioPublicAPI",
                "host": "127.0.0.1",
                "port": studio.port,
            },
        )
        await client.connect()
        await client.request_authenticate_token()
        good = await client.request_authenticate()
        build = client.vts_request
        made = await client.request(build.requestCustomParameter("TheirJaw"))
        await client.request(build.requestSetMultiParameterValue(["TheirJaw", "MouthOpen"], [0.5, 0.25]))
        await client.close()
        return bool(good), made

    good, made = asyncio.run(asyncio.wait_for(talk(), WAIT))
    assert good and made["data"] == {"parameterName": "TheirJaw"}
    until(lambda: bool(studio.summaries()))
    ((sender, summary),) = studio.summaries().items()
    assert sender.endswith(" their plugin")
    assert summary.latest == {"TheirJaw": 0.5, "MouthOpen": 0.25}
    assert (studio.datagrams, studio.bad) == (4, 0)


@pytest.mark.parametrize(
    ("message", "number", "said"),
    [
        ("{", 2, "no JSON"),
        (b"\xff\xfe", 2, "no JSON"),
        ("[" * 60_000, 2, "no JSON"),
        ('{"apiName": "another"}', 2, "no message"),
        (vts.request("LaunchRequest", {}), 7, "LaunchRequest"),
        (vts.injection({"jawOpen": 0.5}), 8, "before authentication"),
        (vts.parameter_request("jawOpen"), 8, "before authentication"),
    ],
)
def test_what_it_cannot_take_is_answered_and_counted(
    studio: StudioListener, until: Waiting, message: str | bytes, number: int, said: str
) -> None:
    connection = client(studio)
    reply = ask(connection, message)
    assert (reply.kind, reply.data["errorID"]) == ("APIError", number)
    assert said in reply.data["message"]
    until(lambda: studio.bad == 1)
    assert studio.datagrams == 1 and studio.last_error and said in studio.last_error
    assert ask(connection, vts.session_request("any")).data["authenticated"] is True
    connection.close()


@pytest.mark.parametrize("value", ["null", '"x"', "1e9", "NaN", "[]"])
def test_wrong_values_change_nothing(studio: StudioListener, until: Waiting, value: str) -> None:
    connection = client(studio)
    ask(connection, vts.session_request("any"))
    text = vts.injection({"jawOpen": 0.25}).replace("0.25", value)
    assert ask(connection, text).data["errorID"] == 451
    until(lambda: studio.bad == 1)
    assert studio.summaries() == {}
    connection.close()


def test_an_oversized_message_is_counted(studio: StudioListener, until: Waiting) -> None:
    connection = client(studio)
    assert ask(connection, "x" * (vts.LONGEST + 1)).data["errorID"] == 2
    until(lambda: studio.bad == 1)
    assert studio.last_error == f"{vts.LONGEST + 1} bytes; expected at most {vts.LONGEST}"
    assert ask(connection, vts.request("APIStateRequest", {})).data["active"] is True
    connection.close()


def test_a_huge_message_ends_its_connection_only(studio: StudioListener, until: Waiting) -> None:
    one, other = client(studio), client(studio)
    with suppress(OSError):  # it may hang up while we are still sending
        one.send("x" * (FAR_TOO_LONG + 1))
    with suppress(OSError, websocket.WebSocketException):
        assert one.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    one.shutdown()
    until(lambda: studio.bad == 1)
    assert studio.last_error == f"a message of more than {FAR_TOO_LONG} bytes"
    assert ask(other, vts.request("APIStateRequest", {})).data["active"] is True
    other.close()


def test_more_plugins_than_it_hears_are_turned_away(studio: StudioListener) -> None:
    connections = [client(studio) for _ in range(MOST_SENDERS)]
    for connection in connections:
        assert ask(connection, vts.request("APIStateRequest", {})).kind == "APIStateResponse"
    surplus = client(studio)
    opcode, data = surplus.recv_data()
    assert (opcode, int.from_bytes(data[:2], "big")) == (websocket.ABNF.OPCODE_CLOSE, 1013)
    for connection in connections:
        connection.close()


def test_names_that_could_confuse_a_terminal_are_left_out(studio: StudioListener, until: Waiting) -> None:
    connection = client(studio)
    ask(
        connection,
        vts.request("AuthenticationRequest", {"authenticationToken": "t", "pluginName": "\x1b[2J"}),
    )
    ask(connection, vts.injection({"\x1b[2J": 1.0, "jawOpen": 0.5}))
    until(lambda: bool(studio.summaries()))
    ((sender, summary),) = studio.summaries().items()
    assert sender.isprintable() and summary.names == ("jawOpen",)
    connection.close()


def test_closing_hangs_up_and_frees_the_port() -> None:
    with StudioListener("127.0.0.1", 0) as studio:
        connection = client(studio)
        ask(connection, vts.request("APIStateRequest", {}))
    with pytest.raises((OSError, websocket.WebSocketException)):
        ask(connection, vts.request("APIStateRequest", {}))
    with pytest.raises(OSError):
        client(studio)


def test_a_taken_port(studio: StudioListener) -> None:
    with pytest.raises(LinkError, match="close VTube Studio or name another port"):
        open_listener(f"vts://127.0.0.1:{studio.port}")


def test_without_the_library_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets.sync.server", None)
    with pytest.raises(LinkPartError, match=r"pip install 'audio2face\[live\]'"):
        open_listener("vts://127.0.0.1:8009")


def test_replies_are_json_of_the_envelope(studio: StudioListener) -> None:
    connection = client(studio)
    connection.send(vts.request("APIStateRequest", {}, "their id"))
    reply = json.loads(connection.recv())
    assert (reply["apiName"], reply["apiVersion"], reply["requestID"]) == (
        "VTubeStudioPublicAPI",
        "1.0",
        "their id",
    )
    connection.close()
