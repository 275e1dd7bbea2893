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
    search = _Search(clip.weights, error)
    closed = lips_closed(clip.weights, clip.names)
    closers = np.flatnonzero(lip_gap_row(clip.names))
    search.hold(closed, closers)
    keys = [search.keys(column) for column in range(len(clip.names))]
    while True:
        turned = lips_closed(sampled(keys, clip.frames), clip.names) != closed
        if not turned.any():
            return tuple(keys)
        # Each round holds more frames to the clip, so it ends; the neighbours shorten it.
        search.hold(np.convolve(turned, [1, 1, 1], "same") > 0, closers)
        for column in closers.tolist():
            keys[column] = search.keys(column)


class _Search:
    """The keys of each column within a tolerance of its own for every frame, found stretch by stretch."""

    def __init__(self, weights: npt.NDArray[np.float32], error: float) -> None:
        self._weights = weights
        self._values = np.ascontiguousarray(weights.T, dtype=np.float64)
        self._slack = np.full(self._values.shape, float(error))
        self._cuts = range(0, max(len(weights) - 1, 1), STRETCH)
        self._paths: dict[tuple[int, int], list[int]] = {}

    def hold(self, frames: npt.NDArray[np.bool_], columns: Ints) -> None:
        """From now on these columns keep their values at these frames."""
        self._slack[np.ix_(columns, frames)] = 0.0
        touched = {int(frame) // STRETCH * STRETCH for frame in np.flatnonzero(frames)}
        for column in columns.tolist():
            for cut in touched:
                self._paths.pop((column, cut), None)

    def keys(self, column: int) -> Keys:
        """The fewest keys of a column."""
        if not self._paths.keys() >= {(column, cut) for cut in self._cuts}:
            self._find()
        path = [frame for cut in self._cuts for frame in self._paths[column, cut]]
        if len(self._weights) > 1:
            path.append(len(self._weights) - 1)
        kept = _without_cuts(path, self._values[column], self._slack[column])
        return Keys(np.array(kept, dtype=np.int32), self._weights[kept, column])

    def _find(self) -> None:
        """The paths of all stretches that have none, each without its last frame; all at once."""
        columns = range(len(self._values))
        missing = [
            (column, cut) for column in columns for cut in self._cuts if (column, cut) not in self._paths
        ]
        first = np.array([cut for _, cut in missing])
        rows = np.array([column for column, _ in missing])[:, None]
        end = len(self._weights) - 1
        index = np.minimum(first[:, None] + np.arange(STRETCH + 1), end)
        last = np.minimum(STRETCH, end - first)
        came_from = _paths(self._values[rows, index], self._slack[rows, index], last)
        for (column, cut), row, stop in zip(missing, came_from.tolist(), last.tolist(), strict=True):
            self._paths[column, cut] = [cut + frame for frame in _back(row, stop)[:-1]] or [cut]


def _back(came_from: list[int], end: int) -> list[int]:
    """The frames on the path to the last one, rising."""
    path = [end]
    while path[-1] > 0:
        path.append(came_from[path[-1]])
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
    share = np.arange(1, last - first) / (last - first)
    off = values[first] + (values[last] - values[first]) * share - values[first + 1 : last]
    return bool((np.abs(off) <= slack[first + 1 : last]).all())


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
