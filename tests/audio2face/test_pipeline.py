"""The whole path on real and made sound: when a face moves, by how much, and when it must not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import audio2face
from audio2face.errors import OptionError
from audio2face.features import SAMPLE_RATE
from audio2face.models import LiteRTModel, load_model
from audio2face.pipeline import adjust, animate
from audio2face.sources import ArraySource, FileSource
from rigs import ARKIT_NAMES, MOUTH_NAMES, AnimationClip, ClipError
from rigs.arrays import FloatArray

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
BUNDLES = ("live", "studio")
MOUTH = [ARKIT_NAMES.index(name) for name in MOUTH_NAMES]
TIMES = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE

NOT_SPEECH = {
    "digital silence": np.zeros(len(TIMES)),
    "50 Hz hum at -60 dBFS": 10 ** (-60 / 20) * np.sin(2 * np.pi * 50 * TIMES),
    "white noise at -50 dBFS": 10 ** (-50 / 20) * np.random.default_rng(3).normal(size=len(TIMES)),
}
"""Four seconds each in which nobody speaks."""

SIGNS = {
    "joy": ("mouthSmile", "cheekSquint"),
    "sadness": ("browInnerUp", "mouthFrown"),
    "anger": ("browDown", "noseSneer"),
    "fear": ("eyeWide", "browInnerUp"),
    "disgust": ("noseSneer", "mouthUpperUp"),
    "surprise": ("browInnerUp", "browOuterUp", "eyeWide"),
}
"""Channels that a named emotion must raise; each has a Left and a Right, or stands alone."""


@lru_cache
def model(name: str) -> LiteRTModel:
    return load_model(name)


@lru_cache
def speech() -> FloatArray:
    """[samples] the bundled line, its peak at full scale."""
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    return (samples / np.abs(samples).max()).astype(np.float32)


def face(
    name: str, samples: np.ndarray, emotion: Mapping[str, float] | None = None, fps: float = 60
) -> AnimationClip:
    return animate(ArraySource(samples.astype(np.float32), SAMPLE_RATE, 16.0), model(name), fps, emotion)


@lru_cache
def neutral(name: str) -> AnimationClip:
    return face(name, speech())


@pytest.mark.parametrize("name", BUNDLES)
def test_speech_moves_the_52_channels_between_0_and_1(name: str) -> None:
    clip = neutral(name)
    assert clip.names == ARKIT_NAMES
    assert clip.weights.min() >= 0 and clip.weights.max() <= 1
    assert clip.frames == round(len(speech()) / SAMPLE_RATE * 60)
    assert np.ptp(clip.channel("jawOpen")) > 0.1


@pytest.mark.parametrize("emotion", SIGNS)
def test_weights_stay_in_range_at_any_emotion(emotion: str) -> None:
    for mix in ({emotion: 1.0}, {emotion: 1.0, "anger": 1.0, "surprise": 1.0}):
        weights = face("studio", speech(), mix).weights
        assert weights.min() >= 0 and weights.max() <= 1


@pytest.mark.parametrize("sound", NOT_SPEECH)
@pytest.mark.parametrize("name", BUNDLES)
def test_no_mouth_moves_when_nobody_speaks(name: str, sound: str) -> None:
    mouth = face(name, NOT_SPEECH[sound]).weights[:, MOUTH]
    moves = np.maximum(np.ptp(mouth, axis=0), np.abs(mouth).max(axis=0))
    most = int(moves.argmax())
    assert moves[most] <= 0.02, f"{MOUTH_NAMES[most]} moves by {moves[most]:.3f}"


@pytest.mark.parametrize("name", BUNDLES)
def test_level_of_a_recording_does_not_matter(name: str) -> None:
    loud, quiet = (face(name, speech() * 10 ** (level / 20)).weights for level in (-3, -30))
    change = np.abs(loud - quiet).max(axis=0)
    most = int(change.argmax())
    assert change[most] <= 0.05, f"{ARKIT_NAMES[most]} differs by {change[most]:.3f}"


def raised(emotion: str, still: AnimationClip, moved: AnimationClip) -> dict[str, float]:
    """By how much an emotion raises the mean of each of its signs, both sides together."""
    change = moved.weights.mean(axis=0) - still.weights.mean(axis=0)
    return {
        sign: float(np.mean([change[n] for n, name in enumerate(ARKIT_NAMES) if name.startswith(sign)]))
        for sign in SIGNS[emotion]
    }


@pytest.mark.parametrize("emotion", SIGNS)
@pytest.mark.parametrize("name", BUNDLES)
def test_emotion_shows_in_silence(name: str, emotion: str) -> None:
    silence = np.zeros(SAMPLE_RATE)
    for channel, rise in raised(emotion, face(name, silence), face(name, silence, {emotion: 1.0})).items():
        assert rise > 0.1, f"{emotion} raises {channel} by {rise:.3f} only"


@pytest.mark.parametrize("emotion", SIGNS)
@pytest.mark.parametrize("name", BUNDLES)
def test_emotion_shows_while_speaking(name: str, emotion: str) -> None:
    for channel, rise in raised(emotion, neutral(name), face(name, speech(), {emotion: 1.0})).items():
        assert rise > 0.03, f"{emotion} raises {channel} by {rise:.3f} only"


def test_emotion_grows_with_its_strength() -> None:
    silence = np.zeros(SAMPLE_RATE)
    smiles = [
        face("studio", silence, {"joy": strength}).channel("mouthSmileLeft").mean()
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert np.all(np.diff(smiles) > 0.05)


def test_neutral_is_no_emotion() -> None:
    assert np.array_equal(face("studio", speech(), {"neutral": 1.0}).weights, neutral("studio").weights)


@pytest.mark.parametrize("samples", (1, 2, 160, 1000))
@pytest.mark.parametrize("fps", (1, 29.97, 120))
def test_very_short_sounds(samples: int, fps: float) -> None:
    clip = face("studio", 0.1 * np.ones(samples), fps=fps)
    assert clip.frames == max(1, round(samples / SAMPLE_RATE * fps))
    assert clip.fps == fps


@pytest.mark.parametrize("rate", (8000, 44_100, 48_000))
def test_rate_of_the_recording_does_not_change_the_length(rate: int) -> None:
    tone = np.sin(np.arange(2 * rate) * 0.05).astype(np.float32)
    assert animate(ArraySource(tone, rate), model("live"), 60).frames == 120


def test_clip_remembers_its_sound() -> None:
    source = ArraySource(np.zeros(100), SAMPLE_RATE)
    assert animate(source, model("live"), audio="line.wav").audio == "line.wav"
    assert animate(source, model("live")).audio is None


def test_gain_multiplies_one_channel() -> None:
    source = ArraySource(speech(), SAMPLE_RATE, 16.0)
    clip = animate(source, model("studio"), 60, gains={"jawOpen": 0.5, "mouthPucker": 0.0})
    plain = neutral("studio")
    np.testing.assert_allclose(clip.channel("jawOpen"), 0.5 * plain.channel("jawOpen"), atol=1e-7)
    assert not clip.channel("mouthPucker").any()
    others = [number for number, name in enumerate(ARKIT_NAMES) if name not in ("jawOpen", "mouthPucker")]
    assert np.array_equal(clip.weights[:, others], plain.weights[:, others])


def test_weights_are_clamped_after_the_gain() -> None:
    weights = np.full((3, 52), 0.4, np.float32)
    adjusted = adjust(weights, model("studio"), {"jawOpen": 2.0, "mouthClose": 10.0})
    jaw, close, other = (ARKIT_NAMES.index(name) for name in ("jawOpen", "mouthClose", "mouthLeft"))
    np.testing.assert_allclose(adjusted[:, [jaw, close, other]], [[0.8, 1.0, 0.4]] * 3, atol=1e-7)
    np.testing.assert_allclose(adjust(weights - 0.5, model("studio"), {}), 0.0)


def test_gain_for_a_channel_that_is_not_there() -> None:
    with pytest.raises(
        OptionError, match="no channel 'jawopen' to apply a gain to; the rig has eyeBlinkLeft"
    ):
        adjust(np.zeros((1, 52), np.float32), model("studio"), {"jawopen": 2.0})


def test_gain_that_is_no_number_makes_no_clip() -> None:
    with pytest.raises(ClipError, match="NaN"):
        animate(ArraySource(speech(), SAMPLE_RATE), model("studio"), gains={"jawOpen": float("nan")})


@pytest.mark.parametrize("fps", (0, 500, float("nan")))
def test_impossible_rate(fps: float) -> None:
    with pytest.raises(OptionError, match="expected 1 to 120"):
        face("studio", np.zeros(100), fps=fps)
