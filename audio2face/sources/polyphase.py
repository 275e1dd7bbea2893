"""Change of sample rate for live sound: 3 ms late, where soxr's streams are up to 40.

A windowed sinc, one filter for each place that an output sample can have between two input samples. Source:
Oppenheim & Schafer, "Discrete-Time Signal Processing" (1989), section 3.6; the window's length and shape for
a given attenuation are Kaiser's, section 7.4.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray

ATTENUATION = 80.0
"""dB by which what lies beyond the slope is turned down."""
CUTOFF = 0.955
"""Middle of the slope, in the lower rate's half: 7640 Hz of 8000, where soxr's HQ falls as well."""
SLOPE = 0.1
"""Width of the slope, in the same measure. It ends at 8040 Hz, so nothing folds back below 7960 Hz."""
PIECE = 1024
"""Input samples that are worked on at a time: each output takes a row of memory, and many leave the cache."""


class Polyphase:
    """Mono sound from `rate_in` to `rate_out`, linear phase, the same however it is cut.

    The output at time t is out once the input has arrived up to t + 3.2 ms. From a rate below 16 kHz that
    grows as the rate falls: 6.4 ms at 8000 Hz.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._up, self._down = reduced(rate_in, rate_out)
        self._filters = sinc_filters(rate_in, rate_out)
        self._reach = self._filters.shape[1] // 2
        self._held = np.zeros(self._reach - 1, np.float32)
        self._start = 1 - self._reach
        self._next = 0

    def push(self, samples: FloatArray) -> FloatArray:
        """Takes the next [samples] at `rate_in`; returns what is ready at `rate_out`."""
        starts = range(0, max(1, len(samples)), PIECE)
        return np.concatenate([self._push(samples[start : start + PIECE]) for start in starts])

    def finish(self) -> FloatArray:
        """Returns the tail after the last `push`: round(pushed · rate_out / rate_in) samples in all."""
        pushed = self._start + len(self._held)
        left = round(pushed * self._up / self._down) - self._next
        return self.push(np.zeros(self._reach + self._down, np.float32))[:left]

    def _push(self, samples: FloatArray) -> FloatArray:
        self._held = np.concatenate([self._held, samples])
        # Output n lies n · down / up input samples in, and needs `reach` samples beyond that, rounded down.
        heard = self._start + len(self._held) - self._reach
        ready = -(-heard * self._up // self._down)
        if ready <= self._next:
            return np.zeros(0, np.float32)
        places = np.arange(self._next, ready + 1) * self._down
        firsts = places // self._up - self._reach + 1 - self._start
        windows = np.lib.stride_tricks.sliding_window_view(self._held, 2 * self._reach)[firsts[:-1]]
        self._next = ready
        self._forget(int(firsts[-1]))
        resampled: FloatArray = np.einsum("ij,ij->i", windows, self._filters[places[:-1] % self._up])
        return resampled

    def _forget(self, drop: int) -> None:
        """Drops the first samples, those before the next output's."""
        drop = min(drop, len(self._held))
        self._held = self._held[drop:]
        self._start += drop


def reduced(rate_in: int, rate_out: int) -> tuple[int, int]:
    """(up, down): output samples and input samples in the shortest stretch that is whole in both."""
    divisor = math.gcd(rate_in, rate_out)
    return rate_out // divisor, rate_in // divisor


def sinc_filters(rate_in: int, rate_out: int) -> npt.NDArray[np.float32]:
    """[up, 2 · reach] weights of the input samples around an output, for each of its places between two."""
    up, _ = reduced(rate_in, rate_out)
    band = min(rate_in, rate_out) / rate_in  # the lower rate's half, in half the input rate
    reach = math.ceil((ATTENUATION - 7.95) / (2.285 * np.pi * SLOPE * band) / 2)
    steepness = 0.1102 * (ATTENUATION - 8.7)
    away = np.arange(1 - reach, reach + 1) - np.arange(up)[:, None] / up
    window = np.i0(steepness * np.sqrt(np.maximum(0.0, 1.0 - (away / reach) ** 2)))
    weights = np.sinc(CUTOFF * band * away) * window
    filters: npt.NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return filters
