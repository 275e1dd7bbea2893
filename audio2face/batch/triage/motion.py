"""What is measured of a line's face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.batch.triage.spectra import RATE, Spectra
from rigs import AnimationClip
from rigs.contacts import PARTED
from rigs.lips import CONTACT, lip_gap, lip_gap_row

Array = npt.NDArray[np.float64]

UNDECIDED = PARTED - 0.1
"""mm between lips that should be either within CONTACT or PARTED."""
FARTHEST = 12
"""Frames of triage by which the face may seem early or late: 240 ms."""

REACH = 0.02
"""Correlation by which a lag must be better than one that is a frame smaller."""


@dataclass(frozen=True)
class Motion:
    """How the lips move.

    closures   how often they close, in a second of speech
    undecided  how often they come near each other and do not close, in a second of speech
    follow     -1 to 1, how well their opening follows loudness, at the lag that fits best
    lag        seconds by which they follow it then; positive is late
    """

    closures: float
    undecided: float
    follow: float
    lag: float


def move(clip: AnimationClip, spectra: Spectra) -> Motion | None:
    """Measures a clip made of that sound; None where no channel moves a lip of the default head."""
    if not lip_gap_row(clip.names).any():
        return None
    gap = lip_gap(clip.weights, clip.names).astype(np.float64)
    spoken = max(float(spectra.speech.sum()) / RATE, 0.2)
    closed = gap <= CONTACT
    closures = int(np.sum(closed[1:] & ~closed[:-1]) + closed[0])
    low = (gap[1:-1] <= gap[:-2]) & (gap[1:-1] < gap[2:])
    undecided = int(np.sum(low & (gap[1:-1] > CONTACT) & (gap[1:-1] < UNDECIDED)))
    follow, lag = _follow(gap, clip.fps, spectra)
    return Motion(closures / spoken, undecided / spoken, follow, lag)


def _follow(gap: Array, fps: float, spectra: Spectra) -> tuple[float, float]:
    """The best correlation of opening and level, and where it is."""
    times = (np.arange(spectra.frames) + 0.5) / RATE
    opening = np.interp(times, np.arange(len(gap)) / fps, gap)
    level = np.clip(spectra.level - spectra.loud, -40.0, 5.0)
    best, at, found = -2.0, 0, 0.0
    for lag in range(-FARTHEST, FARTHEST + 1):
        late, early = opening[max(0, lag) :], level[max(0, -lag) :]
        count = min(len(late), len(early))
        if count < RATE // 2:
            continue
        late, early = late[:count] - late[:count].mean(), early[:count] - early[:count].mean()
        size = float(np.sqrt((late**2).sum() * (early**2).sum()))
        r = float((late * early).sum()) / size if size > 1e-9 else 0.0
        # Syllables come every 200 ms or so, and one late looks much like the next one early.
        if r - REACH * abs(lag) > best:
            best, at, found = r - REACH * abs(lag), lag, r
    return found, at / RATE
