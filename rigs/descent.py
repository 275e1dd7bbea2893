"""A quadratic problem with bounds, for all frames at once, by accelerated projected gradient.

Each step is one matrix product over all frames, so thousands of frames cost little more than one. Variables
are scaled so that every channel curves alike, and the acceleration starts again whenever it runs the wrong
way. Sources: A. Beck, M. Teboulle, SIAM J. Imaging Sciences 2 (2009), 183; B. O'Donoghue, E. Candès,
Foundations of Computational Mathematics 15 (2015), 715.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Largest step of a weight, relative to its range, at which the search ends."""

MOST_STEPS = 5000


@dataclass(frozen=True, eq=False)
class Problem:
    """½ wᵀ·matrix·w - targetᵀ·w + pull·‖w‖₁ for each frame, ½ smoothness ‖change‖² between frames.

    matrix     [channels, channels] positive definite
    low, high  [channels] bounds
    """

    matrix: Floats
    pull: float
    smoothness: float
    low: Floats
    high: Floats


def descend(problem: Problem, targets: Floats) -> Floats:
    """[frames, channels] the weights where the problem is least.

    targets  [frames, channels] the linear part
    """
    smooth = problem.smoothness if len(targets) > 1 else 0.0
    scale = np.sqrt(np.diag(problem.matrix) + 2 * smooth)
    matrix = problem.matrix / np.outer(scale, scale)
    springs = smooth / scale**2
    rate = 1 / (np.linalg.eigvalsh(matrix)[-1] + 4 * springs.max())
    goal, low, high = targets / scale, problem.low * scale, problem.high * scale
    pull = problem.pull / scale
    tolerance = TOLERANCE * (problem.high - problem.low) * scale
    here = np.clip(_shrunk(goal, pull), low, high)
    ahead, pace = here, 1.0
    for _ in range(MOST_STEPS):
        slope = ahead @ matrix
        slope -= goal
        if smooth:
            _add_springs(slope, ahead, springs)
        slope *= -rate
        slope += ahead
        there = np.clip(_shrunk(slope, pull * rate), low, high)
        step = there - here
        if np.vdot(ahead - there, step) > 0:
            pace = 1.0
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = there + ((pace - 1) / faster) * step
        here, pace = there, faster
        if (np.abs(step).max(axis=0) <= tolerance).all():
            break
    return here / scale


def _shrunk(values: Floats, pull: Floats) -> Floats:
    """Nearer to 0 by `pull`, and 0 where it would be passed."""
    nearer: Floats = values - np.clip(values, -pull, pull)
    return nearer


def _add_springs(slope: Floats, weights: Floats, springs: Floats) -> None:
    """Adds what pulls each frame to its neighbours."""
    change = np.diff(weights, axis=0)
    change *= springs
    slope[:-1] -= change
    slope[1:] += change
