"""Whether a microphone is there, can be opened, and hears anything."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np

from audio2face.checks.finding import Finding
from audio2face.checks.hints import hear
from audio2face.errors import SoundError
from audio2face.sources.clock import Clock
from audio2face.sources.devices import Device, find_microphone, list_devices, open_portaudio
from audio2face.sources.microphone import Opener, open_device
from rigs import FaceError
from rigs.arrays import FloatArray

WHAT = "microphone"
LONG_ENOUGH = 1.0
"""Seconds of sound that are listened to."""
PATIENCE = 2.5
"""Seconds that are waited for them; sound servers need more than one to wake up."""
FAINT = -60.0
"""Decibels of full scale below which no voice is."""


def check_microphone(
    wanted: str | None = None,
    asked: bool = False,
    devices: Callable[[], list[Device]] | None = None,
    opener: Opener | None = None,
    clock: Clock | None = None,
) -> Finding:
    """Listens to a microphone for about a second.

    wanted  a number, a name or a part of a name; None for the system's default
    asked   whether the user wants it: then one that is missing or silent counts as broken
    """
    absent = "broken" if asked else "missing"
    try:
        found = (devices or present_devices)()
        if not any(device.inputs for device in found):
            return Finding(WHAT, absent, f"no input device; plug one in, or {hear()}")
        find_microphone(wanted, found)
    except FaceError as error:
        return Finding(WHAT, absent, str(error))
    try:
        return _listen(wanted, absent, opener or open_device, clock or Clock())
    except SoundError as error:
        return Finding(WHAT, "broken", f"{error}; {hear()}")


def present_devices() -> list[Device]:
    """The devices of this moment. Raises MissingExtraError without PyAudio."""
    audio = open_portaudio()
    try:
        return list_devices(audio)
    finally:
        audio.terminate()


def _listen(wanted: str | None, absent: str, opener: Opener, clock: Clock) -> Finding:
    heard = _Heard()
    recording = opener(wanted, heard.take)
    try:
        clock.wait(heard.enough, PATIENCE)
    finally:
        recording.close()
    name = recording.name
    if not heard.seconds:
        return Finding(WHAT, absent, f"{name} is open and gives no sound at all; {hear()}")
    if not heard.peak:
        return Finding(WHAT, absent, f"{name} gives nothing but zeros: muted or forbidden; {hear()}")
    level = 20 * math.log10(heard.peak)
    faint = "; that is too faint for a voice: speak, or turn it up" if level < FAINT else ""
    return Finding(WHAT, "ok", f"{name}, {heard.seconds:.1f} s heard, peak {level:.0f} dB{faint}")


class _Heard:
    """How much has come, and how loud it was. Filled from a thread of the device."""

    def __init__(self) -> None:
        self.seconds = self.peak = 0.0
        self.enough = threading.Event()

    def take(self, samples: FloatArray, rate: int) -> None:
        self.peak = max(self.peak, float(np.abs(samples).max(initial=0.0)))
        self.seconds += len(samples) / rate
        if self.seconds >= LONG_ENOUGH:
            self.enough.set()
