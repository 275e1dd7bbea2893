"""Sound down a pipe, cut anywhere."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from audio2face import SoundError
from audio2face.sources.pcm import Pcm16
from audio2face.sources.standard_input import StandardInput

SAMPLES = (np.arange(-800, 800) * 20).astype("<i2")


def test_bytes_may_be_cut_within_a_sample() -> None:
    pcm = Pcm16()
    data = SAMPLES.tobytes()
    parts = [pcm.push(data[start : start + 7]) for start in range(0, len(data), 7)]
    np.testing.assert_array_equal(np.concatenate(parts) * 32_768, SAMPLES)


def test_half_a_sample_can_be_forgotten() -> None:
    pcm = Pcm16()
    assert len(pcm.push(b"\x01")) == 0
    pcm.forget()
    assert pcm.push(b"\x00\x40").tolist() == [0.5]


def test_a_pipe_is_read_to_its_end() -> None:
    read, write = os.pipe()
    os.write(write, SAMPLES.tobytes())
    os.close(write)
    heard = np.concatenate([block.samples for block in StandardInput(16_000, read)])
    os.close(read)
    np.testing.assert_array_equal(heard * 32_768, SAMPLES)


def test_closing_ends_it_while_the_pipe_is_open() -> None:
    read, write = os.pipe()
    source = StandardInput(16_000, read)
    timer = threading.Timer(0.05, source.close)
    timer.start()
    assert list(source) == []
    os.close(write)
    timer.join()


def test_an_impossible_rate_is_refused() -> None:
    with pytest.raises(SoundError, match="sample rate of 3"):
        StandardInput(3)
