"""Times of known phones in a sound, by PocketSphinx and the English model that its wheel brings.

Phones of other languages are looked for as the ARPAbet phones they come nearest to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from align_grid import Aligner, AlignError, tidy
from speech_espeak import SpeechError
from speech_times import Phone

RATE = 16000
FRICATIVES = frozenset(("S", "SH", "Z", "ZH"))
EARLY = 0.02
"""Seconds by which the aligner hears these before there is any friction; measured where it can be heard."""


class PhoneAligner(Aligner):
    """Aligns words that are given as their phones. Raises SpeechError when PocketSphinx is not installed."""

    def __init__(self) -> None:
        try:
            super().__init__()
        except AlignError as error:
            raise SpeechError(str(error)) from error
        self._names: dict[str, str] = {}

    def phones(self, sound: np.ndarray, words: Sequence[Sequence[str]]) -> list[Phone] | None:
        """The phones of the words, silences among them, in a sound [samples] at RATE; None when not found."""
        loud = sound / max(float(np.abs(sound).max()), 1e-6) * 0.7
        spans = self.align(loud, [self._named(" ".join(word)) for word in words])
        if not spans:
            return None
        return [Phone(*span) for span in tidy(spans, len(sound) / RATE)]

    def _named(self, phones: str) -> str:
        """The name of a word in the dictionary, which it is added to when it is new."""
        if phones not in self._names:
            self._names[phones] = f"spoken{len(self._names)}"
            self._decoder.add_word(self._names[phones], phones, True)
        return self._names[phones]


def mended(rows: Sequence[Phone]) -> list[Phone]:
    """Sibilants start EARLY later, if they keep half of their time; the phone before lasts until there."""
    found = list(rows)
    for at in range(1, len(found)):
        before, row = found[at - 1], found[at]
        if row.label in FRICATIVES and before.label not in FRICATIVES:
            start = min(row.start + EARLY, (row.start + row.end) / 2)
            found[at - 1] = Phone(before.label, before.start, start)
            found[at] = Phone(row.label, start, row.end)
    return found
