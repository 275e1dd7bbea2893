"""Stillness, alterations of sound, and what they cost, on signals whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from audio2face.features import SAMPLE_RATE
from audio2face.measures.alterations import ALTERATIONS, noisy, pitched, speech_level, stretched, telephone
from audio2face.measures.closure import Closure
from audio2face.measures.stillness import drift, room_tone
from audio2face.measures.stress import losses
from rigs import AnimationClip


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE).astype(
        np.float32
    )


def pitch(samples: np.ndarray) -> float:
    """The strongest frequency, Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(samples)


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def test_drift_is_the_widest_range_of_a_mouth_channel_at_the_end() -> None:
    names = ("jawOpen", "mouthClose", "browInnerUp")
    weights = np.zeros((300, 3))
    weights[:50, 0] = 1.0  # before the last two seconds
    weights[200, 1], weights[210, 1] = 0.03, 0.01
    weights[250, 2] = 0.8  # not the mouth
    assert drift(AnimationClip(names, weights, 100)) == pytest.approx(0.03)
    assert np.isnan(drift(AnimationClip(("browInnerUp",), weights[:, :1], 100)))


def test_room_tone_is_faint_and_always_the_same() -> None:
    found = room_tone(2.0)
    assert len(found) == 2 * SAMPLE_RATE
    assert 20 * np.log10(rms(found)) == pytest.approx(-60, abs=0.1)
    np.testing.assert_array_equal(found, room_tone(2.0))


def test_noise_is_ten_decibels_below_the_speech_whatever_the_pauses() -> None:
    spoken = tone(200, 2.0)
    with_pause = np.concatenate([spoken, np.zeros(SAMPLE_RATE, np.float32)])
    assert speech_level(with_pause) == pytest.approx(rms(spoken), rel=0.01)
    noise = noisy(with_pause) - with_pause
    assert 20 * np.log10(rms(spoken) / rms(noise)) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(("hertz", "passes"), [(100, False), (500, True), (3000, True), (5000, False)])
def test_telephone_passes_the_middle_only(hertz: float, passes: bool) -> None:
    kept = rms(telephone(tone(hertz))) / rms(tone(hertz))
    assert kept == pytest.approx(1.0, abs=0.01) if passes else kept < 0.01


@pytest.mark.parametrize("semitones", [-4, 4])
@pytest.mark.parametrize("hertz", [110, 220, 400])
def test_pitch_moves_and_time_stays(semitones: float, hertz: float) -> None:
    sound = tone(hertz, 2.0)
    moved = pitched(sound, semitones)
    assert len(moved) == len(sound)
    assert pitch(moved) == pytest.approx(hertz * 2 ** (semitones / 12), rel=0.01)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_stretching_keeps_level_and_place(factor: float) -> None:
    """Bursts at known times are found at those times, multiplied."""
    sound = np.zeros(2 * SAMPLE_RATE, np.float32)
    for start in (0.3, 1.0, 1.6):
        at = round(start * SAMPLE_RATE)
        sound[at : at + 3200] = tone(250, 0.2)
    slow = stretched(sound, factor)
    assert len(slow) == round(len(sound) * factor)
    loud = np.convolve(slow**2, np.ones(400) / 400, "same") > 0.1
    starts = np.flatnonzero(np.diff(loud.astype(int)) == 1) / SAMPLE_RATE
    np.testing.assert_allclose(starts, np.array([0.3, 1.0, 1.6]) * factor, atol=0.025)


def test_very_short_sound_is_altered_too() -> None:
    for change in ALTERATIONS.values():
        assert change(tone(200, 0.01)).shape == (160,)
        assert np.isfinite(change(np.zeros(1600, np.float32))).all()


def test_losses_are_of_what_was_heard() -> None:
    plain, changed = Closure(10, 9, 20, 1), Closure(10, 7, 20, 4)
    found = losses("noise", plain, changed)
    assert found["noise, lost"].tolist() == [2, 10] and found["noise, shut"].tolist() == [3, 20]
