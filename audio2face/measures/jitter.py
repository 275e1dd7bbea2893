"""Does the mouth tremble? Energy of its motion above 12 Hz, faster than anybody speaks."""

from __future__ import annotations

import numpy as np

from audio2face.measures.tracking import RATE, Array

FASTEST = 12.0
"""Hz"""


def fast_energy(motion: Array, rate: float = RATE, above: float = FASTEST) -> float:
    """Energy a frame of motion [frames] above a frequency in Hz, in its units squared; 0 if it is still.

    Tapered by a Hann window, so that a clip that ends elsewhere than it began does not count as a jump.
    """
    window = np.hanning(len(motion) + 2)[1:-1]
    spectrum = np.abs(np.fft.rfft((motion - motion.mean()) * window)) ** 2
    fast = np.fft.rfftfreq(len(motion), 1 / rate) > above
    # Parseval for one side of the spectrum; the window's own energy is taken out.
    return float(2 * spectrum[fast].sum() / (len(motion) * np.sum(window**2)))
