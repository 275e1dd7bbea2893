"""Clips at other rates: as long as before, straight between frames, no closure lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rigs import AnimationClip, ClipError, resample_clip
from rigs.lips import lips_closed

ClipMaker = Callable[..., AnimationClip]


@pytest.mark.parametrize("fps", [23.976, 24, 29.97, 30, 60, 120])
def test_length_and_values(make_clip: ClipMaker, fps: float) -> None:
    clip = make_clip(91, 60, ("a", "b"), head=True, audio="a.wav")
    other = resample_clip(clip, fps)
    assert (other.fps, other.names, other.audio) == (fps, clip.names, "a.wav")
    assert abs(other.duration - clip.duration) <= 0.5 / fps + 1e-9
    np.testing.assert_allclose(
        other.channel("a"), np.interp(other.times, clip.times, clip.channel("a")), atol=1e-6
    )
    assert other.head is not None
    assert len(other.head) == other.frames


def test_up_and_down_again_is_the_same(make_clip: ClipMaker) -> None:
    clip = make_clip(50, 30)
    np.testing.assert_allclose(resample_clip(resample_clip(clip, 60), 30).weights, clip.weights, atol=1e-6)
    assert resample_clip(clip, 30) is clip


@pytest.mark.parametrize("at", range(20, 28))
def test_a_closure_of_one_frame_survives(at: int) -> None:
    jaw = np.full((60, 1), 0.5)
    jaw[at] = 0.0
    clip = AnimationClip(("jawOpen",), jaw, 60)
    slow = resample_clip(clip, 24)
    closed = np.flatnonzero(lips_closed(slow.weights, slow.names))
    assert len(closed) == 1
    assert abs(closed[0] / 24 - at / 60) <= 0.5 / 24 + 1e-9


def test_a_rate_that_is_none(make_clip: ClipMaker) -> None:
    with pytest.raises(ClipError, match="fps is 0; expected a number from 1 to 1000"):
        resample_clip(make_clip(), 0)
    assert resample_clip(make_clip(1, 60), 1).frames == 1
