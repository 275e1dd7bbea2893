"""A voice stream: its messages, and a small server that sends them, goes away and comes back."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from audio2face import OptionError, SoundError
from audio2face.sources import websocket as voice
from audio2face.sources.voice_events import VoiceEvent, read_message
from audio2face.sources.websocket import WebSocketSource, check_url

server_module = pytest.importorskip(
    "websockets.sync.server", reason="needs websockets: pip install websockets"
)
pytest.importorskip("websocket", reason="needs websocket-client: pip install websocket-client")

TONE = (np.sin(np.arange(2400) / 20) * 9000).astype("<i2").tobytes()
MOST = 3000
"""Blocks, 30 s of sound, after which a test gives up."""


def delta(sound: bytes, kind: str = "response.output_audio.delta") -> str:
    return json.dumps({"type": kind, "delta": base64.b64encode(sound).decode()})


@pytest.mark.parametrize("kind", ["response.audio.delta", "response.output_audio.delta"])
def test_sound_comes_as_bytes_or_as_an_event(kind: str) -> None:
    assert read_message(TONE) == read_message(delta(TONE, kind)) == VoiceEvent(sound=TONE)


def test_turns_end_and_are_interrupted() -> None:
    assert read_message('{"type": "response.output_audio.done"}').turn_over
    assert read_message('{"type": "input_audio_buffer.speech_started"}').interrupted
    assert read_message('{"type": "response.done", "response": {"status": "cancelled"}}').interrupted
    assert read_message('{"type": "session.created"}') == VoiceEvent()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"type": "response.audio.delta", "delta": "?"}', "[" * 100_000, "null"]
)
def test_malformed_messages_are_refused(text: str) -> None:
    with pytest.raises(SoundError):
        read_message(text)


@pytest.mark.parametrize("url", ["http://localhost", "ws://", "ws://host:99999", "voice", "ws://h:0"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(OptionError, match="expected one like"):
        check_url(url)


class Server:
    """Sends the messages it is given to whoever connects; one list for each connection, then it hangs up."""

    def __init__(self, *visits: list[str | bytes]) -> None:
        self._visits = list(visits)
        self._done = threading.Event()
        self._server = server_module.serve(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/voice"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _serve(self, connection: Any) -> None:
        for message in self._visits.pop(0) if self._visits else []:
            connection.send(message)
        if not self._visits:
            self._done.wait(30)

    def close(self) -> None:
        self._done.set()
        self._server.shutdown()
        self._thread.join(5)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connects again without much of a pause."""
    monkeypatch.setattr(voice, "FIRST_PAUSE", 0.02)


@pytest.fixture
def serve(quick: None) -> Iterator[Any]:
    servers: list[Server] = []

    def make(*visits: list[str | bytes]) -> Server:
        servers.append(Server(*visits))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


def loud_seconds(source: WebSocketSource, wanted: float) -> float:
    """Seconds with sound in them, until there are that many and silence after them."""
    loud = 0.0
    for count, block in enumerate(source):
        heard = bool(block.samples.any())
        loud += len(block.samples) / 16_000 if heard else 0
        if count > MOST or (loud >= wanted - 0.011 and not heard):
            break
    return loud


def test_bursts_are_heard_in_full_and_followed_by_rest(serve: Any) -> None:
    server = serve([TONE[:3001], TONE[3001:], delta(TONE), '{"type": "response.done"}'])
    assert loud_seconds(WebSocketSource(server.url), 0.2) == pytest.approx(0.2, abs=0.012)


def test_malformed_messages_are_counted_and_survived(serve: Any) -> None:
    server = serve(["what?", TONE, '{"type": "response.audio.done"}'])
    source = WebSocketSource(server.url)
    assert loud_seconds(source, 0.1) == pytest.approx(0.1, abs=0.012)
    assert source.malformed == 1


def test_a_lost_connection_is_found_again(serve: Any) -> None:
    server = serve([TONE], [TONE])
    assert loud_seconds(WebSocketSource(server.url), 0.2) >= 0.18


def test_too_large_a_message_ends_the_connection_only(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "LARGEST_MESSAGE", 10_000)
    server = serve([bytes(20_000)], [TONE])
    assert loud_seconds(WebSocketSource(server.url), 0.1) >= 0.09


def test_without_a_server_there_is_silence_and_a_reason(quick: None) -> None:
    source = WebSocketSource("ws://127.0.0.1:9/")
    for count, block in enumerate(source):
        assert not block.samples.any()
        if "no connection" in source.trouble or count > MOST:
            source.close()
    assert "ws://127.0.0.1:9/" in source.trouble
