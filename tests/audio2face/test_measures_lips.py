"""Teeth, rounding, timing, amplitude, jitter and rig motion, on motion whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from audio2face.measures.amplitude import EYE_CORNERS, relative_opening, variances
from audio2face.measures.jitter import fast_energy
from audio2face.measures.rig_motion import channels_r, jaw_r
from audio2face.measures.rounding import clear_rounding, rounding
from audio2face.measures.statistics import auc
from audio2face.measures.teeth import Teeth, contacts, teeth
from audio2face.measures.timing import offset
from audio2face.teacher import Segment
from rigs import ARKIT_NAMES, AnimationClip
from rigs.contacts import seal, touch
from rigs.head import default_head
from rigs.lips import lip_gap_row

FPS = 100
JAW = ARKIT_NAMES.index("jawOpen")


def talking(seconds: float = 1.0) -> np.ndarray:
    """[frames, 52] a mouth that stays open."""
    weights = np.zeros((round(seconds * FPS), len(ARKIT_NAMES)), np.float32)
    weights[:, JAW] = 0.3
    return weights


def during(start: float, end: float, seconds: float = 1.0) -> np.ndarray:
    """[frames] 1 from start to end, 0 elsewhere."""
    at = np.arange(round(seconds * FPS)) / FPS
    return ((at >= start - 1e-9) & (at < end - 1e-9)).astype(np.float32)


def on_teeth(*spans: tuple[float, float]) -> AnimationClip:
    gate = sum((during(*span) for span in spans), np.zeros(FPS))
    return AnimationClip(ARKIT_NAMES, touch(talking(), gate), FPS)


def wave(delay: float = 0.0, seconds: float = 3.0, fps: float = FPS) -> np.ndarray:
    at = np.arange(round(seconds * fps)) / fps - delay
    return np.sin(7 * at) + 0.5 * np.sin(17 * at + 1) + 0.3 * np.sin(31 * at + 2)


@pytest.mark.parametrize("label", ["F", "V"])
def test_lip_on_teeth_at_an_f(label: str) -> None:
    phones = [Segment("AA", 0.0, 0.4), Segment(label, 0.4, 0.5), Segment("AA", 0.5, 1.0)]
    assert teeth(on_teeth((0.42, 0.48)), phones) == Teeth(1, 1, 1, 1)
    assert teeth(AnimationClip(ARKIT_NAMES, talking(), FPS), phones) == Teeth(1, 0, 0, 0)


@pytest.mark.parametrize(("start", "made"), [(0.33, 1), (0.28, 0), (0.53, 1), (0.56, 0)])
def test_teeth_have_forty_milliseconds_of_slack(start: float, made: int) -> None:
    phones = [Segment("AA", 0.0, 0.4), Segment("F", 0.4, 0.5), Segment("AA", 0.5, 1.0)]
    found = teeth(on_teeth((start, start + 0.04)), phones)
    assert (found.made, found.contacts, found.right) == (made, 1, made)


def test_contact_elsewhere_is_wrong_and_in_silence_does_not_count() -> None:
    phones = [Segment("AA", 0.0, 0.5), Segment("SIL", 0.5, 1.0)]
    assert teeth(on_teeth((0.2, 0.3), (0.7, 0.8)), phones) == Teeth(0, 0, 1, 0)


def test_a_passing_touch_is_no_contact() -> None:
    assert contacts(on_teeth((0.2, 0.22))) == []
    assert contacts(on_teeth((0.2, 0.23))) == [pytest.approx((0.2, 0.23))]
    assert contacts(on_teeth((0.9, 1.0))) == [pytest.approx((0.9, 1.0))]


def test_sealed_lips_are_no_f() -> None:
    sealed = seal(talking(), during(0.4, 0.5))
    assert contacts(AnimationClip(ARKIT_NAMES, sealed, FPS)) == []
    assert contacts(AnimationClip(ARKIT_NAMES, np.zeros((50, 52), np.float32), FPS)) == []


def rounded(*spans: tuple[float, float]) -> AnimationClip:
    gate = sum((during(*span) for span in spans), np.zeros(FPS))
    names = ("mouthFunnel", "mouthPucker")
    return AnimationClip(names, np.stack([0.3 * gate, 0.5 * gate], axis=1), FPS)


def test_roundness_is_taken_at_the_middle() -> None:
    phones = [Segment("UW", 0.2, 0.4), Segment("S", 0.4, 0.6), Segment("SIL", 0.6, 1.0)]
    found = rounding(rounded((0.25, 0.35)), phones)
    np.testing.assert_allclose(found, [[0.8, 1.0], [0.0, 0.0]], atol=1e-6)


def test_perfect_rounding_and_the_opposite() -> None:
    phones = [
        Segment("OW", 0.0, 0.2),
        Segment("AA", 0.2, 0.4),
        Segment("SH", 0.4, 0.6),
        Segment("T", 0.6, 0.8),
    ]
    ones = np.ones((1, 1))
    assert auc([rounding(rounded((0.0, 0.2), (0.4, 0.6)), phones)], ones) == pytest.approx([1.0])
    assert auc([rounding(rounded((0.2, 0.4), (0.6, 0.8)), phones)], ones) == pytest.approx([0.0])
    assert auc([rounding(rounded(), phones)], ones) == pytest.approx([0.5])


def test_half_round_sounds_are_left_out_of_the_clear_ones() -> None:
    phones = [
        Segment("OW", 0.0, 0.2),
        Segment("AO", 0.2, 0.4),
        Segment("CH", 0.4, 0.6),
        Segment("T", 0.6, 0.8),
    ]
    assert len(rounding(rounded(), phones)) == 4
    assert len(clear_rounding(rounded(), phones)) == 2


@pytest.mark.parametrize("late", [-0.12, -0.034, 0.0, 0.015, 0.15])
def test_offset_is_positive_for_motion_that_comes_late(late: float) -> None:
    assert offset(wave(late), wave()) == pytest.approx(late, abs=0.002)


def test_offset_needs_motion() -> None:
    assert math.isnan(offset(np.zeros(200), wave()))


def test_opening_is_relative_to_the_eyes_and_never_negative() -> None:
    millimetres = np.array([-1.0, 0.0, 8.34])
    jaw = millimetres / lip_gap_row(["jawOpen"])[0]
    clip = AnimationClip(("jawOpen",), jaw[:, None], FPS)
    np.testing.assert_allclose(relative_opening(clip), [0.0, 0.0, 0.1], atol=1e-6)


def test_eye_corners_are_where_the_lids_meet() -> None:
    """The outermost vertex that a blink hardly moves, of those within 2 mm of the height of the pupil."""
    mesh = default_head().mesh
    assert mesh is not None
    corner = np.array([EYE_CORNERS / 2, 89.4, 82.1])
    first, end = mesh.parts["skin"]
    points = mesh.vertices[first:end] * 1000
    for side in (1, -1):
        away = np.linalg.norm(points - corner * (side, 1, 1), axis=1)
        assert away.min() < 0.3
    pupil = mesh.vertices[mesh.landmarks["eye_left"]] * 1000
    assert pupil[0] + 10 < corner[0] < pupil[0] + 16 and abs(pupil[1] - corner[1]) < 2


def test_amplitude_is_the_ratio_of_deviations() -> None:
    mine, its = variances(3 * wave()[:100], wave())
    assert math.sqrt(mine / its) == pytest.approx(3.0)


def test_only_fast_motion_is_jitter() -> None:
    at = np.arange(1000) / 100
    slow, fast = np.sin(2 * np.pi * 5 * at), 0.1 * np.sin(2 * np.pi * 20 * at)
    assert fast_energy(slow) < 1e-6
    assert fast_energy(fast) == pytest.approx(0.1**2 / 2, rel=0.01)
    assert fast_energy(slow + 3 + fast) == pytest.approx(0.1**2 / 2, rel=0.01)
    assert fast_energy(np.full(100, 2.0)) == pytest.approx(0.0, abs=1e-12)


def motion(names: tuple[str, ...], *series: np.ndarray, fps: float = FPS) -> AnimationClip:
    return AnimationClip(names, 0.3 + 0.1 * np.stack(series, axis=1), fps)


def test_jaws_of_different_rigs_are_compared() -> None:
    captured = motion(("mouth_stretch_c", "other"), wave(0.05, fps=30), wave(1, fps=30), fps=30)
    assert jaw_r(motion(("jawOpen",), wave()), captured) > 0.98
    assert jaw_r(motion(("mouth_stretch_c",), -wave()), captured) < 0.6
    assert math.isnan(jaw_r(motion(("mouthSmileLeft",), wave()), captured))


def test_still_channels_are_not_expected_but_missed_ones_count_as_nothing() -> None:
    captured = motion(("a", "b", "c"), wave(), wave(0.5), 0 * wave())
    assert channels_r(motion(("a", "b", "c"), wave(), wave(0.5), wave()), captured) == pytest.approx(1.0)
    assert channels_r(motion(("a", "b"), wave(), 0 * wave()), captured) == pytest.approx(0.5)
    assert math.isnan(channels_r(motion(("d",), wave()), captured))
