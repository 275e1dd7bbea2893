"""Which shape key a name of the stream means, however either is spelt.

`jawOpen`, `JawOpen`, `jaw_open`, `blendShape1.jawOpen` and `jawOpen.001` are one; so are `mouthSmileLeft`,
`mouthSmile_L`, `mouthSmile.L` and `mouthSmileL`. Directions such as `jawLeft` stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .channels import EYES, HEAD

_SIDES = {"l": "left", "r": "right", "left": "left", "right": "right"}
_PARTS = re.compile(r"[.:|/]")
_SHORT_SIDE = re.compile(r"(?:(?<=[a-z])|[_\- ])([LR])$|[_\- ]([lr])$")


def letters(name: str) -> str:
    """What is compared: lower case, without what stands before the name proper, sides in full."""
    parts = [part for part in _PARTS.split(name) if part]
    while len(parts) > 1 and parts[-1].isdigit():
        parts.pop()
    if not parts:
        return ""
    side = ""
    if len(parts) > 1 and parts[-1].lower() in _SIDES:
        side = _SIDES[parts.pop().lower()]
    short = _SHORT_SIDE.search(parts[-1])
    if short and not side:
        side = _SIDES[(short[1] or short[2]).lower()]
        parts[-1] = parts[-1][: short.start()]
    return "".join(letter for letter in parts[-1].casefold() if letter.isalnum()) + side


class Wiring:
    """What drives what: names of the stream → shape keys of one or more faces.

    pairs      {face: {name of the stream: shape key}}, by the names of both
    unmatched  names of the stream that no face has, sorted
    """

    def __init__(self, faces: Mapping[str, Iterable[str]]) -> None:
        """`faces` are the names of shape keys by face, in order; the base shape is not among them."""
        self._exact = {face: set(keys) for face, keys in faces.items()}
        self._loose: dict[str, dict[str, str]] = {}
        for face, keys in faces.items():
            loose = self._loose[face] = {}
            for key in keys:
                loose.setdefault(letters(key), key)
        self.pairs: dict[str, dict[str, str]] = {face: {} for face in faces}
        self._seen: set[str] = set()
        self._unmatched: set[str] = set()

    def learn(self, names: Iterable[str]) -> None:
        """Finds the shape keys of names that have not come before."""
        for name in names:
            if name not in self._seen:
                self._seen.add(name)
                self._add(name)

    def _add(self, name: str) -> None:
        if name in HEAD or name in EYES:
            return
        found = False
        for face, exact in self._exact.items():
            key = name if name in exact else self._loose[face].get(letters(name))
            if key is not None:
                self.pairs[face][name] = key
                found = True
        if not found:
            self._unmatched.add(name)

    @property
    def unmatched(self) -> tuple[str, ...]:
        return tuple(sorted(self._unmatched))

    @property
    def matched(self) -> int:
        """How many names of the stream drive something."""
        return len(self._seen) - len(self._unmatched) - len(self._seen & {*HEAD, *EYES})
