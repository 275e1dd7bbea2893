"""A file at the pace of the clock, and sound that others push."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face import FileSource, SoundError
from audio2face.sources.clock import MOST_BEHIND, Pace
from audio2face.sources.feed import MOST_SECONDS, Feed
from audio2face.sources.paced import PacedFile
from rigs.arrays import FloatArray


def test_samples_are_those_of_the_file_in_short_blocks(line: Path, clock: Any) -> None:
    blocks = list(PacedFile(line, clock=clock))
    assert {len(block.samples) for block in blocks} == {160}
    assert [block.time for block in blocks[:3]] == [0.0, 0.01, 0.02]
    whole = np.concatenate([block.samples for block in FileSource(line)])
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks]), whole)


def test_a_block_comes_when_it_has_been_heard(line: Path, clock: Any) -> None:
    for count, _ in enumerate(PacedFile(line, clock=clock), 1):
        assert clock.time == pytest.approx(100 + count / 100)


def test_slow_use_is_caught_up_with_and_told(line: Path, clock: Any) -> None:
    source = PacedFile(line, clock=clock)
    blocks = iter(source)
    next(blocks)
    clock.time += 0.5
    next(blocks)
    assert source.behind == pytest.approx(0.49)
    for _ in range(60):
        next(blocks)
    assert source.behind == 0 and clock.time == pytest.approx(100.62)


def test_after_a_long_sleep_the_pace_begins_anew(clock: Any) -> None:
    pace = Pace(clock)
    pace.wait(0.01)
    clock.time += 3600 + MOST_BEHIND
    assert pace.wait(0.02) == 0
    pace.wait(0.03)
    assert clock.slept[-1] == pytest.approx(0.01)


def test_looping_goes_on_without_a_gap(line: Path, clock: Any) -> None:
    source = PacedFile(line, loop=True, clock=clock)
    blocks = list(islice(source, 250))
    np.testing.assert_array_equal(blocks[0].samples, blocks[100].samples)
    np.testing.assert_array_equal(blocks[33].samples, blocks[233].samples)
    assert blocks[249].time == 2.49


def test_closing_ends_it(line: Path, clock: Any) -> None:
    source = PacedFile(line, loop=True, clock=clock)
    heard = 0
    for _ in source:
        heard += 1
        if heard == 5:
            source.close()
    assert heard == 5


def test_a_missing_file_is_refused(here: Path) -> None:
    with pytest.raises(SoundError, match=r"none\.wav"):
        PacedFile("none.wav")


def tone(count: int) -> FloatArray:
    return np.linspace(0.1, 0.9, count, dtype=np.float32)


def test_a_burst_is_played_at_its_own_pace_and_followed_by_silence(clock: Any) -> None:
    feed = Feed(16_000, paced=True, patience=0.08, clock=clock)
    feed.push(tone(16_000))
    blocks = iter(feed)
    heard = np.concatenate([next(blocks).samples for _ in range(100)])
    np.testing.assert_array_equal(heard, tone(16_000))
    assert clock.time == pytest.approx(101.0)
    assert not next(blocks).samples.any()
    assert clock.time == pytest.approx(101.09)
    assert not next(blocks).samples.any()
    assert clock.time == pytest.approx(101.10)


def test_sound_that_comes_in_time_leaves_no_gap(clock: Any) -> None:
    feed = Feed(16_000, paced=True, patience=0.08, clock=clock)
    heard = []
    blocks = iter(feed)
    for start in range(0, 3200, 160):
        feed.push(tone(3200)[start : start + 160])
        heard.append(next(blocks).samples)
        clock.time += 0.02  # every chunk is later than the one before
    np.testing.assert_array_equal(np.concatenate(heard), tone(3200))


def test_at_the_end_of_a_turn_silence_comes_without_waiting(clock: Any) -> None:
    feed = Feed(16_000, paced=True, patience=0.08, clock=clock)
    feed.push(tone(160))
    feed.finish_turn()
    blocks = iter(feed)
    assert next(blocks).samples.any()
    assert not next(blocks).samples.any()
    assert clock.time == pytest.approx(100.02)


def test_an_interruption_drops_what_waits(clock: Any) -> None:
    feed = Feed(16_000, paced=True, patience=0.08, clock=clock)
    feed.push(tone(16_000))
    blocks = iter(feed)
    next(blocks)
    feed.clear()
    assert feed.held == 0
    assert not next(blocks).samples.any()


def test_what_waits_is_bounded(clock: Any) -> None:
    feed = Feed(16_000, paced=True, patience=0.08, clock=clock)
    for _ in range(11):
        feed.push(np.ones(60 * 16_000, np.float32))
    assert feed.held == MOST_SECONDS
    assert feed.lost == 60


def test_the_end_is_reached_after_what_waits(clock: Any) -> None:
    feed = Feed(48_000, paced=True, patience=0.08, resting=False, clock=clock)
    feed.push(tone(4800))
    feed.end()
    assert sum(len(block.samples) for block in feed) == 1600


def test_a_microphones_sound_passes_at_once_and_its_backlog_is_told(clock: Any) -> None:
    feed = Feed(16_000, paced=False, patience=0.5, clock=clock)
    feed.push(tone(3200))
    blocks = iter(feed)
    next(blocks)
    begin = clock.time
    next(blocks)
    assert clock.time == begin
    assert feed.behind == pytest.approx(0.18)
