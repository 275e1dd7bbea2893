"""Takes → features, several times over under different alterations, kept on disk for training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.corpus import Take
from audio2face.features import SAMPLE_RATE, FrontEnd
from audio2face.sources import FileSource
from audio2face.teacher import Segment
from audio2face.training.augment import alter, not_speech
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
    """

    take: int
    features: npt.NDArray[np.float16]
    phones: tuple[Segment, ...]


def prepare(
    takes: Sequence[Take], front_end: str, variants: int, seed: int, cache: Path, workers: int = 2
) -> list[list[Example]]:
    """`variants` lists of examples: the first of clean sound, the others altered, each its own way.

    Features are cached by content of the request; deterministic in `seed`, whatever the number of workers.
    """
    cache.mkdir(parents=True, exist_ok=True)
    jobs = [
        (takes, front_end, number, seed, cache / f"{_key(takes, front_end, number, seed)}.npz")
        for number in range(variants)
    ]
    missing = [job for job in jobs if not job[-1].is_file()]
    with ProcessPoolExecutor(max(1, min(workers, len(missing))), get_context("spawn")) as pool:
        list(pool.map(_build, missing))
    return [_load(job[-1]) for job in jobs]


def _key(takes: Sequence[Take], front_end: str, number: int, seed: int) -> str:
    rows = [[take.name, take.audio.stat().st_size, len(take.phones)] for take in takes]
    text = json.dumps([rows, front_end, number, seed, "6"])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _build(job: tuple[Sequence[Take], str, int, int, Path]) -> None:
    takes, front_end, number, seed, file = job
    examples = [_example(take, index, front_end, number, seed) for index, take in enumerate(takes)]
    for clip in range(STILL_CLIPS):
        sound = not_speech(STILL_SECONDS, np.random.default_rng([seed, number, clip, 1]))
        examples.append(Example(-1, _features(sound, front_end), ()))
    phones = json.dumps([[asdict(phone) for phone in example.phones] for example in examples])
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        features=np.concatenate([example.features for example in examples]),
        lengths=np.array([len(example.features) for example in examples]),
        takes=np.array([example.take for example in examples]),
        phones=np.array(phones),
    )
    part.replace(file)


def _example(take: Take, index: int, front_end: str, number: int, seed: int) -> Example:
    sound = np.concatenate([block.samples for block in FileSource(take.audio)])
    sound = np.concatenate([sound, np.zeros(int(TAIL * SAMPLE_RATE), np.float32)])
    if number == 0:
        return Example(index, _features(sound, front_end), take.phones)
    altered = alter(sound, np.random.default_rng([seed, number, index, 0]))
    phones = tuple(
        Segment(phone.label, phone.start * altered.stretch, phone.end * altered.stretch)
        for phone in take.phones
    )
    return Example(index, _features(altered.samples, front_end), phones)


def _features(sound: FloatArray, front_end: str) -> npt.NDArray[np.float16]:
    return FrontEnd(front_end).push(sound).astype(np.float16)


def _load(file: Path) -> list[Example]:
    with np.load(file, allow_pickle=False) as data:
        parts = np.split(data["features"], np.cumsum(data["lengths"])[:-1])
        rows = json.loads(str(data["phones"]))
        takes = data["takes"]
    return [
        Example(int(take), part, tuple(Segment(**phone) for phone in phones))
        for take, part, phones in zip(takes, parts, rows, strict=True)
    ]
