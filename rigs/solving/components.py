"""Principal components of a vertex sequence, a block of frames at a time.

The largest directions are found exactly where the sequence is short or the mesh small, from the products of
all frames or of all coordinates; otherwise by a random subspace, seeded and sharpened by passes over the data
(N. Halko, P.-G. Martinsson, J. Tropp, SIAM Review 53 (2011), 217).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.errors import RigError
from rigs.solving.sequence import blocks

Floats = npt.NDArray[np.float64]

SMALL = 3000
"""Frames or coordinates up to which the exact way is taken: 72 MB of products."""

MOST = 1024
"""Components that a rig has at most."""

_SPARE, _PASSES, _SEED = 16, 3, 0
_NOTHING = 1e-12
"""Share of the variance below which a direction is rounding, not motion."""


def directions_of(
    sequence: npt.NDArray[Any], mean: Floats, total: float, keep: float, components: int | None
) -> tuple[Floats, Floats]:
    """[components, 3 · vertices] unit directions by falling variance, and their sums of squares."""
    frames, size = len(sequence), mean.size
    most = min(frames, size, MOST)
    wanted = min(64, most) if components is None else min(components, most)
    if min(frames, size) <= SMALL:
        energies, made = _exact(sequence, mean)
        whole = most == min(frames, size)
        count = _enough(energies[: most if components is None else wanted], total, keep, components, whole)
        return made(count), energies[:count]
    while True:
        directions, energies = _by_subspace(sequence, mean, wanted)
        if components is not None or wanted == most or energies.sum() >= keep * total:
            count = _enough(energies, total, keep, components, False)
            return directions[:count], energies[:count]
        wanted = min(2 * wanted, most)


def _enough(energies: Floats, total: float, keep: float, components: int | None, whole: bool) -> int:
    """How many it takes. Raises RigError when there are too few, and these are not the whole."""
    real = max(1, int((energies > _NOTHING * total).sum()))
    count = real
    if components is None:
        short = int(np.searchsorted(np.cumsum(energies), (keep - _NOTHING) * total)) + 1
        if short > len(energies) and not whole:
            share = energies.sum() / total
            raise RigError(f"{len(energies)} components keep {share:.4%}, not {keep:.4%}; lower keep")
        count = min(short, real)
    return count


def _exact(sequence: npt.NDArray[Any], mean: Floats) -> tuple[Floats, Callable[[int], Floats]]:
    """All sums of squares by falling size, and what makes the first so many directions."""
    frames, size = len(sequence), mean.size
    if size < frames:
        products = np.zeros((size, size))
        for _, block in centred(sequence, mean):
            products += block.T @ block
        energies, vectors = np.linalg.eigh(products)
        return np.maximum(energies[::-1], 0), lambda count: vectors.T[::-1][:count]
    products = np.empty((frames, frames))
    for first, block in centred(sequence, mean):
        for second, other in centred(sequence[: first + len(block)], mean):
            products[first : first + len(block), second : second + len(other)] = block @ other.T
    energies, vectors = np.linalg.eigh(products)  # only the lower half is read
    return np.maximum(energies[::-1], 0), lambda count: _across(sequence, mean, vectors[:, ::-1][:, :count])


def _across(sequence: npt.NDArray[Any], mean: Floats, vectors: Floats) -> Floats:
    """Directions in coordinates of those in frames, orthonormal."""
    directions = np.zeros((vectors.shape[1], mean.size))
    for first, block in centred(sequence, mean):
        directions += vectors[first : first + len(block)].T @ block
    basis, turned = np.linalg.qr(directions.T)
    return np.ascontiguousarray((basis * np.sign(np.diag(turned))).T)


def _by_subspace(sequence: npt.NDArray[Any], mean: Floats, count: int) -> tuple[Floats, Floats]:
    wide = min(count + _SPARE, len(sequence), mean.size)
    basis = np.linalg.qr(np.random.default_rng(_SEED).standard_normal((mean.size, wide)))[0]
    for _ in range(_PASSES):
        sharper = np.zeros_like(basis)
        for _, block in centred(sequence, mean):
            sharper += block.T @ (block @ basis)
        basis = np.linalg.qr(sharper)[0]
    products = np.zeros((wide, wide))
    for _, block in centred(sequence, mean):
        seen = block @ basis
        products += seen.T @ seen
    energies, turns = np.linalg.eigh(products)
    directions = (basis @ turns[:, ::-1][:, :count]).T
    return np.ascontiguousarray(directions), np.maximum(energies[::-1][:count], 0)


def mean_of(sequence: npt.NDArray[Any]) -> tuple[Floats, float]:
    """[vertices, 3] mean, and the sum of squares about it."""
    total = np.zeros(sequence.shape[1:])
    for _, block in blocks(sequence):
        total += block.sum(axis=0)
    # What the rig keeps is float32; data about another mean would not be centred.
    mean = (total / len(sequence)).astype(np.float32).astype(np.float64)
    squares = sum(float(np.vdot(block, block)) for _, block in centred(sequence, mean))
    still = len(sequence) * float(np.square(mean).sum()) * 1e-14
    return mean, squares if squares > still else 0.0


def centred(sequence: npt.NDArray[Any], mean: Floats) -> Iterator[tuple[int, Floats]]:
    for first, block in blocks(sequence):
        yield first, (block - mean).reshape(len(block), -1)
