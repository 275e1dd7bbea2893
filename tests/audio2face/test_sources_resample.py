"""The streaming resampler against one-shot soxr, and against sounds whose spectrum is known."""

import numpy as np
import pytest
import soxr

from audio2face.errors import SoundError
from audio2face.sources import SAMPLE_RATE, Resampler
from audio2face.sources.resample import DELAYS

RATES = [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.5, 0.5, samples).astype(np.float32)


def resample(sound: np.ndarray, rate: int, block: int) -> np.ndarray:
    resampler = Resampler(rate)
    parts = [resampler.push(sound[start : start + block]) for start in range(0, len(sound), block)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", [37, 1_000, 4_096, 10**6])
def test_cutting_into_blocks_changes_nothing(rate: int, block: int) -> None:
    sound = noise(rate // 2 + 37)
    expected = soxr.resample(sound, rate, SAMPLE_RATE, "HQ")
    np.testing.assert_allclose(resample(sound, rate, block), expected, atol=1e-6)


def test_single_samples_give_the_same_as_one_piece() -> None:
    sound = noise(3_000)
    np.testing.assert_array_equal(resample(sound, 44_100, 1), resample(sound, 44_100, 3_000))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("samples", [1, 2, 3, 100, 441, 12_345])
def test_length_is_the_rounded_ratio(rate: int, samples: int) -> None:
    exact = samples * SAMPLE_RATE / rate
    assert abs(len(resample(noise(samples), rate, 1_000)) - exact) <= 0.5


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("hertz", [100.0, 1_000.0, 3_000.0])
def test_tone_keeps_frequency_level_and_phase(rate: int, hertz: float) -> None:
    sound = 0.5 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)
    heard = resample(sound.astype(np.float32), rate, 1_024)
    expected = 0.5 * np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    inner = slice(1_000, -1_000)
    assert np.abs(heard[inner] - expected[inner]).max() < 1e-4


def test_sound_above_the_new_band_does_not_fold_back() -> None:
    sound = 0.5 * np.sin(2 * np.pi * 9_500 * np.arange(48_000) / 48_000)
    heard = resample(sound.astype(np.float32), 48_000, 480)
    assert np.abs(heard[1_000:-1_000]).max() < 1e-4


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_no_drift_over_an_hour(rate: int) -> None:
    """A click an hour in is found where it belongs, to a thousandth of a sample."""
    resampler = Resampler(rate)
    silence = np.zeros(rate * 60, np.float32)
    given = sum(len(resampler.push(silence)) for _ in range(60))
    place = 0.25  # seconds after the hour; a whole number of samples at every rate here
    last = np.zeros(rate, np.float32)
    last[int(place * rate)] = 1.0
    heard = np.concatenate([resampler.push(last), resampler.finish()])
    assert given + len(heard) == 3_601 * SAMPLE_RATE
    energy = heard.astype(np.float64) ** 2
    centre = (energy @ np.arange(len(heard))) / energy.sum() + given
    assert centre == pytest.approx((3_600 + place) * SAMPLE_RATE, abs=1e-3)


@pytest.mark.parametrize("rate", [*RATES, SAMPLE_RATE])
def test_delay_is_as_documented(rate: int) -> None:
    resampler, pushed, given, worst = Resampler(rate), 0, 0, 0.0
    step = max(1, rate // 4_000)
    sound = noise(rate // 2)
    for start in range(0, len(sound), step):
        pushed += len(sound[start : start + step])
        given += len(resampler.push(sound[start : start + step]))
        worst = max(worst, pushed / rate - given / SAMPLE_RATE)
    assert worst <= DELAYS[rate] + 0.0005
    assert worst >= DELAYS[rate] - 0.003


def test_equal_rates_pass_through() -> None:
    sound = noise(1_000)
    resampler = Resampler(SAMPLE_RATE)
    np.testing.assert_array_equal(resampler.push(sound), sound)
    assert len(resampler.finish()) == 0


@pytest.mark.parametrize("rate", [0, -8_000, 10**7])
def test_impossible_rate_is_refused(rate: int) -> None:
    with pytest.raises(SoundError, match=f"sample rate of {rate}; rates from 1000 to 1000000 work"):
        Resampler(rate)
