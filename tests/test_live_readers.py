"""`live --file` to every protocol at once, as other people's readers decode it, is what `animate` gives."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from osc4py3 import oscbuildparse
from pylivelinkface import FaceBlendShape, PyLiveLinkFace
from pythonosc.osc_packet import OscPacket
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from audio2face import FileSource, animate, load_model
from audio2face.life import LifeSettings
from livelink.osc_face import FACECAP_NAMES
from rigs import ARKIT_NAMES

SAMPLE = Path(__file__).parents[1] / "audio2face" / "data" / "sample.ogg"
Row = dict[str, float]
Reader = Callable[[list[bytes]], list[Row]]


def read_livelink(datagrams: list[bytes]) -> list[Row]:
    """By pylivelinkface."""
    faces = [PyLiveLinkFace.decode(datagram)[1] for datagram in datagrams]
    assert {face.name for face in faces} == {"Zoë 顔"}
    shapes = list(FaceBlendShape)[: len(ARKIT_NAMES)]
    return [{_arkit(shape.name): face.get_blendshape(shape) for shape in shapes} for face in faces]


def _arkit(name: str) -> str:
    return name[0].lower() + name[1:]


def read_vmc(datagrams: list[bytes]) -> list[Row]:
    """By osc4py3, which vmcp stands on; a frame ends with Apply."""
    rows: list[Row] = [{}]
    for datagram in datagrams:
        for message in oscbuildparse.decode_packet(datagram).elements:
            if message.addrpattern == "/VMC/Ext/Blend/Val":
                rows[-1][message.arguments[0]] = message.arguments[1]
            elif message.addrpattern == "/VMC/Ext/Blend/Apply":
                rows.append({})
    return rows[:-1]


def osc_messages(datagrams: list[bytes]) -> Iterator[Any]:
    """By python-osc."""
    for datagram in datagrams:
        yield from (timed.message for timed in OscPacket(datagram).messages)


def read_channels(datagrams: list[bytes]) -> list[Row]:
    pairs = [
        (message.address.removeprefix("/hero/"), message.params[0]) for message in osc_messages(datagrams)
    ]
    return split(pairs)


def read_facecap(datagrams: list[bytes]) -> list[Row]:
    messages = [message for message in osc_messages(datagrams) if message.address == "/W"]
    return split([(FACECAP_NAMES[message.params[0]], message.params[1]) for message in messages])


def split(pairs: list[tuple[str, float]]) -> list[Row]:
    """A frame is everything until its first name comes again."""
    rows: list[Row] = []
    for name, value in pairs:
        if name == pairs[0][0]:
            rows.append({})
        rows[-1][name] = value
    return rows


def read_ifacialmocap(datagrams: list[bytes]) -> list[Row]:
    """By the words of the protocol's page: parts between |, name and value around -, 0 to 100."""
    rows = []
    for datagram in datagrams:
        parts = [part.rsplit("-", 1) for part in datagram.decode().split("=")[0].split("|") if part]
        rows.append({_long(name): float(value) / 100 for name, value in parts})
    return rows


def _long(name: str) -> str:
    return name.replace("_L", "Left").replace("_R", "Right")


READERS: dict[str, tuple[str, Reader]] = {
    "livelink": ("livelink://127.0.0.1:{}/Zoë 顔", read_livelink),
    "vmc": ("vmc://127.0.0.1:{}", read_vmc),
    "osc": ("osc://127.0.0.1:{}/hero", read_channels),
    "facecap": ("osc://127.0.0.1:{}?form=facecap", read_facecap),
    "ifacialmocap": ("ifacialmocap://127.0.0.1:{}?decimals=6", read_ifacialmocap),
}


class Inbox:
    """A UDP port whose datagrams are kept, in a thread."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.datagrams: list[bytes] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while datagram := self._socket.recv(65536):
            self.datagrams.append(datagram)

    def close(self) -> list[bytes]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(10)
        self._socket.close()
        return self.datagrams


@contextmanager
def fake_studio(rows: list[Row]) -> Iterator[int]:
    """A VTube Studio that allows everything; its injections go into `rows`. Gives its port."""

    def answer(connection: ServerConnection) -> None:
        try:
            for text in connection:
                message = json.loads(text)
                kind, data = message["messageType"], {"authenticationToken": "t", "authenticated": True}
                if kind == "InjectParameterDataRequest":
                    rows.append({item["id"]: item["value"] for item in message["data"]["parameterValues"]})
                reply = {**message, "messageType": kind.replace("Request", "Response"), "data": data}
                connection.send(json.dumps(reply))
        except ConnectionClosed:
            pass

    with serve(answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """What every reader saw of two seconds of speech, and "wanted": the frames of `animate`."""
    folder = tmp_path_factory.mktemp("live")
    samples, rate = soundfile.read(SAMPLE, start=8000, frames=32_000)
    soundfile.write(folder / "line.wav", samples, rate)
    inboxes = {name: Inbox() for name in READERS}
    rows: list[Row] = []
    with fake_studio(rows) as port:
        uris = [READERS[name][0].format(inbox.port) for name, inbox in inboxes.items()]
        words = [word for uri in [*uris, f"vts://127.0.0.1:{port}?names=arkit"] for word in ("--to", uri)]
        command = [sys.executable, "-m", "audio2face", "live", "--file", str(folder / "line.wav"), *words]
        settings = {"XDG_CONFIG_HOME": str(folder), "APPDATA": str(folder), "LOCALAPPDATA": str(folder)}
        done = subprocess.run(
            command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    found = {name: READERS[name][1](inbox.close()) for name, inbox in inboxes.items()}
    clip = animate(FileSource(folder / "line.wav"), load_model("live"), 60, life=LifeSettings())
    wanted = [dict(zip(clip.names, row, strict=True)) for row in clip.weights.tolist()]
    return {**found, "vts": rows, "wanted": wanted}


@pytest.mark.parametrize("protocol", [*READERS, "vts"])
def test_frames_are_those_of_animate(protocol: str, performed: dict[str, list[Row]]) -> None:
    came, wanted = table(performed[protocol]), table(performed["wanted"])
    assert not came[-1].any(), "the face is left at rest"
    places = [place_of(row, wanted) for row in strip_rest(came)]
    assert None not in places, "a frame that animate does not give"
    assert places == sorted(places, key=lambda place: place or 0)
    # A machine that is busy may drop a frame; one that opens slowly misses the first ones.
    assert len(set(places)) >= 0.8 * len(wanted)


def table(rows: list[Row]) -> Any:
    """[frames, 52] in ARKit's order."""
    return np.array([[row[name] for name in ARKIT_NAMES] for row in rows])


def strip_rest(rows: Any) -> Any:
    """Without the final frames of a face at rest."""
    end = len(rows)
    while end and not rows[end - 1].any():
        end -= 1
    return rows[:end]


def place_of(row: Any, wanted: Any) -> int | None:
    """The frame that this row is, to 1e-5."""
    errors = np.abs(wanted - row).max(axis=1)
    best = int(np.argmin(errors))
    return best if errors[best] <= 1e-5 else None
