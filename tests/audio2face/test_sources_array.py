"""Arrays as a source, and the block type."""

import dataclasses

import numpy as np
import pytest

from audio2face.sources import SAMPLE_RATE, ArraySource, AudioBlock, AudioSource


def heard(source: AudioSource) -> np.ndarray:
    return np.concatenate([block.samples for block in source])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int16, np.int32, np.uint8])
def test_every_type_has_the_same_full_scale(kind: type) -> None:
    wanted = np.array([0.0, 0.5, -0.5, -1.0])
    if kind is np.uint8:
        samples = (wanted * 128 + 128).astype(kind)
    elif np.issubdtype(kind, np.integer):
        samples = (wanted * -float(np.iinfo(kind).min)).astype(kind)
    else:
        samples = wanted.astype(kind)
    np.testing.assert_array_equal(heard(ArraySource(samples, SAMPLE_RATE)), wanted)


def test_channels_are_averaged() -> None:
    samples = np.array([[0.5, -0.5], [1.0, 0.0], [0.25, 0.75]])
    np.testing.assert_allclose(heard(ArraySource(samples, SAMPLE_RATE)), [0.0, 0.5, 0.5])


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("seconds", [1e-9, 0.01, 0.7, 60])
def test_block_length_changes_nothing(rate: int, seconds: float) -> None:
    samples = np.random.default_rng(2).uniform(-1, 1, 3_000)
    source = ArraySource(samples, rate, seconds)
    assert source.duration == 3_000 / rate
    np.testing.assert_array_equal(heard(source), heard(ArraySource(samples, rate)))


def test_lists_are_welcome() -> None:
    np.testing.assert_array_equal(heard(ArraySource([0.0, 0.25], SAMPLE_RATE)), [0.0, 0.25])


def test_caller_may_reuse_the_array() -> None:
    samples = np.full(100, 0.5, np.float32)
    source = ArraySource(samples, SAMPLE_RATE)
    samples[:] = 0
    assert heard(source)[0] == 0.5


def test_block_is_frozen_and_locked() -> None:
    block = AudioBlock(1.5, np.zeros(8_000, np.float32))
    assert block.end == 2.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        block.time = 2.0  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        block.samples[0] = 1.0
