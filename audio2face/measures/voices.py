"""How well emotion is heard: recall of each class, and what is taken for what.

A folder's speakers are heard twice, by the code that runs live: cold, each recording by itself, and in turn,
all recordings of a speaker in the order of their names as one stream with pauses of a second, so that what is
usual with the voice is learned as it goes. The opinion that counts is that at the end of each recording; of
long ones, the mean of all, each as far as it is sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.emotion.descriptors import CHUNK
from audio2face.emotion.hearing import WINDOW, Hearing, Opinion, nobody
from audio2face.emotion.recogniser import CLASSES, Recogniser
from audio2face.features.clock import SAMPLE_RATE
from rigs.arrays import FloatArray

Array = npt.NDArray[np.float64]
PAUSE = SAMPLE_RATE
"""Samples between two recordings of a speaker."""


@dataclass(frozen=True, eq=False)
class Voiced:
    """One recording: who speaks, in which emotion ("" where nobody says), samples at 16 kHz."""

    name: str
    speaker: str
    emotion: str
    samples: FloatArray


def cold(voices: Sequence[Voiced], recogniser: Recogniser) -> Array:
    """[recordings, len(CLASSES)] each heard by itself."""
    return np.stack([_overall(Hearing(recogniser).push(whole(one.samples))) for one in voices])


def in_turn(voices: Sequence[Voiced], recogniser: Recogniser) -> Array:
    """[recordings, len(CLASSES)] each heard after those of the same speaker before it."""
    found = np.empty((len(voices), len(CLASSES)))
    hearings: dict[str, Hearing] = {}
    pause = np.zeros(PAUSE // CHUNK * CHUNK, np.float32)
    for place, one in sorted(enumerate(voices), key=lambda pair: pair[1].name):
        hearing = hearings.setdefault(one.speaker, Hearing(recogniser))
        found[place] = _overall(hearing.push(whole(one.samples)))
        list(hearing.push(pause))
    return found


def whole(samples: FloatArray) -> FloatArray:
    """Samples and so much silence that they fill pieces of CHUNK."""
    return np.concatenate([samples, np.zeros(-len(samples) % CHUNK, np.float32)])


def _overall(opinions: Iterable[Opinion]) -> Array:
    """[len(CLASSES)] the opinion on a recording: the mean of those from full windows, or the last."""
    heard = list(opinions)
    full = heard[WINDOW - 1 :] or heard[-1:]
    weights = np.array([one.sure for one in full])
    if not weights.sum():
        return nobody()
    return np.average([one.likely for one in full], axis=0, weights=weights)


@dataclass(frozen=True, eq=False)
class Confusion:
    """counts [len(CLASSES), len(CLASSES)]: a row for each true class, a column for what it is taken for."""

    counts: npt.NDArray[np.int64]

    @property
    def recalls(self) -> Array:
        """[len(CLASSES)] share of each class that is heard as such; NaN where there is none."""
        with np.errstate(invalid="ignore"):
            recalls: Array = np.diag(self.counts) / self.counts.sum(axis=1)
        return recalls

    @property
    def unweighted_recall(self) -> float:
        """Mean recall of the classes that occur: UAR."""
        return float(np.nanmean(self.recalls))


def confusion(emotions: Sequence[str], likely: Array) -> Confusion:
    """Of true emotions [recordings] and shares [recordings, len(CLASSES)]; the likeliest counts."""
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(counts, ([CLASSES.index(one) for one in emotions], likely.argmax(axis=1)), 1)
    return Confusion(counts)
