"""Groups of vectors that point the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rigs.arrays import FloatArray

TRIES, ROUNDS = 10, 100

Labels = npt.NDArray[np.int64]


def k_means(rows: FloatArray, count: int, seed: int) -> Labels:
    """[n] the group of each of the unit vectors [n, width]; the tightest of several deterministic tries.

    Lloyd's rounds from k-means++ seeds (Arthur & Vassilvitskii 2007), centres kept at length 1. A few lines
    of numpy on a few hundred rows; not worth a library.
    """
    random = np.random.default_rng(seed)
    tries = [_lloyd(rows, _seeds(rows, min(count, len(rows)), random)) for _ in range(TRIES)]
    return max(tries, key=lambda pair: pair[0])[1]


def unit(rows: FloatArray) -> FloatArray:
    """Rows [..., width] brought to length 1; zero stays zero."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: FloatArray = rows / np.maximum(length, 1e-9)
    return scaled


def _seeds(rows: FloatArray, count: int, random: np.random.Generator) -> FloatArray:
    centres = rows[random.integers(len(rows))][None]
    while len(centres) < count:
        far = np.clip(1.0 - (rows @ centres.T).max(axis=1), 1e-9, None).astype(np.float64)
        centres = np.concatenate([centres, rows[random.choice(len(rows), p=far / far.sum())][None]])
    return centres


def _lloyd(rows: FloatArray, centres: FloatArray) -> tuple[float, Labels]:
    """How tight the groups are, and the group of each row."""
    for _ in range(ROUNDS):
        labels = (rows @ centres.T).argmax(axis=1)
        sums = np.stack([rows[labels == group].sum(axis=0) for group in range(len(centres))])
        empty = np.linalg.norm(sums, axis=1) < 1e-9
        moved = np.where(empty[:, None], centres, unit(sums))
        if np.allclose(moved, centres):
            break
        centres = moved
    alike = rows @ centres.T
    return float(alike.max(axis=1).sum()), alike.argmax(axis=1)
