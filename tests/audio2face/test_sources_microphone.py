"""Microphones: which one is meant, one that is pulled out and comes back, and a virtual one for real."""

from __future__ import annotations

from itertools import islice
from threading import Timer
from typing import Any

import numpy as np
import pytest

from audio2face import SoundError
from audio2face.sources import microphone
from audio2face.sources.devices import Device, find_microphone
from audio2face.sources.microphone import Microphone

DEVICES = [
    Device(0, "Speakers", "ALSA", 0, 2, 48_000, default_output=True),
    Device(1, "Built-in Microphone", "ALSA", 2, 0, 44_100),
    Device(2, "USB Headset", "ALSA", 1, 2, 48_000, default_input=True),
    Device(3, "USB Camera", "ALSA", 1, 0, 32_000),
]


@pytest.mark.parametrize(
    ("wanted", "number"), [(None, 2), ("1", 1), ("headset", 2), ("USB Camera", 3), ("built", 1)]
)
def test_a_microphone_is_found_by_number_and_name(wanted: str | None, number: int) -> None:
    assert find_microphone(wanted, DEVICES).number == number


@pytest.mark.parametrize(("wanted", "said"), [("0", "there are 1"), ("usb", "several"), ("x", "called 'x'")])
def test_what_is_no_microphone_is_refused(wanted: str, said: str) -> None:
    with pytest.raises(SoundError, match=said):
        find_microphone(wanted, DEVICES)


def test_no_microphone_at_all_is_told() -> None:
    with pytest.raises(SoundError, match="plug one in"):
        find_microphone(None, DEVICES[:1])


class Plug:
    """A device that can be pulled out; it hears 1 in every sample, at 48 kHz."""

    rate = 48_000
    choices = ("USB Headset", "USB Camera")

    def __init__(self) -> None:
        self.plugged = True
        self.opened = self.closed = 0
        self.asked: list[str | None] = []

    def __call__(self, wanted: str | None, receive: Any) -> Plug:
        self.asked.append(wanted)
        if not self.plugged:
            raise SoundError("no microphone")
        self.opened += 1
        self.name = "USB Camera" if wanted == "USB Camera" else "USB Headset"
        receive(np.ones(4800, np.float32), self.rate)
        return self

    def active(self) -> bool:
        return self.plugged

    def close(self) -> None:
        self.closed += 1


def test_a_pulled_device_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "GONE", 0.05)
    plug = Plug()
    source = Microphone("usb", plug)
    blocks = iter(source)
    assert next(blocks).samples.any()
    plug.plugged = False
    heard = list(islice((source.trouble for _ in blocks), 100))
    assert "USB Headset is gone; waiting for it" in heard
    plug.plugged = True
    assert any(block.samples.any() for block in islice(blocks, 400))
    source.close()
    assert list(blocks) == []
    assert plug.opened == plug.closed >= 2
    assert plug.asked[0] == "usb" and set(plug.asked[1:]) == {"USB Headset"}


def test_another_device_is_chosen_while_it_runs() -> None:
    plug, told = Plug(), []
    source = Microphone("usb", plug)
    blocks = iter(source)
    assert next(blocks).samples.any() and source.choices == plug.choices
    source.choose("USB Camera", told.append)
    while not told:
        next(blocks)
    assert told == [""] and (source.name, source.trouble) == ("USB Camera", "")
    assert (plug.opened, plug.closed) == (2, 1)
    source.close()
    assert list(blocks) == []
    assert plug.opened == plug.closed


def test_a_device_that_cannot_be_chosen_leaves_the_old_one() -> None:
    class Picky(Plug):
        def __call__(self, wanted: str | None, receive: Any) -> Plug:
            if wanted == "USB Camera":
                raise SoundError("it is in use")
            return super().__call__(wanted, receive)

    plug, told = Picky(), []
    source = Microphone(None, plug)
    blocks = iter(source)
    source.choose("USB Camera", told.append)
    while not told:
        next(blocks)
    assert told == ["it is in use; going on with USB Headset"]
    assert (source.name, source.trouble) == ("USB Headset", "")
    source.close()
    assert list(blocks) == []
    assert plug.opened == plug.closed


def test_a_device_that_cannot_be_opened_is_told_at_once() -> None:
    plug = Plug()
    plug.plugged = False
    with pytest.raises(SoundError, match="no microphone"):
        Microphone(None, plug)


def test_a_device_that_is_slow_to_wake_is_not_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "GONE", 0.02)

    class Slow(Plug):
        def __call__(self, wanted: str | None, receive: Any) -> Plug:
            self.opened += 1
            self.name = "USB Headset"
            Timer(0.5, receive, [np.ones(4800, np.float32), self.rate]).start()
            return self

    plug = Slow()
    source = Microphone(None, plug)
    blocks = iter(source)
    assert any(block.samples.any() for block in islice(blocks, 400))
    assert plug.opened == 1
    source.close()
    assert list(blocks) == []
