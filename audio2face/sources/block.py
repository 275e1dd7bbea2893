"""A stretch of sound and when it starts."""

from __future__ import annotations

from dataclasses import dataclass

from audio2face.errors import SoundError
from rigs.arrays import FloatArray, lock

SAMPLE_RATE = 16_000
"""Samples per second of everything behind a source; speech has little above 8 kHz that moves a face."""


@dataclass(frozen=True, eq=False)
class AudioBlock:
    """Mono sound at `SAMPLE_RATE`.

    `time`: seconds from the start of the source to the first sample.
    `samples`: [samples] float32, full scale at -1 and 1; a float file may go beyond, which is accepted.
    Raises SoundError when the samples are not one-dimensional or hold NaN or infinite values.
    """

    time: float
    samples: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", lock(self.samples, "an audio block", (None,), SoundError))

    @property
    def end(self) -> float:
        """Seconds from the start of the source to the end of the last sample."""
        return self.time + len(self.samples) / SAMPLE_RATE
