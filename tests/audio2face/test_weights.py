"""Samples in, weights out: the same for a file and a microphone, and each frame at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import audio2face
from audio2face.errors import OptionError
from audio2face.features import FRAME_RATE, SAMPLE_RATE
from audio2face.models import LiteRTModel, Prediction, load_model
from audio2face.sources import FileSource
from audio2face.weights import WeightStream
from rigs import Channel, Rig
from rigs.arrays import FloatArray

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
RATES = (24, 29.97, 30, 60, 120)
BUNDLES = ("live", "studio")


class Counter:
    """A model whose only channel is the time, in clock frames, of the sound that the frame belongs to."""

    rig = Rig((Channel("time", 0.0, 1e9),))
    fps = FRAME_RATE
    front_end = "mel"

    def __init__(self, look_ahead: int) -> None:
        self.look_ahead = look_ahead

    def start(self) -> FloatArray:
        return np.zeros(1, np.float32)

    def feel(self, mix: dict[str, float]) -> FloatArray:
        return np.zeros(1, np.float32)

    def predict(self, features: FloatArray, emotion: FloatArray, past: FloatArray) -> Prediction:
        frames = past[0] + np.arange(len(features), dtype=np.float32)
        return Prediction(frames[:, None] - self.look_ahead, past + np.float32(len(features)))


@lru_cache
def model(name: str) -> LiteRTModel:
    return load_model(name)


@lru_cache
def speech() -> FloatArray:
    """1.3 seconds of the bundled sample, and a length that fits no frame."""
    samples = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    return samples[4000 : 4000 + 20_803]


def blocks(samples: FloatArray, length: int) -> Iterator[FloatArray]:
    return (samples[start : start + length] for start in range(0, len(samples), length))


def streamed(stream: WeightStream, samples: FloatArray, length: int) -> FloatArray:
    parts = [stream.push(block) for block in blocks(samples, length)]
    return np.concatenate([*parts, stream.finish()])


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("name", BUNDLES)
def test_live_is_the_same_as_batch(name: str, fps: float) -> None:
    whole = streamed(WeightStream(model(name), fps), speech(), len(speech()))
    assert np.ptp(whole, axis=0).max() > 0.05
    for length in (1, 7, 160, 1000):
        # Single samples are slow, and the start is as good as the rest.
        samples = speech()[:4000] if length == 1 else speech()
        live = streamed(WeightStream(model(name), fps), samples, length)
        batch = whole if length > 1 else streamed(WeightStream(model(name), fps), samples, len(samples))
        np.testing.assert_allclose(live, batch, atol=1e-5)


@pytest.mark.parametrize("fps", (1, 5, *RATES))
@pytest.mark.parametrize("look_ahead", (0, 4, 29, 120))
@pytest.mark.parametrize("block", (1, 160, 10**6))
def test_frame_count_is_the_rounded_length(fps: float, look_ahead: int, block: int) -> None:
    for samples in (1, 10, 160, 1600, 6933):
        silence = np.zeros(samples, np.float32)
        if block == 1:
            silence = silence[:160]
        weights = streamed(WeightStream(Counter(look_ahead), fps), silence, block)
        assert len(weights) == max(1, round(len(silence) / SAMPLE_RATE * fps))


def test_no_sound_at_all_is_one_frame() -> None:
    assert len(WeightStream(Counter(29), 60).finish()) == 1


@pytest.mark.parametrize("fps", (1, 7.5, 23.976, 50, 59.94, 119.9, *RATES))
@pytest.mark.parametrize("look_ahead", (0, 1, 29))
@pytest.mark.parametrize("block", (333, 10**6))
def test_frame_n_is_the_face_at_n_over_fps(fps: float, look_ahead: int, block: int) -> None:
    weights = streamed(WeightStream(Counter(look_ahead), fps), np.zeros(48_000, np.float32), block)
    times = np.arange(len(weights)) / fps
    np.testing.assert_allclose(weights[:, 0], times * FRAME_RATE, atol=1e-3)


def test_a_frame_comes_as_soon_as_its_sound_is_heard() -> None:
    stream = WeightStream(Counter(6), 60)
    heard = given = 0
    for block in blocks(np.zeros(16_000, np.float32), 160):
        given += len(stream.push(block))
        heard += len(block)
        due = int((heard / SAMPLE_RATE - stream.latency) * 60) if heard / SAMPLE_RATE > stream.latency else 0
        assert given >= due
    assert stream.latency == pytest.approx(6 / 120 + 0.0125)


@pytest.mark.parametrize("fps", (5, 23.976, 29.97, 50, 60, 119.9, 120))
def test_needed_is_the_very_sample_that_completes_a_frame(fps: float) -> None:
    stream, heard = WeightStream(Counter(29), fps), 0
    for _ in range(40):
        missing = stream.needed - heard
        assert len(stream.push(np.zeros(missing - 1, np.float32))) == 0
        assert len(stream.push(np.zeros(1, np.float32))) == 1
        heard += missing


@pytest.mark.parametrize("fps", RATES)
def test_exact_strides_are_the_clock_itself(fps: float) -> None:
    clock = streamed(WeightStream(model("studio"), FRAME_RATE), speech(), 1000)
    weights = streamed(WeightStream(model("studio"), fps), speech(), 1000)
    if FRAME_RATE % fps == 0:
        assert np.array_equal(weights, clock[:: int(FRAME_RATE / fps)][: len(weights)])
    else:
        place = np.arange(len(weights)) * FRAME_RATE / fps
        between = [np.interp(place, np.arange(len(clock)), column) for column in clock.T]
        np.testing.assert_allclose(weights, np.stack(between, axis=1), atol=1e-5)


@pytest.mark.parametrize("fps", (1, 29.97, 120))
def test_a_long_stream_keeps_little(fps: float) -> None:
    stream = WeightStream(Counter(29), fps)
    kept = []
    for _ in range(60):
        stream.push(np.zeros(SAMPLE_RATE, np.float32))
        arrays = [*vars(stream).values(), *vars(stream._features._framer).values()]
        kept.append(sum(value.nbytes for value in arrays if isinstance(value, np.ndarray)))
    assert max(kept[30:]) <= max(kept[:30])
    assert max(kept) < 20_000


def test_two_runs_are_equal_to_the_bit() -> None:
    runs = [streamed(WeightStream(load_model("live"), 29.97, {"joy": 0.5}), speech(), 160) for _ in range(2)]
    assert np.array_equal(runs[0], runs[1])


@pytest.mark.parametrize("fps", (0, -30, 0.5, 120.5, float("nan"), float("inf")))
def test_impossible_rate(fps: float) -> None:
    with pytest.raises(OptionError, match=r"fps is \S+; expected 1 to 120"):
        WeightStream(Counter(0), fps)


def test_unknown_emotion() -> None:
    with pytest.raises(OptionError, match="unknown emotion 'boredom'"):
        WeightStream(model("studio"), 60, {"boredom": 1.0})
