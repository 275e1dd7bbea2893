"""What the network is asked to get right, on answers that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)

from audio2face.training import losses  # noqa: E402
from rigs import ARKIT_NAMES  # noqa: E402
from rigs.contacts import part  # noqa: E402
from rigs.lips import lip_gap_row, mouth_width_row  # noqa: E402

CLIPS, TIME = 2, 50
JAW = ARKIT_NAMES.index("jawOpen")
BROW = ARKIT_NAMES.index("browInnerUp")
ALL = np.ones((CLIPS, TIME), np.float32)


def still(value: float = 0.0) -> np.ndarray:
    return np.full((CLIPS, TIME, 52), value, np.float32)


def labels(closed: float = 0.0, teeth: float = 0.0, active: float = 1.0) -> np.ndarray:
    return np.tile(np.array([closed, teeth, active], np.float32), (CLIPS, TIME, 1))


def mean_of(value: float, count: int) -> float:
    """The mean that losses use: one more in the denominator, so that none is ever empty."""
    return value * count / (count + 1)


def test_position_is_the_mean_squared_error() -> None:
    assert float(losses.position(still(0.3), still(0.1), ALL)) == pytest.approx(
        mean_of(0.04, CLIPS * TIME), rel=1e-4
    )


def test_position_counts_judged_frames_only() -> None:
    found, judged = still(), ALL.copy()
    found[:, :20] = 1.0
    judged[:, :20] = 0.0
    assert float(losses.position(found, still(), judged)) == 0


def test_motion_is_twice_the_squared_error_of_the_change() -> None:
    ramp = still() + 0.01 * np.arange(TIME, dtype=np.float32)[None, :, None]
    wanted = 2 * 0.01**2 * (CLIPS * (TIME - 1)) / (CLIPS * (TIME - 1) + 1)
    assert float(losses.motion(ramp, still(), ALL)) == pytest.approx(wanted, rel=1e-3)


def test_motion_does_not_mind_an_offset() -> None:
    assert float(losses.motion(still(0.5), still(0.1), ALL)) == 0


def test_motion_never_compares_one_clip_with_another() -> None:
    found = still()
    found[1] = 1.0
    assert float(losses.motion(found, still(), ALL)) == 0


@pytest.mark.parametrize("left_out", [24, 25])
def test_motion_needs_both_frames_judged(left_out: int) -> None:
    found, judged = still(), ALL.copy()
    found[:, 25:] = 1.0
    assert float(losses.motion(found, still(), judged)) > 0.01
    judged[:, left_out] = 0.0
    assert float(losses.motion(found, still(), judged)) == 0


def test_gap_is_in_millimetres_and_graver_where_lips_close() -> None:
    found = still()
    found[..., JAW] = 0.1
    square = (0.1 * float(lip_gap_row(ARKIT_NAMES)[JAW])) ** 2
    count = CLIPS * TIME
    for closed, grave in ((0.0, 1.0), (0.79, 1.0), (0.81, 4.0), (1.0, 4.0)):
        loss = float(losses.gap(found, still(), labels(closed), ALL))
        assert loss == pytest.approx(grave * mean_of(square, count), rel=1e-3)


def test_gap_is_capped_at_a_centimetre() -> None:
    found = still()
    found[..., JAW] = 1.0
    assert float(losses.gap(found, still(), labels(), ALL)) == pytest.approx(mean_of(100.0, CLIPS * TIME))


def test_gap_ignores_the_brows() -> None:
    found = still()
    found[..., BROW] = 1.0
    assert float(losses.gap(found, still(), labels(), ALL)) == pytest.approx(0, abs=1e-6)


def test_width_is_in_square_millimetres() -> None:
    found, pucker = still(), ARKIT_NAMES.index("mouthPucker")
    found[..., pucker] = 0.5
    narrower = 0.5 * float(mouth_width_row(ARKIT_NAMES)[pucker])
    wanted = mean_of(narrower**2, CLIPS * TIME)
    assert float(losses.width(found, still(), ALL)) == pytest.approx(wanted, rel=1e-4)


def test_phone_that_is_known_costs_nothing_and_a_guess_its_surprise() -> None:
    said = np.full((CLIPS, TIME), 3.0, np.float32)
    sure = np.zeros((CLIPS, TIME, 5), np.float32)
    assert float(losses.phone(sure, said, ALL)) == pytest.approx(mean_of(math.log(5), CLIPS * TIME), rel=1e-4)
    sure[..., 3] = 30.0
    assert float(losses.phone(sure, said, ALL)) == pytest.approx(0, abs=1e-6)


def test_stillness_minds_the_mouth_where_nobody_speaks() -> None:
    moved, frown = still(), still()
    moved[..., JAW], frown[..., BROW] = 0.5, 0.5
    assert float(losses.stillness(moved, still(), labels(active=1.0), ALL)) == 0
    assert float(losses.stillness(frown, still(), labels(active=0.0), ALL)) == 0
    loss = float(losses.stillness(moved, still(), labels(active=0.0), ALL))
    assert loss == pytest.approx(mean_of(0.25 / 52, CLIPS * TIME), rel=1e-4)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_decision_is_cross_entropy_with_missed_ones_graver(number: int) -> None:
    logits = np.zeros((CLIPS, TIME, 3), np.float32)
    count = CLIPS * TIME
    no = float(losses.decision(logits, labels(0, 0, 0), ALL, number))
    yes = float(losses.decision(logits, labels(1, 1, 1), ALL, number))
    assert no == pytest.approx(mean_of(math.log(2), count), rel=1e-4)
    assert yes == pytest.approx(losses.POSITIVE[number] * mean_of(math.log(2), count), rel=1e-4)


def test_decision_that_is_right_and_sure_costs_nothing() -> None:
    logits = np.tile(np.float32([20.0, -20.0, 20.0]), (CLIPS, TIME, 1))
    for number in range(3):
        assert float(losses.decision(logits, labels(1, 0, 1), ALL, number)) < 1e-6
        assert float(losses.decision(-logits, labels(1, 0, 1), ALL, number)) > 10


def test_emotion_that_does_not_change_costs_nothing() -> None:
    assert float(losses.emotion(np.ones((CLIPS, TIME, 16), np.float32))) == 0
    assert float(losses.emotion(np.zeros((CLIPS, TIME, 16), np.float32))) == 0


def test_emotion_that_flickers_costs_its_change_over_its_size() -> None:
    flicker = np.tile(np.float32([1.0, -1.0]), (CLIPS, TIME // 2)).reshape(CLIPS, TIME, 1)
    assert float(losses.emotion(flicker)) == pytest.approx(4.0, rel=1e-4)
    assert float(losses.emotion(0.01 * flicker)) == pytest.approx(4.0, rel=0.02)


def test_scale_makes_every_loss_weigh_the_same() -> None:
    scale = losses.RunningScale(3)
    values = np.float32([1e-4, 1.0, 300.0])
    assert float(scale(values, training=True)) == pytest.approx(3.0, rel=0.02)
    assert float(scale(values / 2)) == pytest.approx(1.5, rel=0.02)


def test_all_losses_of_a_perfect_answer() -> None:
    wanted = part(np.full((TIME, 52), 0.2, np.float32), np.ones(TIME))[None].repeat(CLIPS, axis=0)
    logits = np.tile(np.float32([-20.0, -20.0, 20.0]), (CLIPS, TIME, 1))
    found = losses.all_losses(wanted, logits, wanted, wanted, labels(), ALL, np.zeros_like(ALL))
    assert len(found) == 9
    assert max(float(loss) for loss in found) < 1e-6
