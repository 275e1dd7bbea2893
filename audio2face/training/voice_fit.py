"""Weights that tell emotions apart: linear discriminants, whose covariance is shrunk towards the identity.

They are the mean of several, shrunk more and less: on six actors no one of them is surely the best, and
together they are about as good as the best and vary less.

Every row is learned from with histories drawn at random: none, a few windows of the same session in any
emotion, or a few neutral ones. So the same weights serve a voice never heard before, one that has shown
everything, and one that has only read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.emotion.hearing import EVERYBODY
from audio2face.emotion.recogniser import CLASSES, FARTHEST, Recogniser
from audio2face.training.voice_sessions import Table

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Random = np.random.Generator

COLD, NEUTRAL = 0.3, 0.3
"""Share of rows without a history, and with a neutral one."""
LONGEST = 24
"""Windows of a history at most; a neutral one has half as many."""
TWICE = 2
"""Histories for each row."""
READ = 0.5
"""What people who only read aloud weigh, against a class of the others."""
SHRINKING = (0.05, 0.2, 0.5)
DRAWS = 2
"""Times that histories are drawn."""
SCALES = np.geomspace(0.5, 50.0, 25)
"""Of the discriminants, how sure to be: what is tried."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Statistics [rows, len(NAMES)] against what is usual with their session, classes and weights [rows]."""

    values: Array
    classes: Ints
    weights: Array


def fit(table: Table, read: Table, scale: float, seed: int, card: dict[str, Any] | None = None) -> Recogniser:
    """The recogniser that a table and one of people who only read aloud give, as sure as `scale` says."""
    mean, spread = table.statistics.mean(axis=0), table.statistics.std(axis=0) + 1e-9
    acted, aloud = _scaled(table, mean, spread), _scaled(read, mean, spread)
    draws = [_rows(acted, aloud, np.random.default_rng([seed, draw])) for draw in range(DRAWS)]
    parts = [discriminants(rows, shrinking) for rows in draws for shrinking in SHRINKING]
    weights = np.mean([part for part, _ in parts], axis=0)
    bias = np.mean([part for _, part in parts], axis=0)
    return Recogniser(mean, spread, scale * weights, scale * bias, card or {})


def choose(table: Table, read: Table, seed: int) -> float:
    """The scale that suits each speaker best when the others were learned from."""
    evidence, truth = [], []
    for speaker, others in folds(table):
        recogniser = fit(others, read, 1.0, seed)
        own = _scaled(table.only(table.speakers == speaker), recogniser.mean, recogniser.spread)
        heard = _with_histories(own, np.random.default_rng(seed))
        evidence.append(heard.values @ recogniser.weights + recogniser.bias)
        truth.append(heard.classes)
    losses = [_loss(scale * np.concatenate(evidence), np.concatenate(truth)) for scale in SCALES]
    return float(SCALES[int(np.argmin(losses))])


def discriminants(rows: Rows, shrinking: float) -> tuple[Array, Array]:
    """Weights [len(NAMES), len(CLASSES)] of size 1, bias [len(CLASSES)]; all classes are equally likely."""
    means = np.zeros((len(CLASSES), rows.values.shape[1]))
    for number in range(len(CLASSES)):
        its = rows.classes == number
        if its.any():
            means[number] = np.average(rows.values[its], axis=0, weights=rows.weights[its])
    apart = (rows.values - means[rows.classes]) * np.sqrt(rows.weights)[:, None]
    spread = apart.T @ apart / rows.weights.sum()
    even = np.eye(len(spread)) * np.trace(spread) / len(spread)
    weights = np.linalg.solve((1 - shrinking) * spread + shrinking * even, means.T)
    bias = -0.5 * np.sum(means.T * weights, axis=0)
    size = np.sqrt(np.sum(weights**2))  # those shrunk least are largest, and would outvote the others
    return weights / size, bias / size


def _scaled(table: Table, mean: Array, spread: Array) -> Table:
    values = np.clip((table.statistics - mean) / spread, -FARTHEST, FARTHEST)
    return Table(values, table.classes, table.sessions, table.speakers)


def _rows(table: Table, read: Table, random: Random) -> Rows:
    """All to learn from, each class as heavy as the others."""
    acted = _with_histories(table, random)
    if not len(read.classes):
        return acted
    aloud = _with_histories(read, random, cold=0.0, neutral=0.0, times=1)
    weight = READ * acted.weights.sum() / len(CLASSES) / len(aloud.classes)
    return Rows(
        np.concatenate([acted.values, aloud.values]),
        np.concatenate([acted.classes, aloud.classes]),
        np.concatenate([acted.weights, np.full(len(aloud.classes), weight)]),
    )


def _with_histories(
    table: Table, random: Random, cold: float = COLD, neutral: float = NEUTRAL, times: int = TWICE
) -> Rows:
    """Each row against what its session would have taught by then."""
    values, classes = [], []
    for session in np.unique(table.sessions):
        rows = np.flatnonzero(table.sessions == session)
        for row in np.repeat(rows, times):
            history = _history(rows[rows != row], table.classes, random, cold, neutral)
            past = table.statistics[list(history)].sum(axis=0) / (len(history) + EVERYBODY)
            values.append(table.statistics[row] - past)
            classes.append(table.classes[row])
    found = np.array(classes)
    counts = np.bincount(found, minlength=len(CLASSES))
    return Rows(np.array(values), found, len(found) / len(CLASSES) / counts[found])


def _history(others: Ints, classes: Ints, random: Random, cold: float, neutral: float) -> Sequence[int]:
    """Rows that were heard before: none, neutral ones, or any."""
    kind = random.random()
    pool = others if kind >= cold + neutral else others[classes[others] == 0]
    if kind < cold or not len(pool):
        return ()
    most = LONGEST if kind >= cold + neutral else LONGEST // 2
    return random.choice(pool, min(len(pool), int(random.integers(1, most + 1))), replace=False).tolist()


def _loss(evidence: Array, classes: Ints) -> float:
    """Cross-entropy, each class as heavy as the others."""
    top = evidence.max(axis=1, keepdims=True)
    sure = evidence - top - np.log(np.exp(evidence - top).sum(axis=1, keepdims=True))
    own = sure[np.arange(len(classes)), classes]
    return float(-np.mean([own[classes == one].mean() for one in np.unique(classes)]))


def folds(table: Table) -> Iterator[tuple[str, Table]]:
    """Each speaker, and the table of the others."""
    for speaker in np.unique(table.speakers):
        yield str(speaker), table.only(table.speakers != speaker)
