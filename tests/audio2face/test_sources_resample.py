"""The streaming resampler, for files and live, against one-shot soxr and sounds whose spectrum is known."""

import numpy as np
import pytest
import soxr
from scipy.signal import chirp

from audio2face.errors import SoundError
from audio2face.sources import SAMPLE_RATE, Resampler
from audio2face.sources.resample import DELAYS, MOST_FILTERS

RATES = [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.5, 0.5, samples).astype(np.float32)


def resample(sound: np.ndarray, rate: int, block: int, live: bool = False) -> np.ndarray:
    resampler = Resampler(rate, live=live)
    parts = [resampler.push(sound[start : start + block]) for start in range(0, len(sound), block)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", [37, 1_000, 4_096, 10**6])
def test_cutting_into_blocks_changes_nothing(rate: int, block: int) -> None:
    sound = noise(rate // 2 + 37)
    expected = soxr.resample(sound, rate, SAMPLE_RATE, "HQ")
    np.testing.assert_allclose(resample(sound, rate, block), expected, atol=1e-6)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("block", [37, 480, 1_000, 4_096])
def test_cutting_into_blocks_changes_nothing_live(rate: int, block: int) -> None:
    sound = noise(rate // 2 + 37)
    expected = resample(sound, rate, 10**6, live=True)
    np.testing.assert_allclose(resample(sound, rate, block, live=True), expected, atol=1e-7)


@pytest.mark.parametrize("live", [False, True])
def test_single_samples_give_the_same_as_one_piece(live: bool) -> None:
    sound = noise(3_000)
    pieces, whole = (resample(sound, 44_100, block, live) for block in (1, 3_000))
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("samples", [1, 2, 3, 100, 441, 12_345])
@pytest.mark.parametrize("live", [False, True])
def test_length_is_the_rounded_ratio(rate: int, samples: int, live: bool) -> None:
    exact = samples * SAMPLE_RATE / rate
    assert abs(len(resample(noise(samples), rate, 1_000, live)) - exact) <= 0.5


@pytest.mark.parametrize("rate", [*RATES, SAMPLE_RATE])
@pytest.mark.parametrize("live", [False, True])
def test_no_sound_at_all_stays_none(rate: int, live: bool) -> None:
    assert len(resample(noise(0), rate, 1, live)) == 0


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("hertz", [100.0, 1_000.0, 3_000.0])
@pytest.mark.parametrize("live", [False, True])
def test_tone_keeps_frequency_level_and_phase(rate: int, hertz: float, live: bool) -> None:
    sound = 0.5 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)
    heard = resample(sound.astype(np.float32), rate, 1_024, live)
    expected = 0.5 * np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    inner = slice(1_000, -1_000)
    assert np.abs(heard[inner] - expected[inner]).max() < 1e-4


@pytest.mark.parametrize("rate", [22_050, 24_000, 32_000, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("live", [False, True])
def test_sound_up_to_7200_hertz_passes_and_none_beyond_the_new_band(rate: int, live: bool) -> None:
    """A sweep to 7200 Hz comes out as it would be at the new rate; one from 8050 Hz up not at all."""
    old, new = (np.arange(each) / each for each in (rate, SAMPLE_RATE))
    within = resample((0.5 * chirp(old, 50, 1, 7_200)).astype(np.float32), rate, 480, live)
    inner = slice(1_000, -1_000)
    assert np.abs(within - 0.5 * chirp(new, 50, 1, 7_200))[inner].max() < 5e-4
    beyond = resample((0.5 * chirp(old, 8_050, 1, 0.49 * rate)).astype(np.float32), rate, 480, live)
    assert np.abs(beyond)[inner].max() < 2e-4


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


def worst_delay(resampler: Resampler, rate: int) -> float:
    """Seconds by which the output trails the input at most, pushed in steps of a quarter millisecond."""
    pushed, given, worst = 0, 0, 0.0
    step = max(1, rate // 4_000)
    sound = noise(rate // 2)
    for start in range(0, len(sound), step):
        pushed += len(sound[start : start + step])
        given += len(resampler.push(sound[start : start + step]))
        worst = max(worst, pushed / rate - given / SAMPLE_RATE)
    return worst


@pytest.mark.parametrize("rate", [*RATES, SAMPLE_RATE])
def test_delay_is_as_documented(rate: int) -> None:
    worst = worst_delay(Resampler(rate), rate)
    assert worst <= DELAYS[rate] + 0.0005
    assert worst >= DELAYS[rate] - 0.003


@pytest.mark.parametrize("rate", [*RATES, SAMPLE_RATE])
def test_live_is_late_by_a_few_milliseconds(rate: int) -> None:
    """3.2 ms, or that much longer as a lower rate's samples are; and the sample that is just being heard."""
    expected = 0.0 if rate == SAMPLE_RATE else 0.0032 * max(1.0, SAMPLE_RATE / rate)
    assert worst_delay(Resampler(rate, live=True), rate) <= expected + 0.0001


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_live_does_not_drift(rate: int) -> None:
    resampler = Resampler(rate, live=True)
    silence = np.zeros(rate, np.float32)
    given = sum(len(resampler.push(silence)) for _ in range(60))
    click = np.zeros(rate, np.float32)
    click[rate // 4] = 1.0
    heard = np.concatenate([resampler.push(click), resampler.finish()])
    energy = heard.astype(np.float64) ** 2
    centre = (energy @ np.arange(len(heard))) / energy.sum() + given
    assert centre == pytest.approx(60.25 * SAMPLE_RATE, abs=1e-3)


@pytest.mark.parametrize("rate", [11_025, 44_099, 999_999])
def test_odd_rates_work_live_too(rate: int) -> None:
    """A rate that has hardly anything in common with 16 kHz goes through soxr."""
    sound = noise(rate // 4)
    heard = resample(sound, rate, rate // 100, live=True)
    assert abs(len(heard) - len(sound) * SAMPLE_RATE / rate) <= 0.5
    if SAMPLE_RATE // np.gcd(rate, SAMPLE_RATE) > MOST_FILTERS:
        np.testing.assert_allclose(heard, soxr.resample(sound, rate, SAMPLE_RATE, "HQ"), atol=1e-6)


def test_equal_rates_pass_through() -> None:
    sound = noise(1_000)
    resampler = Resampler(SAMPLE_RATE)
    np.testing.assert_array_equal(resampler.push(sound), sound)
    assert len(resampler.finish()) == 0


@pytest.mark.parametrize("rate", [0, -8_000, 10**7])
def test_impossible_rate_is_refused(rate: int) -> None:
    with pytest.raises(SoundError, match=f"sample rate of {rate}; rates from 1000 to 1000000 work"):
        Resampler(rate)
