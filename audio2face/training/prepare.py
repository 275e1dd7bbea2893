"""Takes → features, several times over under different alterations, kept on disk for training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.corpus import Take
from audio2face.features import SAMPLE_RATE, FrontEnd
from audio2face.sources import FileSource
from audio2face.teacher import Segment
from audio2face.training.augment import Altered, alter, not_speech
from audio2face.training.film import at_clock, film_rate, filmed_lips
from rigs.arrays import FloatArray

TAIL = 0.3
"""Seconds of silence after every clip, so that the mouth learns to come to rest."""
STILL_CLIPS = 220
"""Clips without speech in every variant."""
STILL_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Example:
    """One clip as the network will hear it.

    take      number of the take, −1 for sound without speech
    features  [frames, features] float16
    phones    in this variant's own time
    lips      [frames, 2] mm of lip gap and width as filmed, None without a film
    """

    take: int
    features: npt.NDArray[np.float16]
    phones: tuple[Segment, ...]
    lips: FloatArray | None = None


@dataclass(frozen=True)
class Job:
    """Takes of one folder under one round of alterations, or sound without speech when there are none.

    first  number of the first take among all takes
    """

    takes: tuple[Take, ...]
    first: int
    front_end: str
    variant: int
    seed: int

    @property
    def key(self) -> str:
        """Content of the request as a name."""
        rows = [
            [take.name, take.audio.stat().st_size, len(take.phones), str(take.film)] for take in self.takes
        ]
        text = json.dumps([rows, self.front_end, self.variant, self.seed, STILL_CLIPS, "7"])
        return hashlib.sha256(text.encode()).hexdigest()[:20]


def prepare(
    takes: Sequence[Take], front_end: str, variants: int, seed: int, cache: Path, workers: int = 2
) -> list[list[Example]]:
    """`variants` lists of examples: the first of clean sound, the others altered, each its own way.

    Features are cached folder by folder, by content of the request; deterministic in `seed`, whatever the
    number of workers.
    """
    cache.mkdir(parents=True, exist_ok=True)
    rounds = [_jobs(takes, front_end, number, seed) for number in range(variants)]
    missing = [job for jobs in rounds for job in jobs if not _file(job, cache).is_file()]
    with ProcessPoolExecutor(max(1, min(workers, len(missing))), get_context("spawn")) as pool:
        list(pool.map(_build, missing, [_file(job, cache) for job in missing]))
    return [[example for job in jobs for example in _load(_file(job, cache), job.first)] for jobs in rounds]


def _jobs(takes: Sequence[Take], front_end: str, variant: int, seed: int) -> list[Job]:
    jobs, first = [], 0
    for _, group in groupby(takes, key=lambda take: take.audio.parent):
        jobs.append(Job(tuple(group), first, front_end, variant, seed))
        first += len(jobs[-1].takes)
    return [*jobs, Job((), 0, front_end, variant, seed)]


def _file(job: Job, cache: Path) -> Path:
    return cache / f"{job.key}.npz"


def _build(job: Job, file: Path) -> None:
    if job.takes:
        examples = [_example(take, index, job) for index, take in enumerate(job.takes)]
    else:
        examples = [_still(clip, job) for clip in range(STILL_CLIPS)]
    phones = json.dumps([[asdict(phone) for phone in example.phones] for example in examples])
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        features=np.concatenate([example.features for example in examples]),
        lengths=np.array([len(example.features) for example in examples]),
        takes=np.array([example.take for example in examples]),
        phones=np.array(phones),
        lips=np.concatenate([_lips_or_nan(example) for example in examples]),
    )
    part.replace(file)


def _still(clip: int, job: Job) -> Example:
    sound = not_speech(STILL_SECONDS, np.random.default_rng([job.seed, job.variant, clip, 1]))
    return Example(-1, _features(sound, job.front_end), ())


def _example(take: Take, index: int, job: Job) -> Example:
    sound = np.concatenate([block.samples for block in FileSource(take.audio)])
    sound = np.concatenate([sound, np.zeros(int(TAIL * SAMPLE_RATE), np.float32)])
    altered = Altered(sound, 1.0)
    if job.variant:
        altered = alter(sound, np.random.default_rng([job.seed, job.variant, index, 0]))
    phones = tuple(
        Segment(phone.label, phone.start * altered.stretch, phone.end * altered.stretch)
        for phone in take.phones
    )
    features = _features(altered.samples, job.front_end)
    lips = filmed_lips(take)
    if lips is not None:
        lips = at_clock(lips, film_rate(take), len(features), altered.stretch)
    return Example(index, features, phones, lips)


def _lips_or_nan(example: Example) -> npt.NDArray[np.float16]:
    lips = np.full((len(example.features), 2), np.nan) if example.lips is None else example.lips
    return lips.astype(np.float16)


def _features(sound: FloatArray, front_end: str) -> npt.NDArray[np.float16]:
    return FrontEnd(front_end).push(sound).astype(np.float16)


def _load(file: Path, first: int) -> list[Example]:
    with np.load(file, allow_pickle=False) as data:
        ends = np.cumsum(data["lengths"])[:-1]
        parts, lips = np.split(data["features"], ends), np.split(data["lips"], ends)
        rows = json.loads(str(data["phones"]))
        takes = data["takes"]
    return [
        Example(
            int(take) + first if take >= 0 else -1,
            part,
            tuple(Segment(**phone) for phone in phones),
            None if np.isnan(seen).any() else seen.astype(np.float32),
        )
        for take, part, phones, seen in zip(takes, parts, rows, lips, strict=True)
    ]
