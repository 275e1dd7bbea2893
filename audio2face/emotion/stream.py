"""The emotion vector of every frame: what the network is told while it hears.

The grid is fixed in frames of the clock, so that it does not depend on how the sound was cut: a cell of CELL
frames has one vector. A change too large for one step is spread over the frames of its cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from audio2face.emotion.auto import EMOTIONS, Auto
from audio2face.emotion.emotion import AUTO, Emotion
from audio2face.emotion.recogniser import read_recogniser
from audio2face.errors import OptionError
from audio2face.features.clock import FRAME_RATE, WINDOW, centres
from audio2face.models.model import Model
from rigs.arrays import FloatArray

CELL = 8
"""Frames of a cell, 67 ms: networks take so many at once, which costs a fifth of one by one."""
STEP = 0.02
"""Change of a strength that a face may make in one step without being seen to."""
EASE = 1 - math.exp(-CELL / FRAME_RATE / 0.12)
"""Share of the way that a face goes in a cell to what is asked of it from outside: time constant 0.12 s."""
NEAR = 1e-3
"""Of a strength: there."""

Asked = Callable[[], Mapping[str, float]]
Run = tuple[int, FloatArray]
"""So many frames with one emotion vector [emotions]."""


class EmotionStream:
    """Emotion vectors, frame by frame: `push` with each block of sound and the frames that it completes.

    model    knows the vectors
    emotion  what the face is to feel
    asked    gives the mix as it is wanted now, {name: strength}, in place of that of `emotion`, with the
             strength of what is heard under AUTO; followed smoothly. None for the mix as it stands.

    Raises OptionError for an emotion that the model does not know, ModelError for a damaged recogniser.
    """

    def __init__(self, model: Model, emotion: Emotion, asked: Asked | None = None) -> None:
        self._emotion, self._asked = emotion, asked
        self._ahead = model.look_ahead
        self._steady = None if emotion.moves or asked else model.feel(dict(emotion.mix))
        self._auto = None if emotion.auto is None else Auto(read_recogniser(), emotion.auto)
        heard = [] if self._auto is None else hears(model)
        known = dict.fromkeys([*emotion.names, *heard, *(asked() if asked else ())])
        known.pop(AUTO, None)
        self._places = {name: place for place, name in enumerate(known)}
        self._heard = [self._places[name] for name in heard], [EMOTIONS.index(name) for name in heard]
        self._vectors = [model.feel({name: 1.0}) for name in known]
        start = asked() if asked else emotion.controls
        self._mix, self._trust = self._row(start), start.get(AUTO, 0.0)
        self._frame = 0
        self._before = self._now = np.full(len(known), np.nan, np.float32)
        self._vector = model.feel({})

    def push(self, samples: FloatArray, frames: int) -> list[Run]:
        """The vectors of the next frames, which samples [samples] complete, in runs."""
        if self._steady is not None:
            return [(frames, self._steady)]
        if self._auto:
            self._auto.push(samples)
        runs: list[Run] = []
        end = self._frame + frames
        while self._frame < end:
            into = self._frame % CELL
            if not into:
                self._begin_cell()
            still = self._now is self._before
            count = min(end - self._frame, CELL - into) if still else 1
            if not still:
                share = np.float32((into + 1) / CELL)
                self._vector = self._felt(self._before + share * (self._now - self._before))
            if runs and runs[-1][1] is self._vector:
                runs[-1] = (runs[-1][0] + count, self._vector)
            else:
                runs.append((count, self._vector))
            self._frame += count
        return runs

    def _begin_cell(self) -> None:
        """Where the cell that begins now leads; in one step if that is small."""
        wanted = self._wanted()
        change = float(np.max(np.abs(wanted - self._now), initial=0.0))
        if change == 0:
            self._before = self._now
        elif change > STEP:  # NaN, before the first cell, is no such change
            self._before, self._now = self._now, wanted
        else:
            self._before = self._now = wanted
            self._vector = self._felt(wanted)

    def _wanted(self) -> FloatArray:
        """[names] strengths at the end of the cell that begins now."""
        if self._asked:
            asked = self._asked()
            target = self._row(asked)
            way = target - self._mix
            self._mix = np.where(np.abs(way) < NEAR, target, self._mix + np.float32(EASE) * way)
            self._trust += EASE * (asked.get(AUTO, 0.0) - self._trust)
        strengths = self._mix.copy()
        if self._auto:
            places, columns = self._heard
            sample = int(centres(self._frame, 1)[0]) + WINDOW // 2
            strengths[places] += np.float32(self._trust) * self._auto.at(sample)[columns]
        time = (self._frame + CELL - 1 - self._ahead) / FRAME_RATE
        for track in self._emotion.tracks:
            places = [self._places[name] for name in track.names]
            strengths[places] += track.at(time)
        return np.clip(strengths, 0.0, 1.0)

    def _row(self, mix: Mapping[str, float]) -> FloatArray:
        """[names] of a mix; what has no vector is left out."""
        row = np.zeros(len(self._places), np.float32)
        for name, strength in mix.items():
            if name in self._places:
                row[self._places[name]] = strength
        return row

    def _felt(self, strengths: FloatArray) -> FloatArray:
        """[emotions] the vector of strengths [names], added in their order."""
        total = np.zeros_like(self._vector)
        for strength, vector in zip(strengths, self._vectors, strict=True):
            total = total + strength * vector
        return total


def hears(model: Model) -> list[str]:
    """The emotions of the voice that a model's face has. Raises OptionError when it has none."""
    known = [name for name in EMOTIONS if name in model.emotions]
    if not known:
        has = ", ".join(model.emotions) or "none"
        raise OptionError(
            f"auto hears {', '.join(EMOTIONS)}, and this model's emotions are {has}; leave out auto"
        )
    return known
