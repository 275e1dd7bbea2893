"""Lines said by Kokoro-82M in many languages, with the phone times that PocketSphinx finds in them."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import ClassVar

import numpy as np
import soxr
from speech_align import RATE, PhoneAligner, mended
from speech_espeak import SpeechError
from speech_ipa import ARPABET, DIPHTHONGS, arpabet
from speech_kokoro import FRAME, Kokoro, Spoken
from speech_kokoro import RATE as SPOKEN_RATE
from speech_times import STOPS, Phone, Said

LATE = 0.065
"""Seconds by which Kokoro's own frames come after what they stand for."""
APART = 0.1
"""Seconds between the two clocks at most, after that, in the middle half of a clip's phones."""
LEAD = 0.1
"""Seconds of silence put in front, in which the lips close for a first stop."""
LONGEST_CLOSURE, USUAL_CLOSURE, SHORTEST_CLOSURE = 0.16, 0.1, 0.08
"""Seconds: a stop after silence that is longer than the first gets the second, and at least the third."""
CONTACTS = frozenset(("M", "F", "V"))

_WORD = re.compile(r"[^\s,.!?:;…]+")
_DIPHTHONGS = [name for name, phones in ARPABET.items() if len(name) == 2 and phones[0] in DIPHTHONGS]
_TOGETHER = re.compile("|".join([*_DIPHTHONGS, "ɯᵝ", "."]))
"""Letters that are read together: the mark of Japanese u says that the lips are hardly round."""


class Accents:
    """Says lines with Kokoro, whose packages are in `folder`. Half are German unless a language is named."""

    shares: ClassVar = {
        **{"de": 12.0, "es": 1.6, "fr": 1.8, "it": 1.5, "pt": 1.4, "hi": 1.3, "cmn": 1.8, "ja": 1.2},
        **{"ru": 0.4, "pl": 0.4, "tr": 0.4},
    }

    def __init__(self, folder: Path) -> None:
        self._kokoro = Kokoro(folder)
        self._aligner = PhoneAligner()

    def line(self, text: str, language: str, chance: random.Random) -> Said | None:
        """A line with its phones; None when they are not found in the sound."""
        return timed(self._kokoro.spoken(text, language, chance), language, self._aligner)


def timed(spoken: Spoken, language: str, aligner: PhoneAligner) -> Said | None:
    """What was said with its phones; None when they are not found, or far from Kokoro's own clock."""
    sound = np.pad(soxr.resample(spoken.sound, SPOKEN_RATE, RATE), (round(LEAD * RATE), 0))
    words = words_of(spoken.symbols)
    rows = aligner.phones(sound, [[label for label, _ in word] for word in words])
    if rows is None or apart(rows, expected(spoken.frames, words)) > APART:
        return None
    rows = [row for row in mended(usual_after_silence(rows)) if row.end > row.start]
    names = {f"kokoro-{language}-{name}": share for name, share in spoken.voices.items()}
    return Said(sound, RATE, rows, names)


def words_of(symbols: str) -> list[list[tuple[str, int]]]:
    """The phones of each word, with the places of their symbols. Raises SpeechError for an unknown letter."""
    try:
        words = [
            [
                (label, word.start() + letters.start())
                for letters in _TOGETHER.finditer(word[0])
                for label in arpabet(letters[0])
            ]
            for word in _WORD.finditer(symbols)
        ]
    except ValueError as error:
        raise SpeechError(str(error)) from error
    return [word for word in words if word]


def expected(frames: np.ndarray, words: list[list[tuple[str, int]]]) -> np.ndarray:
    """[phones] seconds when each should start by Kokoro's clock, in a sound with LEAD before it."""
    starts = np.concatenate([[0.0], np.cumsum(frames)]) * FRAME + LEAD - LATE
    # The first token is the mark of the start.
    return np.array([starts[place + 1] for word in words for _, place in word])


def apart(rows: list[Phone], clock: np.ndarray) -> float:
    """Seconds between two clocks: the upper quartile over the phones; endless when they differ in number."""
    starts = np.array([row.start for row in rows if row.label != "SIL"])
    if len(starts) != len(clock):
        return float("inf")
    return float(np.quantile(np.abs(starts - clock), 0.75))


def usual_after_silence(rows: list[Phone]) -> list[Phone]:
    """A stop after silence takes time from it, or gives it some: where its closure starts is not heard."""
    found = list(rows)
    for at in range(1, len(found)):
        before, row = found[at - 1], found[at]
        start = row.start
        if row.end - start > LONGEST_CLOSURE and row.label in STOPS | CONTACTS:
            start = row.end - USUAL_CLOSURE
        elif row.label in STOPS:
            start = max(before.start, min(start, row.end - SHORTEST_CLOSURE))
        if before.label == "SIL":
            found[at - 1] = Phone(before.label, before.start, start)
            found[at] = Phone(row.label, start, row.end)
    return found
