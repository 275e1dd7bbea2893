"""The whole live path in one place: sound, as it comes, → frames → wherever they go."""

from __future__ import annotations

from collections.abc import Callable

from audio2face.live.face import LiveFace
from audio2face.live.monitor import Monitor
from audio2face.live.recording import Recording
from audio2face.live.watch import Watch
from audio2face.sources.block import SAMPLE_RATE, AudioBlock
from audio2face.sources.clock import Clock
from audio2face.sources.live_source import LiveSource
from livelink import WeightSink
from rigs import WeightFrame

LATE = 0.1
"""Seconds behind its sound at which a frame is no longer worth sending; but a face that is always late still
moves this often."""
LEAST_WAIT = 1e-4
"""Seconds not worth waiting."""


class Performance:
    """A face that follows a source of sound.

    source   sound, as it comes
    face     makes frames of it
    sink     gets them at once; open already
    keep     a recording, which also gets what is too late for the sink; open already
    monitor  plays the sound with the face
    clock    what the last frames are paced by, after the sound
    """

    def __init__(
        self,
        source: LiveSource,
        face: LiveFace,
        sink: WeightSink,
        keep: Recording | None = None,
        monitor: Monitor | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.source, self.face, self.sink = source, face, sink
        self.keep, self.monitor, self.clock = keep, monitor, clock or Clock()
        self.watch = Watch()
        self._stopped = False
        self._sent = 0.0

    def stop(self) -> None:
        """Ends the performance within a tenth of a second; may be called from a signal handler."""
        self._stopped = True
        self.source.close()

    def run(self, after_block: Callable[[], None] = lambda: None) -> None:
        """Performs until the sound ends or `stop`, and leaves the face at rest, whatever happened.

        `after_block` is called after each block of sound. Raises what the source raises.
        """
        try:
            for block in self.source:
                self._follow(block)
                after_block()
            self._finish()
        finally:
            self.sink.send(self.face.rest())

    def _follow(self, block: AudioBlock) -> None:
        begin, behind = self.clock.now(), self.source.behind
        self.watch.hear(block.samples, len(block.samples) / SAMPLE_RATE)
        if self.monitor:
            self.monitor.push(block.samples)
        frames = self._kept(self.face.push(block.samples))
        late = behind > LATE and begin - self._sent < LATE
        for frame in () if late else frames:
            self._await_moment(frame, block, begin - behind)
            self.sink.send(frame)
            self._sent = begin
        now = self.clock.now()
        self.watch.send(now, 0 if late else len(frames), len(frames) if late else 0, behind + now - begin)

    def _await_moment(self, frame: WeightFrame, block: AudioBlock, due: float) -> None:
        """Sound comes in blocks, frames leave evenly: as far into the block's time as their last sample lies.

        Every frame is then a block's length behind its sound. `due` is when the block was; a program that is
        behind waits for nothing.
        """
        length = len(block.samples) / SAMPLE_RATE
        moment = due + min(length, frame.time + self.face.latency - block.time)
        wait = moment - self.clock.now()
        if wait > LEAST_WAIT:
            self.clock.sleep(wait)

    def _finish(self) -> None:
        """The frames that waited for sound to come; after a stop they are only recorded."""
        for frame in self._kept(self.face.finish()):
            if not self._stopped:
                self.clock.sleep(1 / self.face.fps)
                self.sink.send(frame)
                self.watch.frames += 1

    def _kept(self, frames: list[WeightFrame]) -> list[WeightFrame]:
        for frame in frames if self.keep else ():
            assert self.keep is not None
            self.keep.send(frame)
        return frames
