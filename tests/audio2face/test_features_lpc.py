"""Linear prediction: known filters are recovered, and solvers that took another road agree."""

import librosa
import numpy as np
import pytest
from scipy.linalg import solve_toeplitz, toeplitz
from scipy.signal import chirp, lfilter
from scipy.stats import chi2

from audio2face.features import (
    ORDER,
    WINDOW,
    autocorrelation,
    cosines_and_sines,
    envelope,
    levinson_durbin,
    prediction,
)
from audio2face.features.frontend import WHITE_NOISE
from audio2face.features.lpc import FEW, solve_each

RATE = 16_000


def stable_filter(seed: int) -> np.ndarray:
    """[ORDER + 1] a polynomial with a leading 1 and random pole pairs inside the unit circle.

    Each pair has its own slice of the spectrum: heaps of poles make the equations so ill-conditioned that
    the estimator's bias, small in theory, outweighs its variance.
    """
    random = np.random.default_rng(seed)
    angles = np.pi * (np.arange(ORDER // 2) + random.uniform(0.1, 0.9, ORDER // 2)) / (ORDER // 2)
    poles = random.uniform(0.3, 0.92, ORDER // 2) * np.exp(1j * angles)
    return np.asarray(np.poly(np.concatenate([poles, poles.conj()])).real)


def lags_of(sound: np.ndarray) -> np.ndarray:
    """[1, ORDER + 1] autocorrelation over all of [samples]."""
    size = 1 << (len(sound) + ORDER).bit_length()
    return autocorrelation(np.abs(np.fft.rfft(sound, size)[None]) ** 2)


def speech_like(frames: int) -> np.ndarray:
    """[frames, WINDOW] windowed stretches of filtered noise of many colours."""
    random = np.random.default_rng(5)
    rows = [lfilter([1.0], stable_filter(seed), random.standard_normal(WINDOW)) for seed in range(frames)]
    return np.stack(rows) * np.hanning(WINDOW)


@pytest.mark.parametrize("seed", range(6))
def test_filtered_noise_gives_its_filter_back(seed: int) -> None:
    """For N samples, N · d' R d / σ² of the deviations d follows χ² with ORDER degrees of freedom.

    Brockwell & Davis, Time Series (1991), section 8.1. One right answer in 100 000 fails.
    """
    samples = 400_000
    wanted = stable_filter(seed)
    noise = np.random.default_rng(seed + 100).standard_normal(samples + 5_000)
    lags = lags_of(lfilter([1.0], wanted, noise)[5_000:])
    found, error = levinson_durbin(lags)
    deviation = (found[0] - wanted)[1:]
    statistic = samples * deviation @ toeplitz(lags[0, :ORDER] / samples) @ deviation
    assert chi2.ppf(5e-6, ORDER) < statistic < chi2.ppf(1 - 5e-6, ORDER)
    assert error[0] / samples == pytest.approx(1.0, abs=4.5 * np.sqrt(2 / samples))


def test_equals_a_general_toeplitz_solver_frame_by_frame() -> None:
    windows = speech_like(50)
    lags = autocorrelation(np.abs(np.fft.rfft(windows, 512, axis=1)) ** 2)
    lags[:, 0] *= 1 + WHITE_NOISE
    found, error = levinson_durbin(lags)
    for row, polynomial, power in zip(lags, found, error, strict=True):
        expected = -solve_toeplitz(row[:ORDER], row[1 : ORDER + 1])
        np.testing.assert_allclose(polynomial[1:], expected, rtol=1e-9, atol=1e-9)
        assert power == pytest.approx(row @ polynomial, rel=1e-9)
    np.testing.assert_array_equal(found[:, 0], 1.0)


@pytest.mark.parametrize("order", [1, 2, 8, 31])
def test_a_lower_order_is_the_same_recursion_stopped_early(order: int) -> None:
    lags = lags_of(speech_like(1)[0])
    found, _ = levinson_durbin(lags, order)
    expected = -solve_toeplitz(lags[0, :order], lags[0, 1 : order + 1])
    np.testing.assert_allclose(found[0, 1:], expected, rtol=1e-9, atol=1e-9)


def test_autocorrelation_equals_librosa_and_the_plain_sum() -> None:
    windows = speech_like(5)
    lags = autocorrelation(np.abs(np.fft.rfft(windows, 512, axis=1)) ** 2)
    plain = [[row[: WINDOW - lag] @ row[lag:] for lag in range(ORDER + 1)] for row in windows]
    np.testing.assert_allclose(lags, plain, rtol=1e-9, atol=1e-9 * np.max(plain))
    reference = librosa.autocorrelate(windows, max_size=ORDER + 1)
    np.testing.assert_allclose(lags, reference, rtol=1e-9, atol=1e-9 * np.max(plain))


def test_agrees_with_librosas_burg_method_on_long_sound() -> None:
    """Two estimators of one filter: both within a few standard errors, so close to each other."""
    sound = lfilter([1.0], stable_filter(3), np.random.default_rng(0).standard_normal(100_000))
    found, _ = levinson_durbin(lags_of(sound))
    np.testing.assert_allclose(found[0], librosa.lpc(sound, order=ORDER), atol=0.01)


@pytest.mark.parametrize("last", [440.0, 3_000.0])
def test_a_sweep_is_predicted_by_its_own_coefficients(last: float) -> None:
    time = np.arange(RATE) / RATE
    sound = chirp(time, 440.0, 1.0, last) * np.hanning(RATE)
    lags = lags_of(sound)
    lags[:, 0] *= 1 + WHITE_NOISE
    polynomial, error = levinson_durbin(lags)
    residual = lfilter(polynomial[0], [1.0], sound)
    assert np.mean(residual**2) < 0.001 * np.mean(sound**2)
    assert 0 < error[0] < 0.001 * lags[0, 0]


def test_poles_are_inside_the_unit_circle() -> None:
    windows = speech_like(30)
    found, error = levinson_durbin(autocorrelation(np.abs(np.fft.rfft(windows, 512, axis=1)) ** 2))
    assert max(np.abs(np.roots(row)).max() for row in found) < 1
    assert (error > 0).all()


def test_silence_predicts_nothing_and_is_not_nan() -> None:
    found, error = levinson_durbin(np.zeros((3, ORDER + 1)))
    np.testing.assert_array_equal(found, np.eye(1, ORDER + 1).repeat(3, 0))
    np.testing.assert_array_equal(error, 0)


@pytest.mark.parametrize("order", [1, 2, 8, 31, 32])
def test_both_ways_to_a_polynomial_agree(order: int) -> None:
    lags = autocorrelation(np.abs(np.fft.rfft(speech_like(30), 512, axis=1)) ** 2)
    lags[:, 0] *= 1 + WHITE_NOISE
    lags[7] = 0.0  # silence amid speech
    expected, _ = levinson_durbin(lags, order)
    np.testing.assert_allclose(solve_each(lags, order), expected, rtol=1e-8, atol=1e-9)


def test_frames_are_predicted_alike_whether_few_or_many() -> None:
    lags = np.repeat(lags_of(speech_like(1)[0]), 2 * FEW, axis=0)
    kept = lags.copy()
    many = prediction(lags)
    for frames in (1, 2, FEW, FEW + 1):
        np.testing.assert_allclose(prediction(lags[:frames]), many[:frames], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(lags, kept)


@pytest.mark.parametrize("frames", [1, FEW + 1])
def test_no_frames_and_silent_frames_are_predicted(frames: int) -> None:
    assert prediction(np.empty((0, ORDER + 1))).shape == (0, ORDER + 1)
    silent = prediction(np.zeros((frames, ORDER + 1)))
    np.testing.assert_array_equal(silent, np.eye(1, ORDER + 1).repeat(frames, 0))


@pytest.mark.parametrize("size", [1e-45, 1e-20, 1.0, 1e10])
def test_sound_of_any_size_is_predicted(size: float) -> None:
    """Down to the faintest that float32 holds."""
    lags = lags_of(speech_like(1)[0])
    lags[:, 0] *= 1 + WHITE_NOISE
    np.testing.assert_allclose(solve_each(lags * size**2), solve_each(lags), rtol=1e-9, atol=1e-9)


def test_envelope_peaks_at_the_formants() -> None:
    formants = np.array([700.0, 1_220.0, 2_600.0])
    poles = 0.97 * np.exp(2j * np.pi * formants / RATE)
    polynomial = np.poly(np.concatenate([poles, poles.conj()])).real[None]
    frequencies = np.arange(0.0, 8_000.0, 10.0)
    curve = envelope(polynomial, cosines_and_sines(frequencies, RATE, len(poles) * 2))[0]
    inner = (curve[1:-1] > curve[:-2]) & (curve[1:-1] > curve[2:])
    np.testing.assert_allclose(frequencies[1:-1][inner], formants, atol=30)
    exact = -20 * np.log10(np.abs(np.polyval(polynomial[0, ::-1], np.exp(-2j * np.pi * frequencies / RATE))))
    np.testing.assert_allclose(curve, exact, atol=1e-9)
