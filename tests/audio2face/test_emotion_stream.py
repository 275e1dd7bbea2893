"""Emotion that changes over time, in files and while a face performs."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import audio2face
from audio2face import FileSource, OptionError, load_model
from audio2face.emotion import Emotion, EmotionStream, EmotionTrack
from audio2face.emotion.stream import CELL
from audio2face.live import LiveFace
from audio2face.models import LiteRTModel
from audio2face.weights import WeightStream
from rigs.arrays import FloatArray

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"

RISING = Emotion({"fear": 0.2}, (EmotionTrack(("joy",), [0.3, 0.5, 1.1], [[0.0], [1.0], [0.4]]),))


@lru_cache
def model(name: str) -> LiteRTModel:
    return load_model(name)


@lru_cache
def speech() -> FloatArray:
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    return samples[4000 : 4000 + 24_803]


def vectors(emotion: Emotion, sizes: list[int]) -> FloatArray:
    """[frames, emotions] that a stream gives for blocks of so many frames."""
    stream = EmotionStream(model("live"), emotion)
    nothing = np.zeros(0, np.float32)
    rows = [
        np.repeat(vector[None], frames, axis=0)
        for size in sizes
        for frames, vector in stream.push(nothing, size)
    ]
    return np.concatenate(rows)


def streamed(name: str, emotion: Emotion, length: int) -> FloatArray:
    stream, sound = WeightStream(model(name), 60, emotion), speech()
    parts = [stream.push(sound[start : start + length]) for start in range(0, len(sound), length)]
    return np.concatenate([*parts, stream.finish()])


def test_vectors_do_not_depend_on_blocks_to_the_bit():
    whole = vectors(RISING, [200])
    for sizes in ([1] * 200, [7] * 28 + [4], [64, 1, 100, 35]):
        assert np.array_equal(vectors(RISING, sizes), whole)


@pytest.mark.parametrize("name", ["live", "studio"])
def test_a_moving_emotion_is_the_same_live_and_in_batch(name):
    whole = streamed(name, RISING, 10**6)
    for length in (160, 777):
        np.testing.assert_allclose(streamed(name, RISING, length), whole, atol=1e-5)


def test_a_track_is_seen_when_it_says():
    brow = model("studio").rig.names.index("browOuterUpLeft")
    track = EmotionTrack(("surprise",), [0.4, 0.6], [[0.0], [1.0]])
    for name in ("live", "studio"):
        moved = streamed(name, Emotion(tracks=(track,)), 10**6)
        still = streamed(name, Emotion(), 10**6)
        change = (moved - still)[:, brow]
        assert abs(change[:20]).max() < 0.02 and change[37:60].min() > 0.8
        half = np.argmax(change > 0.45) / 60
        assert half == pytest.approx(0.5, abs=0.04)
        assert np.abs(np.diff(change)).max() < 0.16


def test_neutral_and_constant_are_one_run():
    for emotion in (Emotion(), Emotion({"joy": 0.5})):
        assert [frames for frames, _ in EmotionStream(model("live"), emotion).push(np.zeros(0), 500)] == [500]


def test_a_track_that_stands_still_costs_no_more_than_cells():
    track = EmotionTrack(("joy",), [0.0], [[0.5]])
    runs = EmotionStream(model("live"), Emotion(tracks=(track,))).push(np.zeros(0), 512)
    assert [frames for frames, _ in runs] == [512]


def test_small_changes_are_made_in_cells():
    track = EmotionTrack(("joy",), [0.0, 10.0], [[0.0], [1.0]])
    runs = EmotionStream(model("live"), Emotion(tracks=(track,))).push(np.zeros(0), 512)
    assert {frames for frames, _ in runs[1:-1]} == {CELL}


def test_a_mix_as_asked_is_that_of_a_constant():
    joyful = LiveFace(model("live"), 60, {"joy": 0.6}, {})
    frames = [frame.weights for frame in joyful.push(speech())]
    constant = streamed("live", Emotion({"joy": 0.6}), 10**6)
    np.testing.assert_allclose(frames, constant[: len(frames)], atol=1e-5)


def test_controls_move_the_face_smoothly():
    face = LiveFace(model("live"), 60, {"joy": 0.2}, {})
    assert face.controls.group("emotion")["joy"] == pytest.approx(0.2)
    assert "neutral" not in face.controls.group("emotion")
    place = face.names.index("browOuterUpLeft")
    rows = []
    sound = np.resize(speech(), 32_000)
    for start in range(0, len(sound), 160):
        if start == 8000:
            face.controls.set("emotion/surprise", 1.0)
        if start == 20_000:
            face.controls.set("emotion/surprise", 0.0)
        rows += [frame.weights[place] for frame in face.push(sound[start : start + 160])]
    assert max(rows[:28]) < 0.1 and rows[28 + 36] > 0.8 and max(rows[75 + 40 :]) < 0.1
    assert max(abs(after - before) for before, after in pairwise(rows)) < 0.15


def test_unknown_emotions_are_told():
    with pytest.raises(OptionError, match="unknown emotion 'envy'"):
        LiveFace(model("live"), 60, {"envy": 0.5}, {})
    track = EmotionTrack(("envy",), [0.0], [[0.5]])
    with pytest.raises(OptionError, match="unknown emotion 'envy'"):
        WeightStream(model("live"), 60, Emotion(tracks=(track,)))
