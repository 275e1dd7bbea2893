"""Phones → the unhurried part of speech motion: every phone pulls, the strongest near it wins.

Source: Cohen & Massaro (1993): value(t) = Σ D_i(t)·T_i / Σ D_i(t), D = α·exp(−(|τ| / w)^c).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from audio2face.features import FRAME_RATE
from audio2face.teacher.phones import ARTICULATORS, GROUPS, Segment, target

Array = npt.NDArray[np.float64]

REACH = {"open": 0.055, "round": 0.085, "spread": 0.070}
"""w in seconds: how far a phone reaches beyond its core. Rounding starts early and ends late."""
EXPONENT = 1.3
CORE = 0.5
"""The middle share of a phone in which its dominance is full."""
LEAD = 0.03
"""Seconds that the mouth runs ahead of the sound."""


def times(frames: int) -> Array:
    """[frames] seconds on the 120 Hz clock."""
    return np.arange(frames) / FRAME_RATE


def dominances(phones: Sequence[Segment], group: str, frames: int) -> Array:
    """[frames, phones] dominance of every phone in one of GROUPS."""
    number = list(GROUPS).index(group)
    strength = np.array([target(phone.label).dominance[number] for phone in phones])
    middle = np.array([(phone.start + phone.end) / 2 for phone in phones]) - LEAD
    core = np.array([(phone.end - phone.start) / 2 * CORE for phone in phones])
    beyond = np.maximum(0.0, np.abs(times(frames)[:, None] - middle) - core)
    return strength * np.exp(-((beyond / REACH[group]) ** EXPONENT))


def blend(phones: Sequence[Segment], frames: int) -> dict[str, Array]:
    """{articulator: [frames] weight} under all phones' pull."""
    wanted = np.array([target(phone.label).weights for phone in phones])
    moved = {}
    for group, members in GROUPS.items():
        pull = dominances(phones, group, frames) + 1e-12
        share = pull / pull.sum(axis=1, keepdims=True)
        for name in members:
            moved[name] = share @ wanted[:, list(ARTICULATORS).index(name)]
    return moved


def interval_gate(
    phones: Sequence[Segment], labels: frozenset[str], frames: int, sigma: float, early: float
) -> Array:
    """[frames] 0…1: 1 within every phone of these labels, falling off as a Gaussian outside.

    `sigma` in seconds; the last `early` seconds of a phone are its release and do not count.
    """
    gate = np.zeros(frames)
    at = times(frames)
    for phone in phones:
        if phone.label in labels:
            last = max(phone.end - early, (phone.start + phone.end) / 2)
            outside = np.maximum(0.0, np.maximum(phone.start - at, at - last))
            gate = np.maximum(gate, np.exp(-0.5 * (outside / sigma) ** 2))
    return gate
