"""An hour of life, lived through: what happened when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE
from audio2face.life import Life
from audio2face.life.motion import LIFE_NAMES
from audio2face.sources import FileSource

Array = npt.NDArray[np.float64]
Sound = Iterator[npt.NDArray[np.float32]]

FPS = 60


@dataclass
class Hour:
    """What happened: events in seconds, and frames."""

    seconds: float
    blinks: Array
    ends: Array
    brows: Array
    saccades: Array
    """[events, 3] start and duration in seconds, size in degrees."""
    aversions: Array
    """[events, 2] seconds of each look away, and of the look before it."""
    head: Array
    prosody: Array
    """[clock frames, 3] pitch, loudness, whether somebody talks."""
    lids: Array


def sound(folder: Path, seconds: float) -> Sound:
    """Blocks of the joined clips."""
    left = round(seconds * SAMPLE_RATE)
    for file in sorted((folder / "audio").iterdir()):
        for block in FileSource(file, block_seconds=16.0):
            yield block.samples[:left]
            left -= len(block.samples)
            if left <= 0:
                return
    raise SystemExit(f"{folder} has too little sound; {left / SAMPLE_RATE:.0f} s more are needed")


def silence(seconds: float) -> Sound:
    """Blocks of nothing."""
    for _ in range(round(seconds / 4)):
        yield np.zeros(4 * SAMPLE_RATE, np.float32)


def live_through(blocks: Sound, seed: int) -> Hour:
    """All that happens, the events seen at each clock frame."""
    life, seen = Life(seed, FPS), Seen()
    seen.watch(life)
    parts = [life.push(block) for block in blocks]
    parts.append(life.finish())
    head = np.concatenate([part.head for part in parts]).astype(float)
    lids = np.concatenate([part.channels[:, LIFE_NAMES.index("eyeBlinkLeft")] for part in parts])
    return seen.told(len(head) / FPS, head, lids.astype(float))


class Seen:
    """Looks at the parts after each clock frame."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, float]] = []
        self.lists: dict[str, list[float]] = {name: [] for name in ("blinks", "ends", "brows", "turns")}
        self.saccades: list[tuple[float, float, float]] = []

    def watch(self, life: Life) -> None:
        step = life._step

        def stepped(moment):  # type: ignore[no-untyped-def]
            before = life.blinks.count, life.brows.count, life.gaze.count, life.gaze.away
            step(moment)
            now = len(self.rows) / FRAME_RATE
            after = life.blinks.count, life.brows.count, life.gaze.count, life.gaze.away
            for name, changed in (
                ("blinks", before[0] != after[0]),
                ("brows", before[1] != after[1]),
                ("turns", before[3] != after[3]),
                ("ends", moment.ended),
            ):
                if changed:
                    self.lists[name].append(life.blinks.last if name == "blinks" else now)
            if before[2] != after[2]:
                one = life.gaze.saccade
                self.saccades.append((one.start, one.duration, one.size))
            self.rows.append((moment.pitch, moment.loud, float(moment.talking)))

        life._step = stepped  # type: ignore[method-assign]

    def told(self, seconds: float, head: Array, lids: Array) -> Hour:
        turns = np.array(self.lists["turns"])
        lasted = np.diff(turns)
        pairs = lasted[: len(lasted) // 2 * 2].reshape(-1, 2)
        return Hour(
            seconds,
            np.array(self.lists["blinks"]),
            np.array(self.lists["ends"]),
            np.array(self.lists["brows"]),
            np.array(self.saccades),
            pairs,
            head,
            np.array(self.rows),
            lids,
        )
