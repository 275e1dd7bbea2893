"""Change of sample rate, block by block, with the same result however the sound is cut."""

from __future__ import annotations

import numpy as np
import soxr

from audio2face.errors import SoundError
from audio2face.sources.block import SAMPLE_RATE
from audio2face.sources.polyphase import Polyphase, reduced
from rigs.arrays import FloatArray

LOWEST_RATE, HIGHEST_RATE = 1_000, 1_000_000

DELAYS = {
    8_000: 0.116,
    11_025: 0.084,
    16_000: 0.0,
    22_050: 0.0402,
    24_000: 0.0367,
    32_000: 0.058,
    44_100: 0.0403,
    48_000: 0.0367,
    96_000: 0.0792,
    192_000: 0.0791,
}
"""Seconds by which the output at 16 kHz trails the input at most, by input rate; measured with soxr 1.1."""
MOST_FILTERS = 1_000
"""Filters that a live change of rate may need; 11,025 Hz, the oddest rate in use, needs 640."""


class Resampler:
    """Mono sound from `rate_in` to `rate_out`, both in samples per second.

    soxr, quality HQ: linear phase, so nothing is shifted in time, and the band is kept up to about
    0.9 of the lower rate's half. Equal rates pass through untouched.

    Delay, which only live use notices: the output at time t is out once the input has arrived up to
    t + DELAYS[rate_in] seconds at the latest; it comes in bursts, since soxr works in chunks. `live` is for
    that: `Polyphase` in its place, 3 ms behind and steadily so, unless the rate is so odd that it would need
    more than MOST_FILTERS filters. At 16 kHz there is no delay: a microphone is best opened at that rate.

    Raises SoundError for a rate that no sound has.
    """

    def __init__(self, rate_in: int, rate_out: int = SAMPLE_RATE, live: bool = False) -> None:
        for rate in (rate_in, rate_out):
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise SoundError(
                    f"Cannot use a sample rate of {rate}; rates from {LOWEST_RATE} to {HIGHEST_RATE} work"
                )
        self.rate_in, self.rate_out = int(rate_in), int(rate_out)
        self._stream = None if self.rate_in == self.rate_out else self._open(live)

    def _open(self, live: bool) -> Polyphase | _Soxr:
        if live and reduced(self.rate_in, self.rate_out)[0] <= MOST_FILTERS:
            return Polyphase(self.rate_in, self.rate_out)
        return _Soxr(self.rate_in, self.rate_out)

    def push(self, samples: FloatArray) -> FloatArray:
        """Takes the next [samples] at `rate_in`; returns what is ready at `rate_out`, maybe nothing."""
        samples = np.ascontiguousarray(samples, dtype=np.float32)
        return samples if self._stream is None else self._stream.push(samples)

    def finish(self) -> FloatArray:
        """Returns the tail after the last `push`: round(pushed · rate_out / rate_in) samples in all."""
        return np.zeros(0, np.float32) if self._stream is None else self._stream.finish()


class _Soxr:
    """soxr's stream, in the words of `Polyphase`."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._stream = soxr.ResampleStream(rate_in, rate_out, 1, "float32", "HQ")

    def push(self, samples: FloatArray) -> FloatArray:
        return self._feed(samples, last=False)

    def finish(self) -> FloatArray:
        return self._feed(np.zeros(0, np.float32), last=True)

    def _feed(self, samples: FloatArray, last: bool) -> FloatArray:
        return np.asarray(self._stream.resample_chunk(samples, last=last), dtype=np.float32)
