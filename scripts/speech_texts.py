"""Endless lines to say, from small grammars of game dialogue in speech_lines/<language>.txt.

A grammar has slots, "name:", and below each its phrases, one a line or divided by |; a phrase may hold slots
in braces. Lines start at the slot "say". Mandarin is in Pinyin with tone numbers and Japanese in kana, which
espeak-ng can read. Phrases were written for this project and chosen for p b m f v: at the start, inside and
at the end, in clusters, next to open and to rounded vowels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "speech_lines"
LANGUAGES = tuple(sorted(file.stem for file in FOLDER.glob("*.txt")))
_SLOT = re.compile(r"\{(\w+)\}")


def lines(language: str, seed: int = 0) -> Iterator[str]:
    """Endless lines, the same ones for the same seed. Raises ValueError for a language without a grammar."""
    if language not in LANGUAGES:
        raise ValueError(f"no lines in language {language!r}; there are {', '.join(LANGUAGES)}")
    grammar = read_grammar((FOLDER / f"{language}.txt").read_text(encoding="utf-8"))
    chance = random.Random(f"{language}{seed}")
    while True:
        yield _filled(chance.choice(grammar["say"]), grammar, chance)


def read_grammar(text: str) -> dict[str, list[str]]:
    """Phrases by slot. Raises ValueError for a slot in braces that has none."""
    grammar: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            phrases = grammar.setdefault(line[:-1], [])
        else:
            phrases += [phrase.strip() for phrase in line.split("|") if phrase.strip()]
    strange = set(_SLOT.findall(text)) - grammar.keys()
    if strange:
        raise ValueError(f"nothing is given for the slot {min(strange)!r}")
    return grammar


def _filled(pattern: str, grammar: dict[str, list[str]], chance: random.Random) -> str:
    while _SLOT.search(pattern):
        pattern = _SLOT.sub(lambda slot: chance.choice(grammar[slot[1]]), pattern, count=1)
    return pattern[:1].upper() + pattern[1:]
