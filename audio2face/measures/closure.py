"""Do the lips close on every p, b and m, and on nothing else?

A p, b or m counts as closed if the lip gap on the default head falls to 1 mm or less anywhere within its
interval ± 40 ms. An open vowel of 60 ms or longer counts as wrongly shut if the gap at its middle is 1 mm
or less. The same is counted for the consonants of the tongue, those beside a p, b or m left out: their edge
belongs to the closure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from audio2face.measures.phones import TONGUE, beside
from audio2face.teacher import BILABIALS, OPEN_VOWELS, Segment
from rigs import AnimationClip
from rigs.lips import lip_gap

CLOSED = 1.0
"""mm"""
SLACK = 0.040
"""seconds"""
LONG = 0.060
"""seconds"""


@dataclass(frozen=True)
class Closure:
    """Counts over clips: p b m heard and closed; open vowels and tongue consonants heard and wrongly shut."""

    bilabials: int = 0
    closed: int = 0
    vowels: int = 0
    shut: int = 0
    consonants: int = 0
    shut_consonants: int = 0

    def __add__(self, other: Closure) -> Closure:
        return Closure(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def recall(self) -> float:
        """Share of p b m that closed; NaN when there were none."""
        return _share(self.closed, self.bilabials)

    @property
    def false_closure(self) -> float:
        """Share of open vowels that were wrongly shut; NaN when there were none."""
        return _share(self.shut, self.vowels)

    @property
    def other_closure(self) -> float:
        """Share of tongue consonants that were wrongly shut; NaN when there were none."""
        return _share(self.shut_consonants, self.consonants)


def closure(clip: AnimationClip, phones: Sequence[Segment]) -> Closure:
    """Counts for one clip whose phones are known."""
    gap = lip_gap(clip.weights, clip.names)
    stops = [phone for phone in phones if phone.label in BILABIALS]
    vowels = [phone for phone in phones if phone.label in OPEN_VOWELS and phone.end - phone.start >= LONG]
    tongue = [
        phone
        for at, phone in enumerate(phones)
        if phone.label in TONGUE and not beside(phones, at, BILABIALS)
    ]

    def shut(kind: Sequence[Segment]) -> int:
        return sum(_at(gap, clip.fps, (phone.start + phone.end) / 2) <= CLOSED for phone in kind)

    closed = sum(
        _smallest(gap, clip.fps, phone.start - SLACK, phone.end + SLACK) <= CLOSED for phone in stops
    )
    return Closure(len(stops), closed, len(vowels), shut(vowels), len(tongue), shut(tongue))


def total(counts: Iterable[Closure]) -> Closure:
    """The sum of counts over clips."""
    return sum(counts, Closure())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _smallest(gap: np.ndarray, fps: float, start: float, end: float) -> float:
    """The smallest gap from start to end; between frames a face moves in straight lines."""
    times = np.arange(len(gap)) / fps
    inside = gap[(times >= start) & (times <= end)]
    ends = np.interp([start, end], times, gap)
    return float(min(*ends, *inside))


def _at(gap: np.ndarray, fps: float, time: float) -> float:
    return float(np.interp(time, np.arange(len(gap)) / fps, gap))
