"""What is heard in a voice over time: an opinion for every 200 ms of sound, from the last two seconds.

Voices differ more than emotions do. So each voice is heard against itself: what is usual with it is learned
while it speaks, at first mixed with what is usual with everybody. Nothing is heard ahead, and everything is
on a grid fixed in samples.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.emotion.descriptors import CHUNK, COLUMNS, FRAMES, Descriptors
from audio2face.emotion.recogniser import CLASSES, Recogniser
from audio2face.emotion.statistics import NAMES, Heard, quantile, statistics
from audio2face.features.clock import SAMPLE_RATE

Array = npt.NDArray[np.float64]

WINDOW = 10
"""Pieces of CHUNK that an opinion is from: 2 s."""
ENOUGH = 0.3
"""Seconds of voice in them that an opinion takes."""
SURE = 0.8
"""Seconds of voice from which it counts fully."""
EVERYBODY = 3.0
"""Windows that what is usual with everybody counts for."""
REMEMBERED = 40.0
"""Windows, 80 s of speech, after which a voice is forgotten again."""
RELEASE = 1.5 * CHUNK / SAMPLE_RATE
"""dB that the level of speech falls in a piece."""
LOWER = 10.0
"""dB below that level at which a window may still be as loud as speech gets."""
LIVELY = 2.0
"""dB of standard deviation that the energy of speech has at least; hums and tones have less."""
SILENT = -90.0


@dataclass(frozen=True, eq=False)
class Opinion:
    """What the last two seconds sound like.

    end    samples of sound up to which they go
    likely [len(CLASSES)] shares that add up to 1; all neutral when nobody spoke
    voice  seconds of voice in them
    sure   0 (nobody spoke) to 1, how much the opinion counts
    """

    end: int
    likely: Array
    voice: float
    sure: float


class Usual:
    """What is usual with a voice: the mean of what it said, one window of each phrase or two seconds.

    Of each the window with most voice is taken, WINDOW pieces later, when it is past.
    """

    def __init__(self) -> None:
        self._sum = np.zeros(len(NAMES))
        self._windows = 0.0
        self._best: tuple[float, Array] | None = None
        self._pieces = 0
        self._waiting: deque[tuple[float, Array] | None] = deque([None] * WINDOW)

    @property
    def mean(self) -> Array:
        """[len(NAMES)] in standard deviations; everybody's counts for EVERYBODY windows."""
        return self._sum / (self._windows + EVERYBODY)

    def hear(self, scaled: Array | None, voice: float) -> None:
        """Takes in the window that ends now, with so many seconds of voice.

        None where the last piece has no voice: then a phrase has ended.
        """
        if scaled is not None and (self._best is None or voice > self._best[0]):
            self._best = voice, scaled
        self._pieces = self._pieces + 1 if scaled is not None else 0
        done = self._best if scaled is None or self._pieces == WINDOW else None
        self._waiting.append(done)
        if done:
            self._best, self._pieces = None, 0
        past = self._waiting.popleft()
        if past:
            weight = min(1.0, past[0] / SURE)
            keep = 1 - weight / REMEMBERED * min(1.0, self._windows / REMEMBERED)
            self._sum = keep * self._sum + weight * past[1]
            self._windows = keep * self._windows + weight


class Hearing:
    """Pushed samples come back as opinions.

    recogniser  knows the emotions
    adapt       whether the voice's own ways are learned; else every voice is everybody's
    """

    def __init__(self, recogniser: Recogniser, adapt: bool = True) -> None:
        self._recogniser, self._adapt = recogniser, adapt
        self._descriptors = Descriptors()
        self._pieces: deque[Array] = deque(maxlen=WINDOW)
        self._level = SILENT
        self._pieces_heard = 0
        self.usual = Usual()

    def push(self, samples: npt.NDArray[np.float32]) -> Iterator[Opinion]:
        """The opinions that samples [samples] at 16 kHz complete."""
        for piece in self._descriptors.push(samples):
            self._pieces.append(piece)
            self._pieces_heard += 1
            yield self._formed(self._pieces_heard * CHUNK)

    def _formed(self, end: int) -> Opinion:
        loudest = quantile(self._pieces[-1][:, COLUMNS.index("energy")], 0.95)
        self._level = max(loudest, self._level - RELEASE, SILENT)
        heard = Heard(np.concatenate(self._pieces), self._level - LOWER)
        if not speaks(heard):
            self.usual.hear(None, 0.0)
            return Opinion(end, nobody(), heard.seconds, 0.0)
        scaled = self._recogniser.scaled(statistics(heard))
        likely = self._recogniser.likelihoods(scaled - self.usual.mean)
        sure = min(1.0, heard.seconds / SURE)
        if self._adapt:
            speaking = bool(heard.voiced[-FRAMES:].any())
            self.usual.hear(scaled if speaking else None, heard.seconds)
        return Opinion(end, likely, heard.seconds, sure)


def speaks(heard: Heard) -> bool:
    """Whether there is enough voice, and it moves as speech does."""
    return heard.seconds >= ENOUGH and float(heard.energy[heard.speech].std()) >= LIVELY


def nobody() -> Array:
    """[len(CLASSES)] neutral."""
    return np.eye(len(CLASSES))[0]
