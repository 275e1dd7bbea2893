"""A microphone, which may be pulled out and plugged in again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from audio2face.errors import SoundError
from audio2face.models.quiet import quiet_stderr
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock
from audio2face.sources.devices import (
    Device,
    find_microphone,
    input_names,
    list_devices,
    open_portaudio,
    shut,
)
from audio2face.sources.feed import Feed
from rigs.arrays import FloatArray

BLOCKS = 100
"""Blocks a second that a device is asked for."""
PATIENCE = 0.5
"""Seconds without sound after which there is silence in its place; sound servers hand out 0.1 s at times."""
GONE = 1.5
"""Seconds without sound after which a device counts as gone, and between attempts to open it again."""
WAKING = 6.0
"""The same for the first sound after opening: sound servers and Bluetooth headsets take seconds to wake."""

Receive = Callable[[FloatArray, int], None]
"""Gets [samples] mono and their rate, from a thread of the device."""


class Recording(Protocol):
    """A device that records: its name, its rate in samples per second, and whether it still works.

    choices  the names of all microphones there were when it was opened
    """

    name: str
    rate: int
    choices: tuple[str, ...]

    def active(self) -> bool: ...

    def close(self) -> None: ...


Opener = Callable[[str | None, Receive], Recording]
"""Opens the device of a name or number, and hands on what it hears."""


class Microphone:
    """A `LiveSource` that records.

    device  a number, a name or a part of a name; None for the system's default
    opener  opens devices; tests put their own in place of PyAudio
    clock   what the silence while there is no device is paced by

    Raises MissingExtraError without PyAudio, and SoundError when there is no such device or it cannot be
    opened. A device that goes away later is waited for, with silence in its place.
    """

    def __init__(
        self, device: str | None = None, opener: Opener | None = None, clock: Clock | None = None
    ) -> None:
        self._open = opener or open_device
        self._clock = clock or Clock()
        self._feed = Feed(SAMPLE_RATE, paced=False, patience=PATIENCE, clock=self._clock)
        self._heard, self._awake = self._clock.now(), False
        self._wake, self._closed = threading.Event(), False
        self._recording: Recording | None = self._start(device)
        # A default stays whatever the default is; a number may mean another device after plugging in again.
        self._device = None if device is None else self._recording.name
        self.name, self.choices = self._recording.name, self._recording.choices
        self._chosen: tuple[str, Callable[[str], None]] | None = None
        self.sample_rate = SAMPLE_RATE
        self.trouble = ""

    @property
    def behind(self) -> float:
        """Seconds of sound that wait to be heard."""
        return self._feed.behind

    @property
    def rate(self) -> int:
        """Samples per second at which the device was opened; 0 while it is gone."""
        return self._recording.rate if self._recording else 0

    def close(self) -> None:
        """Ends the iteration."""
        self._closed = True
        self._feed.close()

    def choose(self, device: str, done: Callable[[str], None] = lambda trouble: None) -> None:
        """Goes over to another device within a tenth of a second or so, and stays with it; from any thread.

        `done` is called from another thread with "", or with what went wrong: the old device is kept then.
        """
        self._chosen = device, done
        self._wake.set()

    def __iter__(self) -> Iterator[AudioBlock]:
        keeper = threading.Thread(target=self._keep, name="microphone", daemon=True)
        keeper.start()
        try:
            yield from self._feed
        finally:
            self._closed = True
            self._wake.set()
            keeper.join(2 * GONE)

    def _start(self, device: str | None) -> Recording:
        self._heard, self._awake = self._clock.now(), False
        return self._open(device, self._receive)

    def _receive(self, samples: FloatArray, rate: int) -> None:
        self._heard, self._awake = self._clock.now(), True
        self._feed.reopen(rate)
        self._feed.push(samples)

    def _keep(self) -> None:
        """Sees to it that there is a device, until closed; PortAudio's stream is closed here too."""
        while not self._closed:
            if self._chosen:
                self._go_over()
            elif self._recording is None:
                self._try_again()
            elif not self._recording.active() or self._silent_for() > (GONE if self._awake else WAKING):
                self._let_go()
                continue
            self._wake.wait(GONE if self._recording is None else 0.1)
            self._wake.clear()
        if self._recording is not None:
            self._recording.close()

    def _go_over(self) -> None:
        """To the device that was chosen, or back to the old one."""
        assert self._chosen is not None
        (device, done), self._chosen = self._chosen, None
        self._let_go()
        try:
            self._become(self._start(device))
            self._device = self.name
            done("")
        except (SoundError, OSError) as error:
            self._try_again()
            done(f"{error}; going on with {self.name}")

    def _let_go(self) -> None:
        if self._recording is not None:
            self._recording.close()
            self._recording = None
        self.trouble = f"{self.name} is gone; waiting for it"

    def _silent_for(self) -> float:
        """Seconds since the device last gave something."""
        return self._clock.now() - self._heard

    def _try_again(self) -> None:
        with contextlib.suppress(SoundError, OSError):
            self._become(self._start(self._device))

    def _become(self, recording: Recording) -> None:
        self._recording = recording
        self.name, self.choices, self.trouble = recording.name, recording.choices, ""


class _PortAudioRecording:
    """A device opened with PyAudio, at SAMPLE_RATE when it allows."""

    def __init__(self, audio: Any, device: Device, receive: Receive, choices: tuple[str, ...]) -> None:
        self.name, self.choices = device.name, choices
        self._audio = audio
        self.rate, self._channels = _allowed(audio, device)
        self._receive = receive
        with quiet_stderr():
            self._stream = audio.open(
                format=_int16(),
                channels=self._channels,
                rate=self.rate,
                input=True,
                input_device_index=device.number,
                frames_per_buffer=max(1, self.rate // BLOCKS),
                stream_callback=self._take,
            )

    def _take(self, data: bytes, count: int, times: Any, flags: int) -> tuple[None, int]:
        samples = np.frombuffer(data, "<i2").reshape(-1, self._channels).astype(np.float32)
        self._receive(samples.mean(axis=1) / np.float32(32_768), self.rate)
        return None, 0  # paContinue

    def active(self) -> bool:
        try:
            return bool(self._stream.is_active())
        except OSError:
            return False

    def close(self) -> None:
        shut(self._stream, self._audio)


def open_device(wanted: str | None, receive: Receive) -> Recording:
    """Opens a microphone with PyAudio. Raises MissingExtraError and SoundError."""
    audio = open_portaudio()
    try:
        devices = list_devices(audio)
        device = find_microphone(wanted, devices)
        return _PortAudioRecording(audio, device, receive, input_names(devices))
    except OSError as error:
        audio.terminate()
        raise SoundError(
            f"the microphone {device.name} cannot be opened: {error}; "
            "close other programs that use it, or choose another; see: audio2face devices"
        ) from error
    except SoundError:
        audio.terminate()
        raise


def _int16() -> int:
    return 8  # paInt16 of PortAudio's header


def _allowed(audio: Any, device: Device) -> tuple[int, int]:
    """(rate, channels) at which the device can be opened; its own when it allows nothing that is asked."""
    for channels in (1, min(2, device.inputs)):
        for rate in (SAMPLE_RATE, device.rate):
            try:
                with quiet_stderr():
                    audio.is_format_supported(
                        rate, input_device=device.number, input_channels=channels, input_format=_int16()
                    )
            except ValueError:
                continue
            return rate, channels
    return device.rate, device.inputs
