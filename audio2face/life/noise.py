"""Randomness that has an address: the same seed, part and number give the same value, whoever asks when."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

BLOCK = 64
"""Knots that are drawn at a time."""


def generator(seed: int, part: str) -> np.random.Generator:
    """The generator of one part, which no other part draws from."""
    return np.random.Generator(np.random.PCG64([seed, *part.encode()]))


@lru_cache(maxsize=16)
def _shares(period: int) -> list[tuple[float, float, float, float]]:
    """Six times the weights of the four knots around each frame of a period: a cubic B-spline."""
    places = ((at / period, 1 - at / period) for at in range(period))
    return [(v**3, 3 * u**3 - 6 * u**2 + 4, 3 * v**3 - 6 * v**2 + 4, u**3) for u, v in places]


class SmoothNoise:
    """A cubic B-spline through normal deviates: smooth to the second derivative, of mean 0, without drift.

    period  clock frames from knot to knot; the SD of the noise is 1
    """

    # The mean over a period of the sum of the squared weights of a cubic B-spline is 151/315.
    _SCALE = (315 / 151) ** 0.5

    def __init__(self, seed: int, part: str, period: int) -> None:
        self._seed, self._part, self._period = seed, part, period
        self._shares = _shares(period)
        self._block = -1
        self._knots: list[float] = []

    def at(self, frame: int) -> float:
        """The value at a clock frame from 0 on."""
        knot, within = divmod(frame, self._period)
        block, first = divmod(knot, BLOCK)
        if block != self._block:
            self._knots = [*self._drawn(block), *self._drawn(block + 1)[:3]]
            self._block = block
        knots, (a, b, c, d) = self._knots, self._shares[within]
        sum_ = knots[first] * a + knots[first + 1] * b + knots[first + 2] * c + knots[first + 3] * d
        return self._SCALE * sum_ / 6

    def _drawn(self, block: int) -> list[float]:
        knots: list[float] = generator(self._seed, f"{self._part} {block}").standard_normal(BLOCK).tolist()
        return knots
