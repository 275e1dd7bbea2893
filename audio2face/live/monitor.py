"""The sound that belongs to the face, played when the face moves."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Protocol

import numpy as np

from audio2face.errors import SoundError
from audio2face.models.quiet import quiet_stderr
from audio2face.sources.block import SAMPLE_RATE
from audio2face.sources.devices import open_portaudio, shut
from rigs.arrays import FloatArray

SLACK = 0.1
"""Seconds by which more than the delay may wait, before what is too much is dropped."""


class Player(Protocol):
    """A loudspeaker that asks for its sound."""

    def close(self) -> None: ...


class DelayLine:
    """Samples that come out `delay` seconds after they went in; silence where there are none.

    One thread pushes while another takes. Two devices' clocks differ: what gathers beyond the delay and
    SLACK is dropped.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._wanted = round(delay * SAMPLE_RATE)
        self._lock = threading.Lock()
        self._waiting: deque[FloatArray] = deque([np.zeros(self._wanted, np.float32)])
        self._held = self._wanted

    def push(self, samples: FloatArray) -> None:
        """Takes [samples] at 16 kHz."""
        with self._lock:
            self._waiting.append(samples)
            self._held += len(samples)
            if self._held > self._wanted + SLACK * SAMPLE_RATE:
                self._pop(self._held - self._wanted)

    def take(self, count: int) -> FloatArray:
        """[count] the next samples."""
        with self._lock:
            ready = self._pop(min(count, self._held))
        return np.concatenate([ready, np.zeros(count - len(ready), np.float32)])

    def _pop(self, count: int) -> FloatArray:
        parts = [np.zeros(0, np.float32)]
        self._held -= count
        while count:
            first = self._waiting.popleft()
            parts.append(first[:count])
            if len(first) > count:
                self._waiting.appendleft(first[count:])
            count -= len(parts[-1])
        return np.concatenate(parts)


class Monitor:
    """Plays sound through the default loudspeaker, `delay` seconds late.

    Raises MissingExtraError without PyAudio and SoundError without a loudspeaker.
    """

    def __init__(self, delay: float) -> None:
        self._line = DelayLine(delay)
        self.delay = delay
        self._player: Player = _PortAudioPlayer(self._line)

    def push(self, samples: FloatArray) -> None:
        """Takes [samples] at 16 kHz."""
        self._line.push(samples)

    def close(self) -> None:
        """Stops playing."""
        self._player.close()


class _PortAudioPlayer:
    """The default output of PyAudio."""

    def __init__(self, line: DelayLine) -> None:
        self._line = line
        self._audio = open_portaudio()
        try:
            with quiet_stderr():
                self._stream = self._audio.open(
                    format=8,  # paInt16 of PortAudio's header
                    channels=1,
                    rate=SAMPLE_RATE,
                    output=True,
                    frames_per_buffer=SAMPLE_RATE // 100,
                    stream_callback=self._give,
                )
        except OSError as error:
            self._audio.terminate()
            raise SoundError(
                f"no loudspeaker for --monitor can be opened: {error}; see: audio2face devices"
            ) from error

    def _give(self, data: Any, count: int, times: Any, flags: int) -> tuple[bytes, int]:
        samples = np.clip(self._line.take(count), -1, 1) * np.float32(32_767)
        return samples.astype("<i2").tobytes(), 0  # paContinue

    def close(self) -> None:
        shut(self._stream, self._audio)
