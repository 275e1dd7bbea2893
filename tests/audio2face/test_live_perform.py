"""From sound to frames: their times, what comes too late, and the face at rest in the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face import FileSource, OptionError, SoundError, animate, load_model
from audio2face.live import LiveFace, Performance, Recording
from audio2face.live.monitor import DelayLine
from audio2face.live.status import as_line, look, meter
from audio2face.live.watch import Watch
from audio2face.sources.paced import PacedFile
from audio2face.weights import WeightStream
from exporters import FormatError, read_clip
from rigs.arrays import FloatArray

MODEL = load_model("live")


Perform = Callable[..., Performance]


@pytest.fixture
def perform(line: Path, clock: Any, memory: Any) -> Perform:
    """Makes a performance of the line, with a jaw that moves more; by a clock that jumps."""

    def make(keep: Recording | None = None, loop: bool = False) -> Performance:
        face = LiveFace(MODEL, 60, {}, {"jawOpen": 1.5})
        if keep:
            keep.open(face.names, face.fps)
        return Performance(PacedFile(line, loop, clock), face, memory, keep, clock=clock)

    return make


def sent(memory: Any) -> FloatArray:
    return np.stack([frame.weights for frame in memory.frames])


def times(memory: Any) -> list[float]:
    return [frame.time for frame in memory.frames]


def test_frames_are_those_of_animate_and_then_rest(
    line: Path, here: Path, perform: Perform, memory: Any
) -> None:
    played = perform(Recording(here / "talk.npz"))
    played.run()
    clip = animate(FileSource(line), MODEL, 60, gains={"jawOpen": 1.5})
    np.testing.assert_allclose(sent(memory)[:-1], clip.weights, atol=1e-5)
    assert not sent(memory)[-1].any()
    assert times(memory) == pytest.approx([n / 60 for n in range(61)])
    assert played.keep is not None
    played.keep.save()
    np.testing.assert_allclose(read_clip(here / "talk.npz").weights, clip.weights, atol=1e-5)


@pytest.mark.parametrize("fps", (24, 29.97, 60, 120))
def test_a_face_that_waits_with_its_work_is_no_later(line: Path, fps: float) -> None:
    face, stream, frames, heard = LiveFace(MODEL, fps, {}, {}), WeightStream(MODEL, fps), [], 0
    sound = np.concatenate([block.samples for block in FileSource(line)])
    for start in range(0, len(sound), 160):
        frames += face.push(sound[start : start + 160])
        heard += len(stream.push(sound[start : start + 160]))
        assert len(frames) == heard
    frames += face.finish()
    clip = animate(FileSource(line), MODEL, fps)
    np.testing.assert_allclose([frame.weights for frame in frames], clip.weights, atol=1e-5)


def test_stopping_leaves_the_face_at_rest_and_the_recording_whole(
    here: Path, perform: Perform, memory: Any
) -> None:
    played = perform(Recording(here / "talk.npz"), loop=True)

    def stop_in_time() -> None:
        if played.watch.heard >= 1.5:
            played.stop()

    played.run(stop_in_time)
    assert not sent(memory)[-1].any() and sent(memory)[-2].any()
    assert played.keep is not None and played.keep.frames == 90


def test_an_error_of_the_source_leaves_the_face_at_rest(perform: Perform, memory: Any) -> None:
    played = perform()

    def fail() -> None:
        if played.watch.heard >= 0.5:
            raise SoundError("the file went away")

    with pytest.raises(SoundError):
        played.run(fail)
    assert not sent(memory)[-1].any()


def test_late_frames_are_counted_recorded_and_not_sent(here: Path, perform: Perform, memory: Any) -> None:
    played = perform(Recording(here / "talk.npz"))
    stalled = []

    def stall() -> None:
        if played.watch.heard >= 0.3 and not stalled:
            stalled.append(True)
            played.clock.sleep(0.5)

    played.run(stall)
    assert played.keep is not None and played.keep.frames == 60
    assert 15 <= played.watch.late <= 25
    assert len(times(memory)) == 61 - played.watch.late == played.watch.frames + 1
    gaps = np.diff(times(memory))
    assert (gaps > 0).all()


def test_a_face_that_is_always_late_still_moves(perform: Perform) -> None:
    played = perform()
    played.run(lambda: played.clock.sleep(0.02))
    assert 5 <= played.watch.frames < 60


def test_a_recording_says_early_what_is_wrong(here: Path) -> None:
    with pytest.raises(FormatError, match="unknown suffix"):
        Recording(here / "talk.doc")
    with pytest.raises(FormatError, match="does not exist"):
        Recording(here / "no" / "talk.npz")
    assert Recording(here / "talk.npz").save() is None
    assert not list(here.iterdir())


def test_unknown_channels_and_rates_are_refused() -> None:
    with pytest.raises(OptionError, match="nose"):
        LiveFace(MODEL, 60, {}, {"nose": 1})
    with pytest.raises(OptionError, match="fps"):
        LiveFace(MODEL, 500, {}, {})


def test_the_monitor_is_late_by_its_delay_and_drops_what_gathers() -> None:
    line = DelayLine(0.05)
    line.push(np.ones(400, np.float32))
    heard = line.take(1200)
    assert not heard[:800].any() and heard[800:].all()
    assert not line.take(100).any()
    line.push(np.ones(16_000, np.float32))
    assert line.take(2000).sum() == 800


def test_the_watch_reads_level_rate_and_silence() -> None:
    watch = Watch()
    watch.hear(np.full(160, 0.1, np.float32), 0.01)
    assert watch.level() == pytest.approx(-20)
    for _ in range(200):
        watch.hear(np.zeros(160, np.float32), 0.01)
    assert watch.silent and watch.level() == -np.inf
    for count in range(11):
        watch.send(count / 10, 6, 0, 0.002)
    assert watch.fps == pytest.approx(60) and watch.delay == pytest.approx(0.002)


def test_the_status_line_tells_of_silence_and_trouble(perform: Perform) -> None:
    played = perform()
    played.watch.hear(np.zeros(32_000, np.float32), 2.0)
    assert "only silence arrives" in as_line(look(played, []))
    played.source.trouble = "the microphone is gone"
    assert as_line(look(played, [])).endswith("the microphone is gone")


def test_the_meter_is_full_at_full_scale() -> None:
    assert meter(0.0) == "[############] 0 dB"
    assert meter(-30.0) == "[######      ] -30 dB"
    assert meter(None).endswith("no sound")
