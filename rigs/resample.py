"""A clip at another frame rate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rigs.clip import AnimationClip
from rigs.errors import ClipError
from rigs.lips import lip_gap, lip_gap_row, lips_closed

Array = np.ndarray[Any, Any]


def resample_clip(clip: AnimationClip, fps: float) -> AnimationClip:
    """The clip at `fps`, straight between its frames, as long as before to half a frame.

    Where the lips close so briefly that no new frame falls into the closure, the nearest one takes the
    mouth of its tightest moment, so that a slower clip shuts as often; this takes ARKit names. Raises
    ClipError when the rate is none that a clip can have.
    """
    if fps == clip.fps:
        return clip
    if not 1 <= fps <= 1000:
        raise ClipError(f"fps is {fps}; expected a number from 1 to 1000")
    frames = max(1, round(clip.duration * fps))
    times = np.arange(frames) / fps
    weights = _between(clip.weights, clip.times, times)
    closers = np.flatnonzero(lip_gap_row(clip.names))
    for first, end in _runs(lips_closed(clip.weights, clip.names)):
        tightest = first + int(np.argmin(lip_gap(clip.weights[first:end], clip.names)))
        begin, stop = np.searchsorted(times, [(first - 0.5) / clip.fps, (end - 0.5) / clip.fps])
        if not lips_closed(weights[begin:stop], clip.names).any():
            nearest = min(round(tightest / clip.fps * fps), frames - 1)
            weights[nearest, closers] = clip.weights[tightest, closers]
    head = None if clip.head is None else _between(clip.head, clip.times, times)
    return replace(clip, weights=weights, fps=fps, head=head)


def _between(values: Array, old: Array, new: Array) -> Array:
    """[new, columns] float32 values [old, columns] at new times; level after the last."""
    return np.stack([np.interp(new, old, column) for column in values.T], axis=1).astype(np.float32)


def _runs(marks: Array) -> list[tuple[int, int]]:
    """(first, end) of each run of marks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
