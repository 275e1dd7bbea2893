"""Mel bands.

Source: O'Shaughnessy, "Speech Communication" (1987): mel = 2595 log10(1 + f / 700); triangles of equal
height on that axis, the layout known from HTK.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

BANDS = 32
LOWEST = 60.0
HIGHEST = 7800.0


def mel_points(count: int, lowest: float = LOWEST, highest: float = HIGHEST) -> Array:
    """[count] frequencies in Hz, evenly spaced on the mel axis, ends included."""
    ends = 2595.0 * np.log10(1.0 + np.array([lowest, highest]) / 700.0)
    return 700.0 * (10.0 ** (np.linspace(ends[0], ends[1], count) / 2595.0) - 1.0)


def mel_filters(bins: int, sample_rate: int, bands: int = BANDS) -> Array:
    """[bins, bands] triangular weights for a power spectrum of `bins` bins from 0 to sample_rate / 2."""
    edges = mel_points(bands + 2)
    frequencies = np.linspace(0.0, sample_rate / 2, bins)[:, None]
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling))
