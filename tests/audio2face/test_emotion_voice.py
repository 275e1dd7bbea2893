"""Emotion heard from a voice: what is described, what is heard, what shows."""

from __future__ import annotations

import json
import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import audio2face
from audio2face import FileSource, ModelError, OptionError, load_model
from audio2face.emotion import AutoSettings, Emotion
from audio2face.emotion.auto import EMOTIONS, Auto, shown
from audio2face.emotion.descriptors import COLUMNS, LOWEST, Descriptors
from audio2face.emotion.hearing import Hearing
from audio2face.emotion.recogniser import BUNDLE, CLASSES, Recogniser, read_recogniser
from audio2face.emotion.statistics import NAMES, Heard, statistics
from audio2face.emotion.stream import EmotionStream
from audio2face.live import LiveFace
from audio2face.models import LiteRTModel
from audio2face.weights import WeightStream
from rigs.arrays import FloatArray

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
RATE = 16_000


@lru_cache
def recogniser() -> Recogniser:
    return read_recogniser()


@lru_cache
def model() -> LiteRTModel:
    return load_model("live")


@lru_cache
def speech() -> FloatArray:
    return np.concatenate([block.samples for block in FileSource(SAMPLE)])


def cut(samples: FloatArray, length: int) -> list[FloatArray]:
    return [samples[start : start + length] for start in range(0, len(samples), length)]


def voice(hertz: float, seconds: float = 2.0) -> FloatArray:
    """Harmonics of a pitch, swelling four times a second."""
    at = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * number * hertz * at) / number for number in range(1, 12))
    return (0.1 * sound * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * at))).astype(np.float32)


@pytest.mark.parametrize("hertz", [80.0, 143.0, 220.0, 410.0])
def test_the_pitch_is_that_of_the_voice(hertz):
    table = np.concatenate(list(Descriptors().push(voice(hertz))))[10:]
    pitch = LOWEST * 2 ** (table[:, COLUMNS.index("pitch")] / 12)
    assert np.median(pitch) == pytest.approx(hertz, rel=0.01)
    assert np.median(table[:, COLUMNS.index("voicing")]) > 0.9


def test_descriptors_and_opinions_do_not_depend_on_blocks_to_the_bit():
    whole = np.concatenate(list(Descriptors().push(speech())))
    opinions = [one.likely for one in Hearing(recogniser()).push(speech())]
    for length in (160, 777, 4001):
        described, hearing = Descriptors(), Hearing(recogniser())
        parts = [piece for block in cut(speech(), length) for piece in described.push(block)]
        assert np.array_equal(np.concatenate(parts), whole)
        heard = [one.likely for block in cut(speech(), length) for one in hearing.push(block)]
        assert np.array_equal(heard, opinions)


def test_statistics_are_finite_and_do_not_depend_on_loudness():
    stretch = speech()[16_000:48_000]
    loud, quiet = (
        statistics(Heard(np.concatenate(list(Descriptors().push(stretch * gain)))))
        for gain in (np.float32(1.0), np.float32(0.05))
    )
    assert loud.shape == (len(NAMES),) and np.isfinite(loud).all()
    far = np.abs(recogniser().scaled(loud) - recogniser().scaled(quiet))
    assert np.quantile(far, 0.98) < 0.1


def test_a_shorter_voice_rises_in_what_is_called_pitch():
    place = NAMES.index("pitch mean, voiced")
    low, high = (
        statistics(Heard(np.concatenate(list(Descriptors().push(voice(hertz))))))[place]
        for hertz in (110.0, 220.0)
    )
    assert high - low == pytest.approx(12.0, abs=0.3)


@pytest.mark.parametrize("kind", ["zeros", "noise", "hum", "tone", "clicks", "chord"])
def test_what_is_no_speech_is_neutral(kind):
    random, at = np.random.default_rng(1), np.arange(4 * RATE) / RATE
    sound = {
        "zeros": np.zeros(len(at)),
        "noise": 0.1 * random.normal(size=len(at)),
        "hum": sum(0.05 * np.sin(2 * np.pi * 50 * number * at) for number in range(1, 6)),
        "tone": 0.3 * np.sin(2 * np.pi * 300 * at),
        "clicks": (random.random(len(at)) < 1e-3) * 0.5,
        "chord": sum(0.1 * np.sin(2 * np.pi * hertz * at) for hertz in (220, 277, 330)),
    }[kind].astype(np.float32)
    auto = Auto(recogniser(), AutoSettings())
    auto.push(sound)
    assert auto.at(len(sound)).max() < 0.02
    assert all(one.likely[0] == 1 for one in Hearing(recogniser()).push(sound) if not one.sure)


def test_after_speech_the_face_comes_back_to_neutral():
    auto = Auto(recogniser(), AutoSettings(neutral=0.0))
    auto.push(speech())
    assert auto.at(len(speech())).max() > 0.1
    silence = np.zeros(6 * RATE, np.float32)
    auto.push(silence)
    assert auto.at(len(speech()) + len(silence)).max() < 0.02


def test_what_is_usual_with_a_voice_is_learned():
    hearing = Hearing(recogniser())
    first = [one.likely for one in hearing.push(np.tile(speech(), 6))]
    strange = np.abs(hearing.usual.mean).mean()
    assert strange > 0.2
    stubborn = Hearing(recogniser(), adapt=False)
    last = [one.likely for one in stubborn.push(np.tile(speech(), 6))]
    assert np.array_equal(first[:9], last[:9]) and not np.array_equal(first[-1], last[-1])
    assert not stubborn.usual.mean.any()


def test_settings_shape_what_shows():
    likely = np.array([0.2, 0.4, 0.1, 0.1, 0.1, 0.05, 0.05])
    usual = shown(likely, AutoSettings(neutral=1.0))
    joy = EMOTIONS.index("joy")
    assert usual[joy] == pytest.approx(0.4) and usual.argmax() == joy
    assert shown(likely, AutoSettings(neutral=5.0)).max() < usual.max()
    assert shown(likely, AutoSettings(neutral=1.0, contrast=3.0))[joy] > usual[joy]
    bored = shown(np.eye(len(CLASSES))[CLASSES.index("boredom")], AutoSettings(neutral=1.0))
    assert bored[EMOTIONS.index("sadness")] == pytest.approx(0.3, abs=0.01)


def test_the_face_follows_the_voice_the_same_live_and_in_batch():
    emotion = Emotion({"joy": 0.1}, auto=AutoSettings(neutral=0.5, contrast=2.0))

    def streamed(length: int) -> FloatArray:
        stream = WeightStream(model(), 60, emotion)
        return np.concatenate([*(stream.push(block) for block in cut(speech(), length)), stream.finish()])

    whole = streamed(10**6)
    still = WeightStream(model(), 60, {"joy": 0.1})
    neutral = np.concatenate([still.push(speech()), still.finish()])
    assert np.abs(whole - neutral).max() > 0.05
    assert np.abs(whole - neutral)[:20].max() < 1e-5
    for length in (160, 5000):
        np.testing.assert_allclose(streamed(length), whole, atol=1e-5)


def test_vectors_of_what_is_heard_are_the_same_to_the_bit():
    def vectors(length: int) -> FloatArray:
        stream, rows, frames = EmotionStream(model(), Emotion(auto=AutoSettings())), [], 0
        for block in cut(speech()[: 4 * RATE], length):
            count = len(block) * 120 // RATE
            for run, vector in stream.push(block, count):
                rows += [vector] * run
            frames += count
        return np.stack(rows)

    assert np.array_equal(vectors(4000), vectors(400))


def test_a_control_sets_how_strongly_it_shows():
    face = LiveFace(model(), 60, Emotion(auto=AutoSettings(strength=0.7)), {})
    assert face.controls.group("emotion")["auto"] == pytest.approx(0.7)
    face.controls.set("emotion/auto", 0.0)
    plain = LiveFace(model(), 60, {}, {})
    sound = speech()[: 3 * RATE]
    ours = [frame.weights for block in cut(sound, 1600) for frame in face.push(block)]
    theirs = [frame.weights for block in cut(sound, 1600) for frame in plain.push(block)]
    np.testing.assert_allclose(ours[60:], theirs[60:], atol=2e-3)


def test_a_model_without_these_emotions_is_told():
    class Other(LiteRTModel):
        @property
        def emotions(self) -> tuple[str, ...]:
            return ("neutral", "grumpy")

    with pytest.raises(OptionError, match="this model's emotions are neutral, grumpy; leave out auto"):
        WeightStream(Other(model().bundle), 60, Emotion(auto=AutoSettings()))


@pytest.mark.parametrize("setting", ["strength", "contrast", "smooth", "neutral"])
@pytest.mark.parametrize("value", [-1.0, 11.0, float("nan")])
def test_settings_outside(setting, value):
    with pytest.raises(OptionError, match=f"auto: {setting} is"):
        AutoSettings(**{setting: value})


def test_a_damaged_recogniser_is_told(tmp_path):
    with pytest.raises(ModelError, match="cannot read the recogniser"):
        read_recogniser(tmp_path)
    shutil.copytree(BUNDLE, tmp_path / "one")
    weights = tmp_path / "one" / "weights.npz"
    raw = weights.read_bytes()
    weights.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ModelError, match="recogniser"):
        read_recogniser(tmp_path / "one")
    weights.write_bytes(raw)
    card = tmp_path / "one" / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "sha256": "0"}))
    with pytest.raises(ModelError, match=r"does not match card\.json"):
        read_recogniser(tmp_path / "one")
