"""Front ends: the same whatever the block size and the level, sane on silence, mel as in librosa."""

import librosa
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from audio2face.errors import ModelError
from audio2face.features import COEFFICIENTS, FRONT_ENDS, FrontEnd, SpeechLevel, mel_filters
from audio2face.features.energy import FAINTEST
from audio2face.features.frontend import FLOOR, PIECE, lags_and_bands

RATE = 16_000
HANN_POWER = np.sum(np.hanning(401)[:-1] ** 2)


def speech_like(seconds: float = 2.0) -> np.ndarray:
    """[samples] float32 a buzz at 120 Hz through three formants, in syllables with pauses, peak 1."""
    time = np.arange(round(RATE * seconds)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * 120 * time)) + 0.1 * np.random.default_rng(4).standard_normal(len(time))
    bands = [butter(2, [f * 0.9, f * 1.1], "bandpass", fs=RATE, output="sos") for f in (650, 1_200, 2_500)]
    sound = sum(sosfilt(band, buzz) for band in bands) * np.maximum(0.02, np.sin(2 * np.pi * 3 * time))
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def features(name: str, sound: np.ndarray, block: int = 10**9) -> np.ndarray:
    front_end = FrontEnd(name)
    return np.concatenate([front_end.push(sound[at : at + block]) for at in range(0, len(sound), block)])


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_shape(name: str) -> None:
    found = features(name, speech_like(1.0))
    assert FrontEnd(name).width == COEFFICIENTS * len(name.split("+")) + 1
    # Of the second's 120 frames, those whose window reaches beyond its end are still to come.
    assert found.shape == (119, FrontEnd(name).width)
    assert found.dtype == np.float32


def test_unknown_name() -> None:
    with pytest.raises(
        ModelError, match="unknown front end 'mfcc'; known are lpc, autocorrelation, mel, lpc"
    ):
        FrontEnd("mfcc")


@pytest.mark.parametrize("name", FRONT_ENDS)
@pytest.mark.parametrize("block", [1, 7, 160, 1_000])
def test_blocks_give_the_same_as_one_piece(name: str, block: int) -> None:
    sound = speech_like()
    np.testing.assert_allclose(features(name, sound, block), features(name, sound), rtol=1e-6, atol=2e-5)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_level_does_not_matter(name: str) -> None:
    sound = speech_like()
    loud, quiet = (features(name, (10 ** (gain / 20) * sound).astype(np.float32)) for gain in (-3, -30))
    np.testing.assert_allclose(quiet[3:], loud[3:], atol=0.01)  # hundredths of a dB


@pytest.mark.parametrize("name", FRONT_ENDS)
@pytest.mark.parametrize("value", [0.0, 0.5, 1e-30])
def test_silence_and_constants_are_finite_and_the_same_throughout(name: str, value: float) -> None:
    found = features(name, np.full(RATE, value, np.float32))[3:]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, found[:1].repeat(len(found), 0), atol=1e-3)
    assert (found[:, -1] <= -40).all()


def test_silence_after_speech_is_at_the_floor() -> None:
    found = features("lpc+mel", np.concatenate([speech_like(), np.zeros(RATE // 2, np.float32)]))[-10:]
    np.testing.assert_array_equal(found[:, :COEFFICIENTS], 0)
    np.testing.assert_array_equal(found[:, COEFFICIENTS:], FLOOR)


@pytest.mark.parametrize("hertz", [50.0, 440.0, 7_999.0])
@pytest.mark.parametrize("name", FRONT_ENDS)
def test_pure_tones_are_finite(name: str, hertz: float) -> None:
    assert np.isfinite(features(name, np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE).astype("f4"))).all()


def test_mel_filters_equal_librosas_htk_filters() -> None:
    reference = librosa.filters.mel(
        sr=RATE, n_fft=512, n_mels=32, fmin=60, fmax=7_800, htk=True, norm=None, dtype=np.float64
    )
    np.testing.assert_allclose(mel_filters(257, RATE), reference.T, atol=1e-9)


def test_mel_bands_equal_librosas_melspectrogram() -> None:
    """One window in the middle of 512 samples: librosa pads its window the same way."""
    window = speech_like()[8_000:8_400].astype(np.float64) + 0.1
    padded = np.pad(window - window.mean(), 56)
    settings = {"sr": RATE, "n_fft": 512, "win_length": 400, "hop_length": 512, "center": False}
    bands = librosa.feature.melspectrogram(
        y=padded, n_mels=32, fmin=60, fmax=7_800, htk=True, norm=None, **settings
    )
    _, found = lags_and_bands(window[None])
    np.testing.assert_allclose(found[0], bands[:, 0] / HANN_POWER * 2 / 512, rtol=1e-6)


def test_lags_are_the_plain_sums() -> None:
    windows = np.stack([speech_like()[at : at + 400] for at in (0, 3_000, 8_000)]).astype(np.float64) + 0.1
    shaped = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(401)[:-1]
    plain = [[row[: 400 - lag] @ row[lag:] for lag in range(33)] for row in shaped]
    lags, _ = lags_and_bands(windows)
    np.testing.assert_allclose(lags, np.array(plain) / HANN_POWER, rtol=1e-9, atol=1e-12 * np.max(plain))


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_long_sound_is_analysed_in_pieces_that_do_not_show(name: str) -> None:
    sound = np.tile(speech_like(), 1 + 2 * PIECE // (2 * RATE))
    assert len(sound) > 2 * PIECE
    halves = features(name, sound, PIECE // 2 + 77)
    np.testing.assert_allclose(features(name, sound), halves, rtol=1e-6, atol=2e-5)


def test_full_scale_sine_has_three_decibels_less_than_one() -> None:
    """All mel bands together hold the power of a sine, 1/2, where the triangles add up to 1."""
    sine = np.sin(2 * np.pi * 1_000 * np.arange(RATE) / RATE).astype(np.float32)
    front_end = FrontEnd("mel")
    relative = front_end.push(sine)[60]
    level = front_end._level._level
    total = 10 * np.log10(np.sum(10 ** ((relative[:-1].astype(np.float64) + level) / 10)))
    assert total == pytest.approx(-3.01, abs=0.1)


def test_level_rises_at_once_and_falls_slowly() -> None:
    level = SpeechLevel().follow(np.concatenate([[-60.0, -20.0], np.full(1_200, -90.0)]))
    assert level[0] == -60.0
    assert level[1] == -20.0
    assert level[-1] == pytest.approx(-20.0 - 1.5 * 10)


def test_level_carries_on_and_never_falls_below_the_faintest() -> None:
    energy = np.random.default_rng(0).uniform(-120, -10, 1_000)
    whole, level = SpeechLevel(), SpeechLevel()
    parts = [level.follow(energy[at : at + 37]) for at in range(0, 1_000, 37)]
    np.testing.assert_allclose(np.concatenate(parts), whole.follow(energy), atol=1e-9)
    assert SpeechLevel().follow(np.full(20_000, -200.0)).min() == FAINTEST
