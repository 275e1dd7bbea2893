"""How sure a figure is: 95 % intervals by drawing speakers, or clips, again and again.

What one speaker says is alike, so that a figure over few speakers is less sure than its many clips suggest.
With four speakers or more, whole speakers are drawn; with fewer, clips.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio2face.measures.statistics import Array, Statistic

DRAWS = 1000
ENOUGH = 4
"""Speakers."""
SEED = 2017
LEVEL = 95.0
"""Percent."""


def drawings(speakers: Sequence[str], draws: int = DRAWS) -> Array:
    """[draws, clips] how often each clip is drawn, given who speaks in each; the same at every call."""
    kinds, who = np.unique(np.array(speakers), return_inverse=True)
    if len(kinds) < ENOUGH:
        who = np.arange(len(speakers))
    random = np.random.default_rng(SEED)
    count = int(who.max()) + 1
    times = random.multinomial(count, np.full(count, 1 / count), size=draws)
    weights: Array = times[:, who].astype(np.float64)
    return weights


def interval(statistic: Statistic, evidence: Sequence[Array], weights: Array) -> tuple[float, float]:
    """The 95 % interval of a figure under drawings [draws, clips]; NaN where there is nothing to measure."""
    values = statistic(evidence, weights)
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan")
    tail = (100.0 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return float(low), float(high)


def unanimous(value: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share when all of `count` cases agreed on `value`, 0 or 1.

    Drawing such cases again tells nothing; this is the exact binomial one (Clopper & Pearson, 1934).
    """
    rare = 1.0 - ((100.0 - LEVEL) / 200.0) ** (1.0 / max(1, count))
    return (1.0 - rare, 1.0) if value else (0.0, rare)
