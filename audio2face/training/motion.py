"""Takes of a character → features and motion on the 120 Hz clock, several times over, each altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from audio2face.dataset import MotionTake
from audio2face.errors import TrainingError
from audio2face.features import FRAME_RATE, SAMPLE_RATE, FrontEnd
from audio2face.sources import FileSource
from audio2face.training.augment import Altered, alter
from rigs import AnimationClip
from rigs.arrays import FloatArray

TAIL = 0.3
"""Seconds of silence after every take, in which the last pose is held."""
SHORTEST = 1.0
"""Seconds of sound and motion that a take needs."""


@dataclass(frozen=True, eq=False)
class Moved:
    """One variant of a take.

    take      its number among all takes
    features  [frames, features] float16
    weights   [frames, channels] motion at the same clock
    judged    [frames] 1 where the take has motion, 0 beyond its end
    """

    take: int
    features: npt.NDArray[np.float16]
    weights: FloatArray
    judged: FloatArray


@dataclass(frozen=True)
class Job:
    """One take under one round of alterations; the first, 0, leaves it as it is."""

    name: str
    audio: Path
    front_end: str
    variant: int
    seed: int

    @property
    def key(self) -> str:
        """Content of the request as a name."""
        size = self.audio.stat().st_size
        row = [self.name, str(self.audio.resolve()), size, self.front_end, self.variant, self.seed, "m1"]
        return hashlib.sha256(json.dumps(row).encode()).hexdigest()[:20]


def prepare_motion(
    takes: Sequence[MotionTake], front_end: str, variants: int, seed: int, cache: Path, workers: int = 2
) -> list[list[Moved]]:
    """`variants` lists, each of all takes: the first of the sound as it is, the others altered.

    Features are cached by content of the request; the same for the same seed, whatever the number of workers.
    Raises TrainingError for a take of less than SHORTEST seconds, and SoundError.
    """
    cache.mkdir(parents=True, exist_ok=True)
    jobs = [
        Job(take.name, take.audio, front_end, variant, seed + number)
        for variant in range(variants)
        for number, take in enumerate(takes)
    ]
    missing = [job for job in jobs if not _file(job, cache).is_file()]
    with ProcessPoolExecutor(max(1, min(workers, len(missing))), get_context("spawn")) as pool:
        list(pool.map(_build, missing, [_file(job, cache) for job in missing]))
    heard = [_load(_file(job, cache)) for job in jobs]
    rows = [_moved(number % len(takes), takes[number % len(takes)], *one) for number, one in enumerate(heard)]
    return [rows[start : start + len(takes)] for start in range(0, len(rows), len(takes))]


def at_clock(clip: AnimationClip, frames: int, stretch: float = 1.0) -> FloatArray:
    """[frames, channels] of a clip at 120 Hz, linearly between its frames, its time stretched.

    Before the first frame and after the last the pose is held.
    """
    places = np.clip(np.arange(frames) / FRAME_RATE / stretch * clip.fps, 0.0, clip.frames - 1)
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, clip.frames - 1)
    share = (places - low)[:, None].astype(np.float32)
    mixed: FloatArray = clip.weights[low] * (1.0 - share) + clip.weights[high] * share
    return mixed


def read_sound(file: Path) -> FloatArray:
    """[samples] the whole file at 16 kHz and TAIL of silence."""
    parts = [block.samples for block in FileSource(file)]
    return np.concatenate([*parts, np.zeros(int(TAIL * SAMPLE_RATE), np.float32)])


def _file(job: Job, cache: Path) -> Path:
    return cache / f"{job.key}.npz"


def _build(job: Job, file: Path) -> None:
    altered = Altered(read_sound(job.audio), 1.0)
    if job.variant:
        altered = alter(altered.samples, np.random.default_rng([job.seed, job.variant, 3]))
    features = FrontEnd(job.front_end).push(altered.samples).astype(np.float16)
    # Several workers may share the folder.
    part = file.with_suffix(f".{uuid4().hex}.npz")
    np.savez(part, features=features, stretch=altered.stretch)
    part.replace(file)


def _load(file: Path) -> tuple[npt.NDArray[np.float16], float]:
    with np.load(file, allow_pickle=False) as data:
        return data["features"], float(data["stretch"])


def _moved(number: int, take: MotionTake, features: npt.NDArray[np.float16], stretch: float) -> Moved:
    last = take.motion.duration * stretch * FRAME_RATE
    if min(last, len(features)) < SHORTEST * FRAME_RATE:
        seconds = min(take.motion.duration, len(features) / FRAME_RATE / stretch)
        raise TrainingError(
            f"take {take.name} has {seconds:.2f} s of sound and motion; expected {SHORTEST:g} or more"
        )
    judged = (np.arange(len(features)) <= last).astype(np.float32)
    return Moved(number, features, at_clock(take.motion, len(features), stretch), judged)
