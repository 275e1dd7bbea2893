"""The map itself: identity, gains, offsets, clamps, the largest of several, what is left over."""

from __future__ import annotations

import numpy as np
import pytest

from rigs import ARKIT_NAMES, AnimationClip, Channel, Retarget, RigError, load_rig, load_target, retarget
from rigs.retargeting.retarget import from_shares, identity


def test_arkit_to_arkit_is_identity() -> None:
    weights = np.random.default_rng(1).random((50, 52), np.float32)
    head = np.random.default_rng(2).normal(0, 3, (50, 3)).astype(np.float32)
    clip = AnimationClip(ARKIT_NAMES, weights, 29.97, head=head, audio="a.wav")
    for how in (load_target("arkit").how, identity(load_rig("arkit").channels)):
        same = retarget(clip, how)
        assert (same.names, same.fps, same.audio) == (clip.names, clip.fps, clip.audio)
        assert np.array_equal(same.weights, weights) and np.array_equal(same.head, head)
        assert how.undriven == how.unused == ()


def test_gain_offset_clamp_and_largest() -> None:
    how = Retarget(
        ("a", "b"),
        (Channel("sum"), Channel("most", 0.0, 0.9), Channel("level", -1.0, 1.0), Channel("half")),
        np.array([[1, 1, 0, 0.5], [1, 1, -1, 0.5]]),
        np.array([0.5, 1, 2, 1]),
        np.array([0.1, 0, 0.25, 0]),
        frozenset({"most"}),
    )
    found = how.apply([[0.2, 0.4], [1, 1]], ("a", "b"))
    np.testing.assert_allclose(found, [[0.4, 0.4, -0.55, 0.3], [1, 0.9, -1, 1]], atol=1e-7)


def test_columns_are_found_by_name_and_missing_ones_are_0() -> None:
    how = identity((Channel("a"), Channel("b")))
    assert how.apply([[0.3, 0.6]], ("b", "x")).tolist() == [[0, np.float32(0.3)]]
    assert how.reach(("b", "x")) == ("x",)


def test_head_angles_are_not_told_twice() -> None:
    weights, head = np.full((2, 52), 0.5), np.ones((2, 3))
    how = load_target("livelink").how
    assert len(retarget(AnimationClip(ARKIT_NAMES, weights, 30), how).names) == 61
    turned = retarget(AnimationClip(ARKIT_NAMES, weights, 30, head=head), how)
    assert len(turned.names) == 58 and "leftEyeYaw" in turned.names and turned.head is not None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"matrix": np.zeros((1, 3))}, "the map's matrix has shape"),
        ({"matrix": np.full((1, 2), np.nan)}, "NaN"),
        ({"gains": [1, np.inf]}, "the map's gains holds NaN or infinite"),
        ({"targets": (Channel("x"), Channel("x"))}, "has the target channel 'x' twice"),
        ({"largest": frozenset({"z"})}, "no target 'z'"),
    ],
)
def test_maps_that_cannot_be(fields: dict[str, object], said: str) -> None:
    usual: dict[str, object] = {
        "sources": ("a",),
        "targets": (Channel("x"), Channel("y")),
        "matrix": np.ones((1, 2)),
    }
    with pytest.raises(RigError, match=said):
        Retarget(**{**usual, **fields})  # type: ignore[arg-type]
    with pytest.raises(RigError, match="no channel 'q' for 'x'"):
        from_shares(["a"], [Channel("x")], {"x": {"q": 1.0}})
