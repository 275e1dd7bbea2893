"""Phone times: from a synthesizer's marks to phones that fit what is heard. No synthesizer is needed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from speech_ipa import SILENCE, arpabet

STOPS = frozenset(("P", "B", "T", "D", "K", "G", "CH", "JH"))
NASALS = frozenset(("M", "N", "NG"))
VOWELS = frozenset(("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"))
GLIDES = frozenset(("W", "Y"))

STEP = 0.005
"""Seconds between levels."""
SHORT_PAUSE = 0.06
"""Seconds: a shorter silence is the closure of the stop after it, or the end of the phone before it."""
LONGEST_CLOSURE = 0.12
FIRST_CLOSURE = 0.07
"""Seconds a stop keeps its mouth shut at most before its burst, within speech and after silence."""


@dataclass(frozen=True)
class Phone:
    """An ARPAbet label and its start and end in seconds."""

    label: str
    start: float
    end: float

    def row(self) -> list[str | float]:
        """As the manifest has it, times in milliseconds' precision."""
        return [self.label, round(self.start, 3), round(self.end, 3)]


@dataclass(frozen=True)
class Said:
    """A line said: mono sound float32 [samples], its rate, its phones, and the voices in it."""

    sound: np.ndarray
    rate: int
    phones: list[Phone]
    voices: dict[str, float]


def phones(marks: Sequence[tuple[str, float]], end: float) -> list[Phone]:
    """Phones from marks of (IPA symbol or "", start in seconds), the last of which ends at `end`.

    An empty symbol is a pause; a symbol of several phones is divided among them.
    """
    ends = [start for _, start in marks[1:]] + [end]
    found: list[Phone] = []
    for (symbol, start), stop in zip(marks, ends, strict=True):
        if stop > start:
            labels = arpabet(symbol) if symbol else (SILENCE,)
            found += divided(labels, start, stop)
    return joined(found)


def divided(labels: Sequence[str], start: float, end: float) -> list[Phone]:
    """The phones of one symbol in its time: a glide before a vowel gets a third of it, others equal parts."""
    shares = [0.5 if label in GLIDES else 1.0 for label in labels]
    edges = start + (end - start) * np.cumsum([0.0, *shares]) / max(sum(shares), 1)
    return [Phone(label, *map(float, edges[at : at + 2])) for at, label in enumerate(labels)]


def joined(rows: Iterable[Phone]) -> list[Phone]:
    """Neighbours of one label become one phone (a long consonant, a pause in parts)."""
    found: list[Phone] = []
    for row in rows:
        same = found and found[-1].label == row.label
        found.append(Phone(row.label, found.pop().start, row.end) if same else row)
    return found


def placed(rows: Sequence[Phone], start: float, length: float) -> list[Phone]:
    """Phones that begin `start` seconds into a clip of `length`, with the silence before and after them."""
    moved = [Phone(row.label, row.start + start, row.end + start) for row in rows]
    before, after = Phone(SILENCE, 0.0, moved[0].start), Phone(SILENCE, moved[-1].end, length)
    return joined([before, *moved, after])


def without_short_pauses(rows: Sequence[Phone]) -> list[Phone]:
    """Pauses inside speech below SHORT_PAUSE go to a stop that follows, or else to the phone before."""
    kept: list[Phone] = []
    owed: float | None = None
    for at, row in enumerate(rows):
        if row.label == SILENCE and 0 < at < len(rows) - 1 and row.end - row.start < SHORT_PAUSE:
            if rows[at + 1].label in STOPS:
                owed = row.start
            else:
                last = kept.pop()
                kept.append(Phone(last.label, last.start, row.end))
            continue
        kept.append(row if owed is None else Phone(row.label, owed, row.end))
        owed = None
    return joined(kept)


def levels(sound: np.ndarray, rate: int) -> np.ndarray:
    """dB of each STEP of a mono sound [samples]."""
    size = round(rate * STEP)
    frames = sound[: len(sound) // size * size].reshape(-1, size).astype(float)
    return 10 * np.log10((frames**2).mean(axis=1) + 1e-10)


def with_closures(rows: Sequence[Phone], level: np.ndarray) -> list[Phone]:
    """Stops that start at their burst get the silence before it: the lips are shut in it.

    `level` is dB each STEP. Within speech the quiet end of the phone before is taken, 15 dB below its
    loudest, at most LONGEST_CLOSURE; after a pause FIRST_CLOSURE of it.
    """
    mended = list(rows)
    for at in range(1, len(mended)):
        before, row = mended[at - 1], mended[at]
        if row.label not in STOPS:
            continue
        start = _closure_start(before, row.start, level)
        mended[at - 1] = Phone(before.label, before.start, start)
        mended[at] = Phone(row.label, start, row.end)
    return mended


def _closure_start(before: Phone, burst: float, level: np.ndarray) -> float:
    if before.label == SILENCE:
        return max(before.start, burst - FIRST_CLOSURE)
    first, last = round(before.start / STEP), round(burst / STEP)
    tail = level[first:last]
    if len(tail) < 4:
        return burst
    loud = np.flatnonzero(tail > tail.max() - 15)
    start = (first + loud[-1] + 1) * STEP
    return float(np.clip(start, max(burst - LONGEST_CLOSURE, before.start + 0.02), burst))


def with_releases(rows: Sequence[Phone], level: np.ndarray) -> list[Phone]:
    """Nasals before a vowel end where the sound gets louder in their last 40 ms: the lips have parted."""
    mended = list(rows)
    for at in range(len(mended) - 1):
        row, after = mended[at], mended[at + 1]
        first, last = round(row.start / STEP), round(row.end / STEP)
        if row.label not in NASALS or after.label not in VOWELS or last - first < 8:
            continue
        hum = float(np.median(level[first : first + (last - first) // 2]))
        louder = np.flatnonzero(level[last - 8 : last] > hum + 4)
        release = (last - 8 + int(louder[0])) * STEP if len(louder) else row.end
        mended[at] = Phone(row.label, row.start, release)
        mended[at + 1] = Phone(after.label, release, after.end)
    return mended
