"""Channels that belong together: twins of the left and right side, and opposites that never act at once.

Names are compared without case, dots, dashes, spaces and underscores; sides may be written Left and Right in
full or, after a separator, as L and R.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Pairs = tuple[tuple[int, int], ...]

_SIDE = re.compile(r"(?:(left|right)|[._ -]([lr]))$", re.IGNORECASE)
_OTHER = {"left": "right", "right": "left"}
_DIRECTIONS = ("jaw", "mouth")
"""Stems whose Left and Right say where to, not on which side."""

_GAZE = {"eyelookin": "eyelookout", "eyelookout": "eyelookin"}
"""Eyes that look to one side: one turns in, its twin out."""

_OPPOSITES = (
    ("eyelookup", "eyelookdown"),
    ("eyelookin", "eyelookout"),
    ("eyeblink", "eyewide"),
    ("mouthsmile", "mouthfrown"),
)
"""For each side."""


def twins(names: Sequence[str]) -> Pairs:
    """Places of channels that move alike in a symmetric face, each pair once, the earlier channel first."""
    places = _places(names)
    found = set()
    for (stem, side), place in places.items():
        if side and stem not in _DIRECTIONS:
            other = places.get((_GAZE.get(stem, stem), _OTHER[side]))
            if other is not None:
                found.add((min(place, other), max(place, other)))
    return tuple(sorted(found))


def opposites(names: Sequence[str]) -> Pairs:
    """Places of channels of which a face uses one at a time, such as jawLeft and jawRight."""
    places = _places(names)
    wanted = [((stem, "left"), (stem, "right")) for stem in _DIRECTIONS]
    wanted += [((one, side), (two, side)) for one, two in _OPPOSITES for side in ("left", "right", "")]
    pairs = [(places[one], places[two]) for one, two in wanted if one in places and two in places]
    return tuple(sorted((min(pair), max(pair)) for pair in pairs))


def _places(names: Sequence[str]) -> dict[tuple[str, str], int]:
    """{(stem, side): place}; the side is left, right or nothing."""
    places: dict[tuple[str, str], int] = {}
    for place, name in enumerate(names):
        match = _SIDE.search(name)
        stem = name[: match.start()] if match else name
        side = (match[1] or {"l": "left", "r": "right"}[match[2].lower()]).lower() if match else ""
        places.setdefault((re.sub(r"[^a-z0-9]", "", stem.lower()), side), place)
    return places
