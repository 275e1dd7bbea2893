"""Who may see and steer the live page, and what may be said to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from audio2face.preview.live.guard import Guard, IntruderError
from audio2face.preview.live.token import kept_token
from audio2face.preview.live.words import LARGEST, Change, Choice, Seen, frame_bytes, read_frame, read_word
from livelink import LinkError, PacketError
from rigs import WeightFrame

GUARD = Guard("127.0.0.1", 8642, "secret")
HERE = "127.0.0.1:8642"


@pytest.mark.parametrize("host", [HERE, "localhost:8642", "LOCALHOST:8642"])
def test_the_page_and_its_socket_are_let_in(host: str) -> None:
    GUARD.check("/secret/", [host], [], upgrade=False)
    GUARD.check("/secret/socket", [host], [f"http://{host}"], upgrade=True)


@pytest.mark.parametrize(
    ("guard", "host"),
    [
        (Guard("0.0.0.0", 8642, "secret"), "192.168.1.7:8642"),
        (Guard("::1", 8642, "secret"), "[::1]:8642"),
        (Guard("studio.lan", 8642, "secret"), "studio.lan:8642"),
        (Guard("127.0.0.1", 80, "secret"), "127.0.0.1"),
    ],
)
def test_other_places_to_serve_at(guard: Guard, host: str) -> None:
    guard.check("/secret/", [host], [], upgrade=False)


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [HERE, HERE],
        ["evil.example:8642"],
        ["127.0.0.1.evil.example:8642"],
        ["127.0.0.1:8643"],
        ["127.0.0.1"],
        ["192.168.1.7:8642"],
        ["me@127.0.0.1:8642"],
        ["127.0.0.1:8642/x"],
        ["127.0.0.1:8642; script-src *"],
        ["127.0.0.1:port"],
        [""],
        ["[::1"],
    ],
)
def test_names_that_others_can_make_lead_here_are_refused(hosts: list[str]) -> None:
    with pytest.raises(IntruderError, match="not called"):
        GUARD.check("/secret/", hosts, [], upgrade=False)


@pytest.mark.parametrize(
    "origins",
    [
        [],
        ["null"],
        ["https://127.0.0.1:8642"],
        ["http://127.0.0.1:8643"],
        ["http://localhost:8642"],
        ["http://evil.example"],
        [f"http://{HERE}", "http://evil.example"],
    ],
)
def test_pages_from_elsewhere_may_not_connect(origins: list[str]) -> None:
    with pytest.raises(IntruderError, match="only the page"):
        GUARD.check("/secret/socket", [HERE], origins, upgrade=True)


@pytest.mark.parametrize(
    "path", ["", "/", "/socket", "/secre/", "/secrett/", "/%73ecret/", "//secret/", "/?secret/"]
)
def test_without_the_token_there_is_nothing(path: str) -> None:
    with pytest.raises(IntruderError, match="token"):
        GUARD.check(path, [HERE], [], upgrade=False)


@pytest.mark.parametrize(
    ("path", "upgrade"), [("/secret", False), ("/secret/socket", False), ("/secret/", True)]
)
def test_each_thing_has_its_place(path: str, upgrade: bool) -> None:
    with pytest.raises(IntruderError, match="nothing of that name"):
        GUARD.check(path, [HERE], [f"http://{HERE}"], upgrade)


def test_a_frame_arrives_to_the_bit() -> None:
    weights = np.random.default_rng(3).normal(0, 1, 61).astype(np.float32)
    number, frame = read_frame(frame_bytes(70_000, WeightFrame(1 / 3, weights)))
    assert (number, frame.time) == (70_000, 1 / 3)
    np.testing.assert_array_equal(frame.weights, weights)
    with pytest.raises(PacketError):
        read_frame(b"123")


def test_what_a_page_may_say() -> None:
    assert read_word('{"seen": 7}') == Seen(7)
    assert read_word('{"set": "emotion/joy", "value": 1}') == Change("emotion/joy", 1.0)
    assert read_word('{"microphone": "Zoë"}') == Choice("Zoë")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "[]",
        "{}",
        '{"seen": -1}',
        '{"seen": 1.5}',
        '{"seen": true}',
        '{"seen": 1, "more": 2}',
        '{"set": "a"}',
        '{"set": "a", "value": "1"}',
        '{"set": "a", "value": true}',
        '{"set": "", "value": 1}',
        json.dumps({"set": "a" * 300, "value": 1}),
        '{"set": "a", "value": 1' + "0" * 400 + "}",
        '{"microphone": 3}',
        "[" * LARGEST,
        '{"microphone": "' + "x" * LARGEST + '"}',
        b'{"seen": 7}',
    ],
)
def test_everything_else_is_refused(text: str | bytes) -> None:
    with pytest.raises(PacketError):
        read_word(text)


def test_the_token_stays_and_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "settings" / "preview.json"
    token = kept_token(file, "127.0.0.1:8642")
    assert len(token) == 32 and kept_token(file, "127.0.0.1:8642") == token
    assert kept_token(file, "127.0.0.1:8643") != token
    if file.stat().st_mode & 0o777 != 0o666:  # Windows has other means
        assert file.stat().st_mode & 0o077 == 0
    file.write_text('{"127.0.0.1:8642": "../x"}', encoding="utf-8")
    assert len(kept_token(file, "127.0.0.1:8642")) == 32


def test_a_token_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("", encoding="utf-8")
    with pytest.raises(LinkError, match="cannot keep"):
        kept_token(tmp_path / "settings" / "preview.json", "127.0.0.1:8642")
