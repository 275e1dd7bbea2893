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

CHECKED, CALM = 10, 3
"""Every how many steps that is looked at, and how many times in a row it must be so."""

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
    """[frames, channels] the weights where the problem is least, to about 1e-4 of their ranges.

    After 5,000 steps they are taken as they are: only channels that hardly differ are then still undecided.

    targets  [frames, channels] the linear part
    """
    smooth = problem.smoothness if len(targets) > 1 else 0.0
    scale = np.sqrt(np.diag(problem.matrix) + 2 * smooth)
    matrix = problem.matrix / np.outer(scale, scale)
    springs = smooth / scale**2
    rate = 1 / (np.linalg.eigvalsh(matrix)[-1] + 4 * springs.max())
    low, high, pull = problem.low * scale, problem.high * scale, problem.pull / scale
    goal = targets / scale
    if (low >= 0).all():
        # Where no weight is negative, its size is itself, and the pull a constant.
        goal, pull = goal - pull, np.zeros_like(pull)
    step = _Step(np.eye(len(matrix)) - rate * matrix, rate * goal, rate * springs, rate * pull, low, high)
    start = np.linalg.solve(matrix, goal.T).T
    return _accelerated(step, np.clip(start, low, high), TOLERANCE * (high - low)) / scale


def _accelerated(step: _Step, here: Floats, tolerance: Floats) -> Floats:
    """Where the steps end that start `here`."""
    there, change, ahead = np.empty_like(here), np.empty_like(here), here.copy()
    pace, calm = 1.0, 0
    for count in range(MOST_STEPS):
        step.take(ahead, there)
        np.subtract(there, here, out=change)
        ahead -= there
        if np.vdot(ahead, change) > 0:
            pace = 1.0
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        np.multiply(change, (pace - 1) / faster, out=ahead)
        ahead += there
        here, there, pace = there, here, faster
        if count % CHECKED == 0:
            # Steps are short right after a new start, too: only a row of short ones is the end.
            calm = calm + 1 if (np.abs(change).max(axis=0) <= tolerance).all() else 0
            if calm == CALM:
                break
    return here


@dataclass(frozen=True, eq=False)
class _Step:
    """One projected gradient step, in scaled variables and in place."""

    keep: Floats
    add: Floats
    springs: Floats
    pull: Floats
    low: Floats
    high: Floats

    def take(self, ahead: Floats, there: Floats) -> None:
        """From `ahead` to `there`, [frames, channels] both."""
        np.matmul(ahead, self.keep, out=there)
        there += self.add
        if self.springs.any():
            change = ahead[1:] - ahead[:-1]
            change *= self.springs
            there[:-1] += change
            there[1:] -= change
        if self.pull.any():
            there -= np.clip(there, -self.pull, self.pull)
        np.clip(there, self.low, self.high, out=there)
