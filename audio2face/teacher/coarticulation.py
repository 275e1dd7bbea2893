"""Phones → the unhurried part of speech motion: every phone pulls, the strongest near it wins.

Source: Cohen & Massaro (1993): value(t) = Σ D_i(t)·T_i / Σ D_i(t), D = α·exp(−(|τ| / w)^c).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from audio2face.features import FRAME_RATE
from audio2face.teacher.phones import ARTICULATORS, GROUPS, Segment, target

Array = npt.NDArray[np.float64]

EXPONENT = {"open": 1.56, "width": 1.23}
"""Higher: a phone holds its reach and then lets go at once."""
EDGE = 0.25
"""Share of a phone, at each end, that is not its core: there its dominance already fades …"""
LONGEST_EDGE = 0.05
"""… but no more than so many seconds."""
SHORTEST = 0.05
"""Seconds that a contact lasts at least."""
FREE_CORE = 1 / 3
"""Share of a phone, in its middle, that its neighbours' contacts leave alone …"""
FREE_RAMP = 0.03
"""… and the seconds, at most, from there to where they may be complete; never beyond the phone's ends."""
FLEETING = (0.02, 0.04)
"""Seconds: phones shorter than the first give way to contacts altogether, from the second on not at all."""
LEAD = {"open": 0.013, "width": -0.005}
"""Seconds that the mouth runs ahead of the aligned phones."""


def times(frames: int) -> Array:
    """[frames] seconds on the 120 Hz clock."""
    return np.arange(frames) / FRAME_RATE


def dominances(phones: Sequence[Segment], group: str, frames: int) -> Array:
    """[frames, phones] dominance of every phone in one of GROUPS."""
    pulls = [target(phone.label).pulls[group] for phone in phones]
    strength = np.array([pull.strength for pull in pulls])
    reach = np.array([pull.reach for pull in pulls])
    start = np.array([phone.start for phone in phones]) - LEAD[group]
    end = np.array([phone.end for phone in phones]) - LEAD[group]
    edge = np.minimum((end - start) * EDGE, LONGEST_EDGE)
    beyond = outside(times(frames)[:, None], start + edge, end - edge)
    return strength * np.exp(-((beyond / reach) ** EXPONENT[group]))


def blend(phones: Sequence[Segment], frames: int) -> dict[str, Array]:
    """{articulator: [frames] weight} under all phones' pull."""
    wanted = np.array([target(phone.label).weights for phone in phones]).reshape(-1, len(ARTICULATORS))
    moved = {}
    for group, members in GROUPS.items():
        pull = dominances(phones, group, frames) + 1e-12
        share = pull / pull.sum(axis=1, keepdims=True)
        for name in members:
            moved[name] = share @ wanted[:, list(ARTICULATORS).index(name)]
    return moved


def interval_gate(
    phones: Sequence[Segment], edges: Mapping[str, tuple[float, float]], frames: int, sigma: float
) -> Array:
    """[frames] 0…1: 1 within every phone that `edges` names, falling off as a Gaussian outside.

    edges  {label: (seconds by which the gate opens after the phone's start, and shuts after its end)}
    sigma  in seconds
    """
    gate = np.zeros(frames)
    at = times(frames)
    for phone in phones:
        if phone.label in edges:
            start, end = phone.start + edges[phone.label][0], phone.end + edges[phone.label][1]
            if end - start < SHORTEST:
                middle = (start + end) / 2
                start, end = middle - SHORTEST / 2, middle + SHORTEST / 2
            gate = np.maximum(gate, np.exp(-0.5 * (outside(at, start, end) / sigma) ** 2))
    return gate


def middles(phones: Sequence[Segment], labels: Collection[str], frames: int) -> Array:
    """[frames] 0…1: 1 in the middle of every phone that `labels` names, smoothly 0 at its ends."""
    free = np.zeros(frames)
    at = times(frames)
    for phone in phones:
        length = phone.end - phone.start
        if phone.label in labels and length > FLEETING[0]:
            margin = length * (1.0 - FREE_CORE) / 2
            away = outside(at, phone.start + margin, phone.end - margin)
            share = np.clip(1.0 - away / min(margin, FREE_RAMP), 0.0, 1.0)
            lasting = min(1.0, (length - FLEETING[0]) / (FLEETING[1] - FLEETING[0]))
            free = np.maximum(free, lasting * share * share * (3.0 - 2.0 * share))
    return free


def outside(at: Array, start: Array | float, end: Array | float) -> Array:
    """Seconds by which times lie before `start` or after `end`, 0 between."""
    beyond: Array = np.maximum(0.0, np.maximum(start - at, at - end))
    return beyond
