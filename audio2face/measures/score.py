"""Scores all systems on a folder of clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.corpus import read_corpus
from audio2face.errors import TrainingError
from audio2face.measures import systems
from audio2face.measures.closure import Closure, closure
from audio2face.measures.tracking import follow, read_tracked
from audio2face.models import Model
from audio2face.sources import FileSource
from rigs import AnimationClip
from rigs.arrays import FloatArray

Progress = Callable[[Iterable[Any]], Iterable[Any]]


def score_closure(folder: Path, network: Model, progress: Progress = iter) -> dict[str, Closure]:
    """{system: counts} over the takes of a folder that have phone times. Raises TrainingError."""
    counts: dict[str, Closure] = {}
    for take in progress(read_corpus(folder)):
        samples = read_samples(take.audio)
        spoken = systems.model(samples, network)
        clips = {
            "mean pose": systems.mean_pose(spoken),
            "loudness": systems.loudness(samples),
            "teacher": systems.teacher(samples, take.phones),
            "model": spoken,
        }
        for name, clip in clips.items():
            counts[name] = counts.get(name, Closure()) + closure(clip, take.phones)
    return counts


def score_tracking(
    folder: Path, network: Model, every: int = 1, progress: Progress = iter
) -> dict[str, tuple[float, float]]:
    """{system: (mean r of lip opening, of mouth width)} over every so many clips of a filmed speaker.

    The folder holds one .npz of landmarks and `audio/<clip>.ogg`. Raises TrainingError.
    """
    rows: dict[str, list[tuple[float, float]]] = {}
    seen = read_tracked(tracked_file(folder))
    for name in progress(sorted(seen)[::every]):
        samples = read_samples(folder / "audio" / f"{name}.ogg")
        clips: dict[str, AnimationClip] = {
            "loudness": systems.loudness(samples),
            "model": systems.model(samples, network),
        }
        for system, clip in clips.items():
            rows.setdefault(system, []).append(follow(clip, seen[name]))
    return {system: _mean(values) for system, values in rows.items()}


def is_tracked(folder: Path) -> bool:
    """Whether a folder holds a filmed speaker."""
    return any(folder.glob("*.npz")) and (folder / "audio").is_dir()


def tracked_file(folder: Path) -> Path:
    """The landmarks of a filmed speaker. Raises TrainingError when there are none, or several."""
    files = sorted(folder.glob("*.npz"))
    if len(files) != 1:
        raise TrainingError(f"{folder} holds {len(files)} .npz files of landmarks; expected one")
    return files[0]


def read_samples(file: Path) -> FloatArray:
    """[samples] the whole file at 16 kHz, mono."""
    return np.concatenate([block.samples for block in FileSource(file)])


def _mean(rows: list[tuple[float, float]]) -> tuple[float, float]:
    opening, width = np.nanmean(np.array(rows), axis=0)
    return float(opening), float(width)
