"""The many spellings of one channel name.

`mouthSmileLeft`, `mouthSmile_L`, `MouthSmile.l`, `mouth_smile_left`, `blendShape1.mouthSmileLeft`,
`hero:Mouth_Left_Smile` and `A38_Mouth_Smile_Left` all have the base `mouthsmile` and the side `L`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_SEPARATOR = re.compile(r"[.:|/]+")
_CODE = re.compile(r"[a-z]?[0-9]+")
_SIDES = {"l": "L", "left": "L", "lf": "L", "lt": "L", "r": "R", "right": "R", "rt": "R"}


LONGEST_START = 4
"""Words of a common beginning that are looked at."""


class Spelling(NamedTuple):
    """A name without its spelling: words run together in small letters, and L, R or nothing."""

    base: str
    side: str

    @property
    def together(self) -> str:
        """As it would be written in small letters without any break."""
        return self.base + {"L": "left", "R": "right", "": ""}[self.side]


def words(name: str) -> tuple[str, ...]:
    """`blendShape1.jawOpen` → blend, shape, 1, jaw, open."""
    return tuple(word.lower() for word in _WORD.findall(name))


def spelling(parts: Sequence[str]) -> Spelling:
    """Base and side of a name in words. Of two sides the last counts, unless a name begins with one."""
    sides = [place for place, word in enumerate(parts) if word in _SIDES]
    if not sides or len(parts) == 1:
        return Spelling("".join(parts), "")
    place = 0 if sides[0] == 0 else sides[-1]
    return Spelling("".join(parts[:place]) + "".join(parts[place + 1 :]), _SIDES[parts[place]])


def side_of(name: str) -> str:
    """L, R or nothing."""
    return spelling(words(name)).side


def readings(name: str, starts: frozenset[tuple[str, ...]] = frozenset()) -> list[Spelling]:
    """What a name may mean, the likeliest first: whole, without namespaces or a number, without `starts`.

    starts  words that many names begin with, from `shared_starts`
    """
    whole = words(name)
    forms = [whole]
    pieces = _SEPARATOR.split(name)
    forms += [words(".".join(pieces[start:])) for start in range(1, len(pieces))]
    forms += [form[1:] for form in tuple(forms) if len(form) > 1 and _CODE.fullmatch(form[0])]
    # `A14_Eye_Blink_Left`: the letter and the number are two words.
    forms += [form[2:] for form in tuple(forms) if len(form) > 2 and len(form[0]) == 1 and form[1].isdigit()]
    forms += [whole[count:] for count in range(1, LONGEST_START + 1) if whole[:count] in starts]
    named = [form for form in forms if form and not (len(form) == 1 and form[0] in _SIDES)]
    return list(dict.fromkeys(spelling(form) for form in named))


def shared_starts(names: Sequence[str], least: int = 3) -> frozenset[tuple[str, ...]]:
    """First words that at least three names share, or both of two: such as the name of their mesh."""
    split = [words(name) for name in names]
    starts = Counter(
        parts[:count] for parts in split for count in range(1, LONGEST_START + 1) if len(parts) > count
    )
    enough = max(2, min(least, len(names)))
    return frozenset(start for start, many in starts.items() if many >= enough)
