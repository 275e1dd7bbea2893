"""A result and its corrected copy → the hand edits between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from audio2face.batch.edits import ADD, HEAD, Edit
from audio2face.errors import OptionError
from exporters import reduce_keys
from rigs import AnimationClip

SMALLEST = 0.004
"""Of a weight, and SMALLEST_TURN degrees of the head, below which a difference is rounding."""
SMALLEST_TURN = 0.05
APART = 0.25
"""Seconds of no difference that part two edits of a channel."""

Array = npt.NDArray[np.float64]


def differences(made: AnimationClip, corrected: AnimationClip) -> tuple[Edit, ...]:
    """What was changed by hand, as keys that are added: one edit for each stretch of each channel.

    Raises OptionError when the clips are of other lengths or rates, or nothing differs.
    """
    if (made.frames, made.fps) != (corrected.frames, corrected.fps):
        raise OptionError(
            f"the corrected file has {corrected.frames} frames at {corrected.fps:g} a second, and the result "
            f"{made.frames} at {made.fps:g}; correct the animation without moving its time"
        )
    found = [
        edit
        for name, change, least in _changes(made, corrected)
        for edit in _edits(name, change, made, least)
    ]
    if not found:
        raise OptionError("nothing differs between the two by more than rounding")
    return tuple(found)


def _changes(made: AnimationClip, corrected: AnimationClip) -> Iterator[tuple[str, Array, float]]:
    """Each channel that both have, and the head: name, [frames] difference, what is rounding."""
    for name in made.names:
        if name in corrected.names:
            change = corrected.channel(name).astype(np.float64) - made.channel(name)
            yield name, change, SMALLEST
    if made.head is not None and corrected.head is not None:
        for column, name in enumerate(HEAD):
            yield name, corrected.head[:, column].astype(np.float64) - made.head[:, column], SMALLEST_TURN


def _edits(name: str, change: Array, made: AnimationClip, least: float) -> Iterator[Edit]:
    places = np.flatnonzero(np.abs(change) > least)
    if not len(places):
        return
    breaks = [place for place, after in pairwise(places) if (after - place) / made.fps > APART]
    starts = [places[0], *(places[np.searchsorted(places, place) + 1] for place in breaks)]
    for first, last in zip(starts, [*breaks, places[-1]], strict=True):
        begin, end = max(0, int(first) - 1), min(made.frames - 1, int(last) + 1)
        if end > begin:
            yield _edit(name, change[begin : end + 1], begin, made.fps, least)


def _edit(name: str, change: Array, begin: int, fps: float, least: float) -> Edit:
    """One stretch, with the fewest keys that keep it."""
    clip = AnimationClip((name,), change.astype(np.float32)[:, None], fps)
    (keys,) = reduce_keys(clip, least / 2)
    drawn = [
        (round((begin + int(frame)) / fps, 5), round(float(value), 4))
        for frame, value in zip(keys.frames, keys.values, strict=True)
    ]
    if len(drawn) == 1:  # one value all along
        drawn.append((round((begin + len(change) - 1) / fps, 5), drawn[0][1]))
    return Edit(name, drawn[0][0], drawn[-1][0], keys=tuple(drawn), mode=ADD, fade=0.0)
