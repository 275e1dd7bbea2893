"""Lines said by espeak-ng in many throats: variants, pitches and speeds drawn at random."""

from __future__ import annotations

import random
from typing import ClassVar

import numpy as np
from speech_espeak import Espeak, Manner
from speech_times import Said, levels, phones, with_closures, with_releases, without_short_pauses

VARIANTS = (
    *("", "", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"),
    *("Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Hugo", "Jacky", "Lee", "Marco"),
    *(
        "Mario",
        "Michael",
        "Mike",
        "adam",
        "anika",
        "antonio",
        "aunty",
        "belinda",
        "benjamin",
        "boris",
        "caleb",
    ),
    *(
        "david",
        "edward",
        "grandma",
        "grandpa",
        "gustave",
        "iven",
        "john",
        "klatt",
        "klatt2",
        "klatt3",
        "linda",
    ),
    *("marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert"),
    *("sandro", "shelby", "steph", "travis", "victor", "zac"),
)
"""Variants that come with espeak-ng 1.52, without whispers, demons and other effects."""


LEAD = 0.1
"""Seconds of silence put in front, in which the lips close for a first stop."""


class Robots:
    """Says lines with espeak-ng. Half of them are German unless a language is named."""

    shares: ClassVar = {
        **{"de": 10.0, "es": 1.0, "fr": 1.5, "it": 1.0, "pt": 0.8, "pl": 1.0, "ru": 1.0, "tr": 0.8},
        **{"hi": 0.8, "cmn": 1.3, "en": 0.8},
    }

    def __init__(self) -> None:
        self._espeak = Espeak()

    def line(self, text: str, language: str, chance: random.Random) -> Said:
        """A line in a variant, at 115–210 words a minute, with its phones."""
        manner = Manner(
            language,
            chance.choice(VARIANTS),
            rate=chance.randint(115, 210),
            pitch=chance.randint(15, 85),
            range=chance.randint(20, 90),
        )
        sound, marks = self._espeak.say(text, manner)
        sound = np.pad(sound, (round(LEAD * self._espeak.rate), 0))
        level = levels(sound, self._espeak.rate)
        rows = phones(_in_order(marks), len(sound) / self._espeak.rate)
        rows = with_releases(with_closures(without_short_pauses(rows), level), level)
        voice = "-".join(filter(None, ("espeak", language, manner.variant)))
        return Said(sound, self._espeak.rate, rows, {voice: 1.0})


def _in_order(marks: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Marks by time, LEAD later, without those of a change of language, such as "(en)"."""
    kept = [(name.strip("_|"), start + LEAD) for name, start in marks if not name.startswith("(")]
    return [("", 0.0), *sorted(kept, key=lambda mark: mark[1])]
