"""Change of sample rate, block by block, with the same result however the sound is cut."""

from __future__ import annotations

import numpy as np
import soxr

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE
from rigs.arrays import FloatArray

LOWEST_RATE, HIGHEST_RATE = 1_000, 1_000_000


class Resampler:
    """Mono sound from `rate_in` to `rate_out`, both in samples per second.

    soxr, quality HQ: linear phase, so nothing is shifted in time, and the band is kept up to about
    0.9 of the lower rate's half. Equal rates pass through untouched. Raises SoundError for a rate
    that no sound has.
    """

    def __init__(self, rate_in: int, rate_out: int = SAMPLE_RATE) -> None:
        for rate in (rate_in, rate_out):
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise SoundError(
                    f"Cannot use a sample rate of {rate}; rates from {LOWEST_RATE} to {HIGHEST_RATE} work"
                )
        self.rate_in, self.rate_out = int(rate_in), int(rate_out)
        same = self.rate_in == self.rate_out
        self._stream = None if same else soxr.ResampleStream(rate_in, rate_out, 1, "float32", "HQ")

    def push(self, samples: FloatArray) -> FloatArray:
        """Takes the next [samples] at `rate_in`; returns what is ready at `rate_out`, maybe nothing."""
        return self._feed(samples, last=False)

    def finish(self) -> FloatArray:
        """Returns the tail after the last `push`: round(pushed · rate_out / rate_in) samples in all."""
        return self._feed(np.zeros(0, np.float32), last=True)

    def _feed(self, samples: FloatArray, last: bool) -> FloatArray:
        samples = np.ascontiguousarray(samples, dtype=np.float32)
        if self._stream is None:
            return samples
        return np.asarray(self._stream.resample_chunk(samples, last=last), dtype=np.float32)
