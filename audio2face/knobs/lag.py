"""Smoothing that can be streamed: two equal low-passes in a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray


class Lag:
    """Softens some channels, frame by frame, and hears nothing ahead.

    seconds  [channels] by which each lags, on average over its motion; 0 leaves a channel as it is
    fps      frames a second

    The first frame is where it starts. The result does not depend on how frames are cut into blocks.
    """

    def __init__(self, seconds: npt.NDArray[np.float64], fps: float) -> None:
        self._columns = np.flatnonzero(seconds)
        self._share = 1 / (1 + seconds[self._columns] / 2 * fps)
        self._state: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None = None

    def __call__(self, weights: FloatArray) -> FloatArray:
        """[frames, channels] → the same shape, softened."""
        if not len(self._columns) or not len(weights):
            return weights
        rows = weights[:, self._columns].astype(np.float64)
        first, second = self._state or (rows[0], rows[0])
        for number, row in enumerate(rows):
            first = first + self._share * (row - first)
            second = second + self._share * (first - second)
            rows[number] = second
        self._state = first, second
        result = weights.copy()
        result[:, self._columns] = rows
        return result
