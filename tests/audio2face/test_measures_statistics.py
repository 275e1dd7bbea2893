"""From clips to figures, and how sure they are: on numbers whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from audio2face.measures.bootstrap import drawings, interval, unanimous
from audio2face.measures.statistics import auc, largest, mean, median, root_share, share

NAN = float("nan")


def once(evidence: list[np.ndarray]) -> np.ndarray:
    """Every clip drawn once."""
    return np.ones((1, len(evidence)))


def clips(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_share_is_of_sums_not_of_shares() -> None:
    evidence = [np.array([1.0, 1.0]), np.array([0.0, 9.0])]
    assert share(evidence, once(evidence)) == pytest.approx([0.1])
    assert share(evidence, np.array([[3.0, 1.0], [0.0, 2.0]])) == pytest.approx([0.25, 0.0])
    assert math.isnan(share([np.zeros(2)], np.ones((1, 1)))[0])


def test_root_share_gives_the_ratio_of_amplitudes() -> None:
    evidence = [np.array([4.0, 1.0]), np.array([32.0, 8.0])]
    assert root_share(evidence, once(evidence)) == pytest.approx([2.0])


def test_mean_and_median_leave_out_what_has_no_value() -> None:
    evidence = clips(1.0, NAN, 3.0, 8.0)
    assert mean(evidence, once(evidence)) == pytest.approx([4.0])
    assert median(evidence, once(evidence)) == pytest.approx([3.0])
    assert median(evidence, np.array([[1.0, 5.0, 1.0, 0.0]])) == pytest.approx([2.0])
    assert math.isnan(mean(clips(NAN), np.ones((1, 1)))[0]) and math.isnan(
        median(clips(NAN), np.ones((1, 1)))[0]
    )


@pytest.mark.parametrize("seed", range(3))
def test_median_under_weights_is_that_of_repeated_clips(seed: int) -> None:
    random = np.random.default_rng(seed)
    values, times = random.normal(size=11), random.integers(0, 4, 11)
    found = median(clips(*values), times[None].astype(float))
    assert found == pytest.approx([np.median(np.repeat(values, times))])


def test_largest_does_not_depend_on_the_drawing() -> None:
    assert largest(clips(1.0, 7.0, 2.0), np.zeros((2, 3))) == pytest.approx([7.0, 7.0])


def test_auc_counts_pairs_in_order_and_ties_half() -> None:
    evidence = [np.array([[0.9, 1], [0.5, 0]]), np.array([[0.5, 1], [0.1, 0]])]
    assert auc(evidence, once(evidence)) == pytest.approx([(1 + 1 + 0.5 + 1) / 4])
    # The first clip alone, and the second drawn twice.
    assert auc(evidence, np.array([[1.0, 0.0], [0.0, 2.0]])) == pytest.approx([1.0, 1.0])
    assert math.isnan(auc([np.array([[0.5, 1.0]])], np.ones((1, 1)))[0])


def test_auc_of_chance_is_a_half() -> None:
    random = np.random.default_rng(3)
    evidence = [np.stack([random.normal(size=4000), random.integers(0, 2, 4000)], axis=1)]
    assert auc(evidence, once(evidence)) == pytest.approx([0.5], abs=0.03)


def test_few_speakers_draw_clips_and_many_draw_speakers() -> None:
    few = drawings(["a", "a", "b", "c"], 50)
    assert few.shape == (50, 4) and (few.sum(axis=1) == 4).all()
    assert (few[:, 0] != few[:, 1]).any()
    many = drawings(["a", "a", "b", "c", "d"], 50)
    assert (many[:, 0] == many[:, 1]).all()
    assert (many[:, 1:].sum(axis=1) == 4).all()


def test_drawings_are_the_same_at_every_call() -> None:
    np.testing.assert_array_equal(drawings(["a", "b"]), drawings(["a", "b"]))


def test_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    """400 clips of standard deviation 1: the mean is sure to ± 1.96 / 20."""
    values = np.random.default_rng(1).normal(size=400)
    low, high = interval(mean, clips(*values), drawings(["one"] * 400))
    assert low == pytest.approx(values.mean() - 0.098, abs=0.015)
    assert high == pytest.approx(values.mean() + 0.098, abs=0.015)


def test_alike_clips_of_few_speakers_make_a_wide_interval() -> None:
    """Clips of one speaker are alike: many of them make a figure no surer."""
    values = np.repeat([0.0, 1.0, 2.0, 3.0], 100)
    by_speaker = interval(mean, clips(*values), drawings(np.repeat(list("abcd"), 100).tolist()))
    by_clip = interval(mean, clips(*values), drawings(["one"] * 400))
    assert by_speaker[1] - by_speaker[0] > 5 * (by_clip[1] - by_clip[0])


def test_nothing_measured_has_no_interval() -> None:
    assert all(map(math.isnan, interval(mean, clips(NAN, NAN), drawings(["a", "b"]))))


def test_a_unanimous_share_is_not_certain() -> None:
    """The rule of three: of 300 that all closed, about 3 / 300 may not, one-sided; two-sided 3.7 / 300."""
    low, high = unanimous(1.0, 300)
    assert low == pytest.approx(1 - 3.69 / 300, abs=1e-4) and high == 1.0
    assert unanimous(0.0, 300) == pytest.approx((0.0, 3.69 / 300), abs=1e-4)
