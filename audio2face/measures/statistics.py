"""From what was found in each clip to one figure, for many drawings of clips at once.

Every function takes evidence, one array for each clip, and weights [draws, clips], how often each clip was
drawn; it returns [draws]. Weights of one give the plain figure. NaN: there was nothing to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Statistic = Callable[[Sequence[Array], Array], Array]
CHUNK = 1_000_000
"""Scores that `auc` counts at a time, all draws together, to save memory."""


def share(evidence: Sequence[Array], weights: Array) -> Array:
    """Sum of the firsts over sum of the seconds; evidence is [2] a clip."""
    pairs = np.array(evidence).reshape(-1, 2)
    top, bottom = weights @ pairs[:, 0], weights @ pairs[:, 1]
    return np.divide(top, bottom, out=np.full(len(weights), np.nan), where=bottom > 0)


def root_share(evidence: Sequence[Array], weights: Array) -> Array:
    """Square root of `share`: the ratio of amplitudes, from variances."""
    root: Array = np.sqrt(share(evidence, weights))
    return root


def mean(evidence: Sequence[Array], weights: Array) -> Array:
    """Mean over clips; evidence is [1] a clip, clips with NaN do not count."""
    values = np.array(evidence).reshape(-1)
    known = np.isfinite(values)
    return share(np.stack([np.where(known, values, 0.0), known], axis=1), weights)  # type: ignore[arg-type]


def median(evidence: Sequence[Array], weights: Array) -> Array:
    """Median over clips; evidence is [1] a clip, clips with NaN do not count."""
    values = np.array(evidence).reshape(-1)
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    if not len(order):
        return np.full(len(weights), np.nan)
    passed = np.cumsum(weights[:, order], axis=1)
    half = passed[:, -1:] / 2
    low = np.argmax(passed >= half, axis=1)
    high = np.minimum(np.argmax(passed > half, axis=1), len(order) - 1)
    middle = (values[order][low] + values[order][high]) / 2
    return np.where(passed[:, -1] > 0, middle, np.nan)


def largest(evidence: Sequence[Array], weights: Array) -> Array:
    """The largest value of any clip, however often it was drawn; evidence is [1] a clip."""
    return np.full(len(weights), np.max(np.array(evidence)))


def auc(evidence: Sequence[Array], weights: Array) -> Array:
    """Area under the ROC curve, ties counting half; evidence is [scores, 2] a clip: score, and 1 or 0."""
    scores, labels = np.concatenate(list(evidence)).T
    clip = np.repeat(np.arange(len(evidence)), [len(rows) for rows in evidence])
    order = np.argsort(scores, kind="stable")
    first = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))  # of each run of equal scores
    draws = max(1, CHUNK // len(scores))
    found = [
        _auc(weights[start : start + draws][:, clip[order]], labels[order], first)
        for start in range(0, len(weights), draws)
    ]
    return np.concatenate(found)


def _auc(weights: Array, labels: Array, first: npt.NDArray[np.int64]) -> Array:
    """[draws] from weights [draws, scores] in rising order of score; `first` of each run of equal scores."""
    right = np.add.reduceat(weights * labels, first, axis=1)
    wrong = np.add.reduceat(weights * (1 - labels), first, axis=1)
    below = np.cumsum(wrong, axis=1) - wrong / 2
    pairs = right.sum(axis=1) * wrong.sum(axis=1)
    won = (right * below).sum(axis=1)
    return np.divide(won, pairs, out=np.full(len(weights), np.nan), where=pairs > 0)
