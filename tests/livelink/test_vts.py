"""VTube Studio: a small fake of it, which pyvts can talk to as well; tokens; and broken messages."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvts
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from livelink import LinkError, PacketError, RefusedError, vts
from livelink.channels import LINK_NAMES
from livelink.vts_sink import VtsSink
from livelink.vts_token import read_token, write_token
from rigs import ARKIT_NAMES, WeightFrame

WAIT = 10.0
TOKEN = "adcd-123-ef09"


class FakeStudio:
    """Answers as VTube Studio's README says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.allows, self.known, self.silent, self.flood = True, {TOKEN}, False, False
        self.requests: list[dict[str, Any]] = []
        self.injections: list[dict[str, float]] = []
        self.connections: list[ServerConnection] = []
        self.injected = threading.Condition()
        self.server = serve(self.handle, "127.0.0.1", 0, max_size=None)
        self.port = self.server.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def handle(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        allowed = False
        try:
            for text in connection:
                message = json.loads(text)
                self.requests.append(message)
                kind, data = self.answer(message["messageType"], message["data"], allowed)
                allowed = allowed or data.get("authenticated") is True
                reply = {**message, "messageType": kind, "data": data, "timestamp": 1}
                if not self.silent:
                    connection.send("x" * 200_000 if self.flood else json.dumps(reply))
        except ConnectionClosed:
            pass

    def answer(self, kind: str, data: dict[str, Any], allowed: bool) -> tuple[str, dict[str, Any]]:
        if kind == "AuthenticationTokenRequest":
            if not self.allows:
                return "APIError", {"errorID": 50, "message": "User has denied API access for your plugin."}
            return "AuthenticationTokenResponse", {"authenticationToken": TOKEN}
        if kind == "AuthenticationRequest":
            return "AuthenticationResponse", {"authenticated": data["authenticationToken"] in self.known}
        if not allowed:
            return "APIError", {"errorID": 8, "message": "Not authenticated."}
        if kind == "InjectParameterDataRequest":
            with self.injected:
                self.injections.append({item["id"]: item["value"] for item in data["parameterValues"]})
                self.injected.notify_all()
        return kind.replace("Request", "Response"), {}

    def wait(self, count: int) -> list[dict[str, float]]:
        with self.injected:
            assert self.injected.wait_for(lambda: len(self.injections) >= count, WAIT)
        return self.injections

    def kinds(self) -> list[str]:
        return [message["messageType"] for message in self.requests]


@pytest.fixture
def studio() -> Iterator[FakeStudio]:
    fake = FakeStudio()
    yield fake
    fake.server.shutdown()
    for connection in fake.connections:
        connection.close_socket()
    fake.thread.join(WAIT)


@pytest.fixture
def sink(studio: FakeStudio, tmp_path: Path) -> Iterator[VtsSink]:
    made = VtsSink("127.0.0.1", studio.port, "arkit", tmp_path / "settings" / "tokens.json")
    yield made
    made.close()


def test_the_fake_is_one_that_pyvts_talks_to(studio: FakeStudio, tmp_path: Path) -> None:
    async def talk() -> bool:
        client = pyvts.vts(
            plugin_info={
                "plugin_name": "audio2face",
                "developer": "audio2face",
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
        await client.request(build.requestSetMultiParameterValue(["jawOpen"], [0.5], face_found=True))
        await client.close()
        return bool(good)

    assert asyncio.run(asyncio.wait_for(talk(), WAIT))
    assert studio.injections == [{"jawOpen": 0.5}]


def test_requests_are_those_of_pyvts() -> None:
    """All but the request's id, and the weight, which may be left out."""
    theirs = pyvts.vts_request.VTSRequest(developer="audio2face", plugin_name="audio2face")
    pairs = [
        (vts.token_request(), theirs.authentication_token()),
        (vts.session_request(TOKEN), theirs.authentication(TOKEN)),
        (
            vts.injection({"jawOpen": 0.5, "tongueOut": 0.25}),
            theirs.requestSetMultiParameterValue(["jawOpen", "tongueOut"], [0.5, 0.25], face_found=True),
        ),
    ]
    for ours, their in pairs:
        for value in their["data"].get("parameterValues", []):
            value.pop("weight")
        assert json.loads(ours) == {**their, "requestID": "audio2face"}


def test_every_weight_arrives_and_the_face_is_left_at_rest(
    studio: FakeStudio, sink: VtsSink, frames: list[WeightFrame]
) -> None:
    sink.open(LINK_NAMES, 60)
    for frame in frames:
        sink.send(frame)
    sink.close()
    arrived = studio.wait(len(frames) + 1)
    for frame, values in zip(frames, arrived, strict=False):
        assert list(values) == list(LINK_NAMES)
        assert np.array_equal(np.array(list(values.values()), np.float32), frame.weights)
    assert set(arrived[-1].values()) == {0.0}
    assert studio.kinds().count("ParameterCreationRequest") == len(LINK_NAMES)


def test_the_user_is_asked_once_and_the_token_is_private(
    studio: FakeStudio, sink: VtsSink, tmp_path: Path
) -> None:
    for _ in range(2):
        sink.open(ARKIT_NAMES, 60)
        sink.close()
    assert studio.kinds().count("AuthenticationTokenRequest") == 1
    file = tmp_path / "settings" / "tokens.json"
    assert read_token(file, f"127.0.0.1:{studio.port}") == TOKEN
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["tokens.json"]


def test_a_revoked_token_is_asked_for_again(studio: FakeStudio, sink: VtsSink, tmp_path: Path) -> None:
    write_token(tmp_path / "settings" / "tokens.json", f"127.0.0.1:{studio.port}", "old")
    sink.open(ARKIT_NAMES, 60)
    assert studio.kinds()[:3] == [
        "AuthenticationRequest",
        "AuthenticationTokenRequest",
        "AuthenticationRequest",
    ]


def test_a_refusal_is_told(studio: FakeStudio, sink: VtsSink) -> None:
    studio.allows = False
    with pytest.raises(RefusedError, match="denied access"):
        sink.open(ARKIT_NAMES, 60)


def test_closing_ends_waiting_for_the_click(studio: FakeStudio, sink: VtsSink) -> None:
    studio.silent = True
    failures: list[Exception] = []

    def wait() -> None:
        try:
            sink.open(ARKIT_NAMES, 60)
        except LinkError as error:
            failures.append(error)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    for _ in range(1000):
        if studio.requests:
            break
        threading.Event().wait(0.005)
    sink.close()
    waiting.join(WAIT)
    assert not waiting.is_alive() and failures


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="could not reach VTube Studio"):
        VtsSink("127.0.0.1", 9, file=tmp_path / "t.json").open(ARKIT_NAMES, 60)


def test_gone_in_the_middle(studio: FakeStudio, sink: VtsSink) -> None:
    sink.open(ARKIT_NAMES, 60)
    studio.connections[0].close_socket()
    with pytest.raises(LinkError):
        for number in range(300):
            sink.send(WeightFrame(number / 60, np.zeros(52)))
            threading.Event().wait(0.002)


def test_an_oversized_answer_is_refused(studio: FakeStudio, sink: VtsSink) -> None:
    studio.flood = True
    with pytest.raises(LinkError, match="200000 bytes"):
        sink.open(ARKIT_NAMES, 60)


def test_tracking_parameters_at_rest_and_speaking() -> None:
    rest = vts.tracking({})
    assert (rest["MouthOpen"], rest["MouthSmile"], rest["EyeOpenLeft"], rest["Brows"]) == (0, 0.5, 1, 0.5)
    speaking = vts.tracking({"jawOpen": 0.6, "headYaw": np.pi / 6, "eyeBlinkLeft": 1.0})
    assert (speaking["MouthOpen"], speaking["EyeOpenLeft"]) == (1, 0)
    assert speaking["FaceAngleX"] == pytest.approx(30)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": 1}', "[" * 60000, "9" * 5000])
def test_a_broken_token_file_is_as_none(content: str, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text(content, encoding="utf-8")
    assert read_token(file, "a:1") is None
    write_token(file, "a:1", TOKEN)
    assert read_token(file, "a:1") == TOKEN


@pytest.mark.parametrize(
    "content", ["x" * 70000, "[" * 60000, "{}", "7", '{"apiName": "VTubeStudioPublicAPI"}']
)
def test_what_is_no_message_is_refused(content: str) -> None:
    with pytest.raises(PacketError):
        vts.decode(content)


def test_nothing_else_comes_out_of_broken_messages(hold_out: Callable[..., int]) -> None:
    good = vts.injection({"jawOpen": 0.5, "tongueOut": 1e9}).replace("1000000000.0", "12").encode()

    def decode(message: bytes) -> None:
        reply = vts.decode(message)
        vts.values_of(reply)

    assert hold_out(decode, good, seed=5) > 0
