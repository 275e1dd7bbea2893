"""The bundled maps the other way: from a rig of the catalogue to ARKit.

A channel of ARKit is the mean of those that follow it alone. Visemes, and the vowels of VRM, are the poses
that `rigs.visemes` gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from rigs.arkit import ARKIT_NAMES, arkit_rig
from rigs.retargeting.bundled import BUNDLED, bundled_map
from rigs.retargeting.retarget import Retarget, from_shares
from rigs.visemes import VISEMES

ENOUGH = 0.6
"""Share of a rig's names by which channels are taken to be that rig's."""

_VOWELS = {
    "aa": "aa",
    "ih": "I",
    "ou": "U",
    "ee": "E",
    "oh": "O",
    "A": "aa",
    "I": "I",
    "U": "U",
    "E": "E",
    "O": "O",
}


def to_arkit(sources: Sequence[str]) -> Retarget | None:
    """The map from channels of a bundled rig to ARKit; None when the channels are of no such rig."""
    for name in BUNDLED:
        names = bundled_map(name).names
        if len(set(names) & set(sources)) >= ENOUGH * len(names):
            return reversed_map(name)
    return None


@lru_cache(maxsize=len(BUNDLED))
def reversed_map(name: str) -> Retarget:
    """The map from a bundled rig to ARKit."""
    how = bundled_map(name)
    poses = {source: _pose(name, source) for source in how.names}
    shares: dict[str, dict[str, float]] = {target: {} for target in ARKIT_NAMES}
    for source, pose in poses.items():
        for target, weight in (pose or {}).items():
            shares[target][source] = weight
    lowest = np.array([channel.minimum for channel in how.targets])
    # What is below 0 counts where a channel goes both ways, such as gaze to the left and right.
    follows = np.where(lowest < 0, how.effect != 0, how.effect > 0)
    own = follows & (np.sum(how.effect > 0, axis=0) <= _pair(name))
    for row, target in enumerate(how.sources):
        alone = [place for place in np.flatnonzero(own[row]) if poses[how.names[place]] is None]
        for place in alone:
            shares[target][how.names[place]] = float(np.sign(how.effect[row, place])) / len(alone)
    return from_shares(how.names, arkit_rig().channels, shares)


def _pose(name: str, source: str) -> dict[str, float] | None:
    """The ARKit pose of a viseme or vowel; None for other channels."""
    viseme = source if name == "oculus" else _VOWELS.get(source) if name.startswith("vrm") else None
    return None if viseme is None else dict(VISEMES[viseme])


def _pair(name: str) -> int:
    """How many of ARKit's a channel may follow: VRM has one where ARKit has a left and a right."""
    return 2 if name.startswith("vrm") else 1
