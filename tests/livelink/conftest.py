"""What the tests of live links share: a stream of frames, sockets on free ports, and broken datagrams."""

from __future__ import annotations

import importlib
import random
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from livelink import PacketError
from livelink.channels import LINK_NAMES
from rigs import WeightFrame

ADDON = Path(__file__).parents[2] / "livelink" / "blender"
WAIT = 10.0
"""Seconds that a test waits at most for something that comes at once."""


@pytest.fixture
def frames() -> list[WeightFrame]:
    """Ten frames of the 61 channels of Live Link Face at 60 fps, seeded, each value another."""
    values = np.random.default_rng(11).uniform(0, 1, (10, len(LINK_NAMES)))
    values[:, 52:] -= 0.5
    return [WeightFrame(n / 60, row) for n, row in enumerate(values)]


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    """A UDP socket on a free port of this computer, that waits for no more than WAIT seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        bound.settimeout(WAIT)
        yield bound


Received = Callable[[socket.socket, int], list[bytes]]
HoldOut = Callable[..., int]


@pytest.fixture
def received() -> Received:
    """`received(socket, count)`: the next datagrams."""
    return lambda bound, count: [bound.recv(65536) for _ in range(count)]


@pytest.fixture
def hold_out() -> HoldOut:
    """`hold_out(decode, good, seed)`: feeds random and broken datagrams; how many were read."""
    return _hold_out


def _hold_out(decode: Callable[[bytes], object], good: bytes, seed: int, count: int = 3000) -> int:
    """Feeds random bytes, and `good` cut, lengthened and with bytes changed; returns how many were read.

    Nothing but PacketError may come out.
    """
    dice = random.Random(seed)
    read = 0
    for _ in range(count):
        broken = bytearray(good[: dice.randrange(len(good) + 1)] if dice.random() < 0.3 else good)
        for _ in range(dice.randrange(6)):
            if broken:
                broken[dice.randrange(len(broken))] = dice.randrange(256)
        if dice.random() < 0.2:
            broken = bytearray(dice.randbytes(dice.randrange(400)))
        if dice.random() < 0.1:
            broken += dice.randbytes(dice.randrange(12000))
        try:
            decode(bytes(broken))
            read += 1
        except PacketError as error:
            assert "\n" not in str(error)
    return read


@pytest.fixture(scope="session")
def addon_part() -> Callable[[str], ModuleType]:
    """`addon_part("packets")`: a module of Blender's add-on that needs no Blender.

    They belong to a package whose `__init__` needs it; here they get one that is empty.
    """
    package = ModuleType("audio2face_live")
    package.__path__ = [str(ADDON)]
    sys.modules["audio2face_live"] = package
    return lambda name: importlib.import_module(f"audio2face_live.{name}")
