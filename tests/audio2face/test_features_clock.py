"""The 120 Hz clock: exact, and still exact after an hour."""

from fractions import Fraction

import numpy as np
import pytest

from audio2face.features import FRAME_RATE, SAMPLE_RATE, WINDOW, centres, frames_before
from audio2face.features.framing import HALF, Framer

HOUR = 3_600


def test_a_frame_stands_at_its_rounded_time() -> None:
    exact = [round(Fraction(number * SAMPLE_RATE, FRAME_RATE)) for number in range(1_000)]
    np.testing.assert_array_equal(centres(0, 1_000), exact)


@pytest.mark.parametrize("hours", [1, 10, 1_000])
def test_no_drift_after_hours(hours: int) -> None:
    assert centres(hours * HOUR * FRAME_RATE, 1)[0] == hours * HOUR * SAMPLE_RATE


@pytest.mark.parametrize("sample", [-5, 0, 1, 132, 133, 134, 266, 267, 16_000, 16_001, 60_000])
def test_frames_before_counts_centres(sample: int) -> None:
    assert frames_before(sample) == int(np.sum(centres(0, 500) < sample))


@pytest.mark.parametrize("hours", [1, 1_000])
def test_frames_before_is_exact_after_hours(hours: int) -> None:
    assert frames_before(hours * HOUR * SAMPLE_RATE) == hours * HOUR * FRAME_RATE
    assert frames_before(hours * HOUR * SAMPLE_RATE + 1) == hours * HOUR * FRAME_RATE + 1


@pytest.mark.parametrize("block", [1, 7, 133, 160, 1_000, 20_000])
def test_each_window_comes_once_around_its_centre(block: int) -> None:
    sound = np.arange(1, 5_001, dtype=np.float32)
    framer = Framer()
    windows = np.concatenate([framer.push(sound[at : at + block]) for at in range(0, len(sound), block)])
    padded = np.concatenate([np.zeros(HALF), sound])
    expected = [padded[at : at + WINDOW] for at in centres(0, 200) if at + HALF <= len(sound)]
    np.testing.assert_array_equal(windows, expected)


def test_a_window_is_out_with_its_last_sample() -> None:
    framer = Framer()
    last = int(centres(10, 1)[0]) + HALF
    assert len(framer.push(np.zeros(last - 1, np.float32))) == 10
    assert len(framer.push(np.zeros(1, np.float32))) == 1


def test_framing_does_not_drift_over_an_hour() -> None:
    """Blocks of an odd length up to an hour; then a click is in the middle of the hour's first frame."""
    framer, pushed, frames = Framer(), 0, 0
    while pushed + 333_333 <= HOUR * SAMPLE_RATE:
        frames += len(framer.push(np.zeros(333_333, np.float32)))
        pushed += 333_333
    rest = np.zeros(HOUR * SAMPLE_RATE - pushed + HALF, np.float32)
    rest[HOUR * SAMPLE_RATE - pushed] = 1.0
    windows = framer.push(rest)
    assert frames + len(windows) == HOUR * FRAME_RATE + 1
    assert windows[-1].argmax() == HALF
