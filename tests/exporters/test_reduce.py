"""Fewest keys: as few as can be, within the error, closures untouched."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from audio2face.commands.demo import SAMPLE
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import FileSource
from exporters import FormatError, reduce_keys
from exporters.keys import dense_keys, plain_keys, sampled
from exporters.reduce import STRETCH
from rigs import ARKIT_NAMES, AnimationClip
from rigs.lips import CONTACT, lip_gap, lip_gap_row, lips_closed

ClipMaker = Callable[..., AnimationClip]

ERRORS = (0.001, 0.005, 0.02)


@pytest.fixture(scope="module")
def speech() -> AnimationClip:
    return animate(FileSource(SAMPLE, block_seconds=16.0), load_model("studio"))


def fewest(values: np.ndarray, error: float) -> int:
    """The fewest keys by trying all sets of frames: the definition, for a few frames."""
    frames, last = np.arange(len(values)), len(values) - 1
    for count in range(last):
        for middle in combinations(range(1, last), count):
            keys = [0, *middle, last]
            if np.abs(np.interp(frames, keys, values[keys]) - values).max() <= error + 1e-12:
                return len(keys)
    return len(values)


@pytest.mark.parametrize("seed", range(12))
def test_no_set_of_frames_is_smaller(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(0, 0.1, (11, 3)).cumsum(axis=0).astype(np.float32)
    keys = reduce_keys(AnimationClip(("a", "b", "c"), values, 30), 0.08)
    assert [len(curve.frames) for curve in keys] == [
        fewest(column.astype(np.float64), 0.08) for column in values.T
    ]


@pytest.mark.parametrize("error", [0.0, *ERRORS])
@pytest.mark.parametrize("frames", [1, 2, 3, 300, STRETCH, STRETCH + 1, STRETCH + 2, 3 * STRETCH + 7])
def test_every_frame_is_within_the_error(make_clip: ClipMaker, frames: int, error: float) -> None:
    clip = make_clip(frames, 60, ("a", "b", "c", "d"))
    keys = reduce_keys(clip, error)
    assert np.abs(sampled(keys, frames) - clip.weights).max() <= error + 1e-7
    for curve, column in zip(keys, clip.weights.T, strict=True):
        np.testing.assert_array_equal(curve.values, column[curve.frames])


def test_cuts_leave_no_key_that_is_not_needed() -> None:
    ramp = np.linspace(0, 1, 5 * STRETCH + 3)
    bump = np.where(np.arange(len(ramp)) == 2 * STRETCH + 9, 1.0, 0.0)
    clip = AnimationClip(("ramp", "bump", "still"), np.stack([ramp, bump, 0 * ramp + 0.3], axis=1), 60)
    assert [len(curve.frames) for curve in reduce_keys(clip, 1e-3)] == [2, 5, 1]


@pytest.mark.parametrize("error", ERRORS)
def test_closures_are_kept(speech: AnimationClip, error: float) -> None:
    keys = reduce_keys(speech, error)
    played = sampled(keys, speech.frames)
    assert np.abs(played - speech.weights).max() <= error + 1e-7
    closed = lips_closed(speech.weights, speech.names)
    np.testing.assert_array_equal(lips_closed(played, speech.names), closed)
    closers = np.flatnonzero(lip_gap_row(speech.names))
    np.testing.assert_array_equal(played[np.ix_(closed, closers)], speech.weights[np.ix_(closed, closers)])
    starts = np.flatnonzero(np.diff(closed.astype(int)) == 1)
    assert len(starts) >= 10
    assert sum(len(curve.frames) for curve in keys) < 0.25 * speech.weights.size


def test_a_moment_that_nearly_closes_stays_open() -> None:
    names = ("jawOpen", "mouthClose")
    jaw = np.interp(np.arange(60), [0, 20, 30, 40, 59], [0.5, 0.5, 0.0, 0.5, 0.5])
    jaw[30] = (CONTACT + 0.01) / lip_gap_row(names)[0]
    clip = AnimationClip(names, np.stack([jaw, 0 * jaw], axis=1), 60)
    assert not lips_closed(clip.weights, names).any()
    played = sampled(reduce_keys(clip, 0.02), 60)
    assert not lips_closed(played, names).any()
    assert lip_gap(played, names).min() > CONTACT


def test_plain_keys_lose_nothing(make_clip: ClipMaker) -> None:
    clip = make_clip(40)
    weights = np.repeat(clip.weights, 3, axis=0)
    held = AnimationClip(ARKIT_NAMES, weights, 30)
    keys = plain_keys(held)
    np.testing.assert_array_equal(sampled(keys, 120), weights)
    assert sum(len(curve.frames) for curve in keys) < sum(len(curve.frames) for curve in dense_keys(held))


@pytest.mark.parametrize("error", [-0.1, float("nan"), float("inf")])
def test_errors_that_are_none(make_clip: ClipMaker, error: float) -> None:
    with pytest.raises(FormatError, match=r"the error for fewer keys is .*; expected a number from 0"):
        reduce_keys(make_clip(), error)
