"""Fewer keys: the fewest of a clip's own frames that stay, joined by straight lines, within a tolerance.

A key is a frame of the clip with the value it has there. Two frames may be neighbours among the keys when the
line between them passes every frame in between within the tolerance; the fewest keys are the shortest path
through these pairs. Which frames can be reached from one is known from a cone of slopes that narrows frame by
frame. Imai and Iri, "Polygonal approximations of a curve: formulations and algorithms", in Computational
Morphology, 1988; the cone is that of Sklansky and Gonzalez, "Fast polygonal approximation of digitized
curves", Pattern Recognition 12, 1980.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError
from exporters.keys import Keys, sampled
from rigs import AnimationClip
from rigs.lips import lip_gap_row, lips_closed

STRETCH = 480
"""Frames that are searched at a time. A long clip is cut into such stretches; the keys at the cuts are then
taken out again where the rest does without them."""

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def reduce_keys(clip: AnimationClip, error: float) -> tuple[Keys, ...]:
    """Keys for each channel, within `error` of the clip at every frame.

    Where the lips are closed, the channels that close them keep their values to the bit, and no frame turns
    from closed to open or back; this takes ARKit names, as lips are measured on the default head. Raises
    FormatError when `error` is negative or no number.
    """
    if not (math.isfinite(error) and error >= 0):
        raise FormatError(f"the error for fewer keys is {error}; expected a number from 0, such as 0.005")
    tolerance = np.full(clip.weights.shape, float(error))
    closers = np.flatnonzero(lip_gap_row(clip.names))
    keys: dict[int, Keys] = {}
    closed = lips_closed(clip.weights, clip.names)
    exact, columns = closed, np.arange(len(clip.names))
    while True:
        tolerance[np.ix_(exact, closers)] = 0.0
        keys |= dict(
            zip(columns.tolist(), _fewest(clip.weights[:, columns], tolerance[:, columns]), strict=True)
        )
        curves = tuple(keys[column] for column in range(len(clip.names)))
        turned = lips_closed(sampled(curves, clip.frames), clip.names) != closed
        if not turned.any():
            return curves
        # Each round holds more frames to the clip, so it ends; the neighbours shorten it.
        exact, columns = np.convolve(turned, [1, 1, 1], "same") > 0, closers


def _fewest(weights: npt.NDArray[np.float32], tolerance: Doubles) -> list[Keys]:
    """The keys of each column of weights [frames, channels], within tolerance [frames, channels]."""
    values, slack = weights.T.astype(np.float64), tolerance.T
    paths = _stretches(values, slack)
    curves = []
    for column, frames in enumerate(paths):
        kept = _without_cuts(frames, values[column], slack[column])
        curves.append(Keys(np.array(kept, dtype=np.int32), weights[kept, column]))
    return curves


def _stretches(values: Doubles, slack: Doubles) -> list[list[int]]:
    """The keys of each row of values [channels, frames], with one at every cut."""
    frames = values.shape[1]
    cuts = list(range(0, max(frames - 1, 1), STRETCH))
    begins = [(channel, cut) for channel in range(len(values)) for cut in cuts]
    index = np.minimum(np.array([cut for _, cut in begins])[:, None] + np.arange(STRETCH + 1), frames - 1)
    rows = np.array([channel for channel, _ in begins])[:, None]
    last = np.minimum(STRETCH, frames - 1 - index[:, 0])
    came_from = _paths(values[rows, index], slack[rows, index], last)
    paths: list[list[int]] = [[] for _ in values]
    for (channel, cut), row, end in zip(begins, came_from, last.tolist(), strict=True):
        paths[channel] += [cut + frame for frame in _back(row, end)[:-1]]
    return [[*path, frames - 1] if frames > 1 else [0] for path in paths]


def _back(came_from: Ints, end: int) -> list[int]:
    """The frames on the path to the last one, rising."""
    path = [end]
    while path[-1] > 0:
        path.append(int(came_from[path[-1]]))
    return path[::-1]


def _without_cuts(frames: list[int], values: Doubles, slack: Doubles) -> list[int]:
    """The frames without those cuts that the line between their neighbours can do without."""
    kept: list[int] = []
    for frame, after in zip(frames, [*frames[1:], -1], strict=True):
        cut = kept and after >= 0 and frame % STRETCH == 0
        if not (cut and _passes(kept[-1], after, values, slack)):
            kept.append(frame)
    level = values[kept] == values[kept[-1]]
    return kept[: 1 if level.all() else None]


def _passes(first: int, last: int, values: Doubles, slack: Doubles) -> bool:
    """Whether the line between two frames is within the slack at all frames between them."""
    at = np.arange(first + 1, last)
    line = np.interp(at, [first, last], [values[first], values[last]])
    return bool((np.abs(line - values[at]) <= slack[at]).all())


def _paths(values: Doubles, slack: Doubles, last: Ints) -> Ints:
    """[rows, frames] the frame before, on a shortest path from frame 0 to `last` of each row.

    Breadth first, all rows at once.
    """
    rows, frames = values.shape
    came_from = np.full(rows * frames, -1, dtype=np.int64)
    front = np.arange(rows) * frames
    ends = front + last
    came_from[front] = front
    came_from[ends[(values == values[:, :1]).all(axis=1)]] = 0
    flat, flat_slack = values.reshape(-1), slack.reshape(-1)
    while front.size:
        front = front[came_from[ends[front // frames]] < 0]
        front = _step(front, ends[front // frames] - front, flat, flat_slack, came_from)
    return came_from.reshape(rows, frames) % frames


def _step(front: Ints, left: Ints, values: Doubles, slack: Doubles, came_from: Ints) -> Ints:
    """The places that are one line away from those in front and were not reached before."""
    low, high = np.full(len(front), -np.inf), np.full(len(front), np.inf)
    start = values[front]
    reached = [front[:0]]
    for ahead in range(1, STRETCH + 1):
        alive = np.flatnonzero((left >= ahead) & (low <= high))
        if not alive.size:
            break
        if alive.size < front.size:
            front, left, low, high = front[alive], left[alive], low[alive], high[alive]
            start = start[alive]
        there = front + ahead
        rise = values[there] - start
        slope = rise / ahead
        new = np.flatnonzero((slope >= low) & (slope <= high) & (came_from[there] < 0))
        came_from[there[new]] = front[new]
        reached.append(there[new])
        give = slack[there]
        low = np.maximum(low, (rise - give) / ahead)
        high = np.minimum(high, (rise + give) / ahead)
    return np.concatenate(reached)
