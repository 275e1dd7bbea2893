"""How well lips follow a filmed mouth: correlation with lip opening and width tracked from video.

Tracked opening is the distance of the inner lips' midpoints over that of the eyes' outer corners; tracked
width is that of the mouth's corners likewise (MediaPipe points 13–14 and 61–291 over 33–263, pixels). Both
are compared with the default head's at 100 Hz, each clip at its best lag within ±200 ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from audio2face.errors import TrainingError
from rigs import AnimationClip
from rigs.lips import lip_gap, mouth_width

Array = npt.NDArray[np.float64]
RATE = 100
LAGS = 20
"""Hundredths of a second that motion may be early or late."""
PIXELS = np.array([360.0, 288.0, 360.0])
UNIT = 20000.0
VIDEO_RATE = 25.0
OPENING, WIDTH, EYES = (13, 14), (61, 291), (33, 263)


@dataclass(frozen=True, eq=False)
class Tracked:
    """A filmed mouth: opening and width [frames], relative to the eyes' distance, at `fps`."""

    opening: Array
    width: Array
    fps: float


def read_tracked(file: Path) -> dict[str, Tracked]:
    """{clip: Tracked} from an archive of `<clip>/landmarks` [frames, points, 3] and `landmark_index`.

    Raises TrainingError when the file is something else.
    """
    try:
        return _read(file)
    except (OSError, ValueError, LookupError, BadZipFile) as error:
        raise TrainingError(f"{file} holds no landmarks that can be read ({error!r})") from error


def _read(file: Path) -> dict[str, Tracked]:
    with np.load(file, allow_pickle=False) as data:
        place = {int(point): column for column, point in enumerate(data["landmark_index"])}
        return {
            name.removesuffix("/landmarks"): _tracked(data[name] / UNIT * PIXELS, place)
            for name in data.files
            if name.endswith("/landmarks")
        }


def _tracked(points: Array, place: Mapping[int, int], fps: float = VIDEO_RATE) -> Tracked:
    def distance(pair: tuple[int, int]) -> Array:
        between = points[:, place[pair[0]]] - points[:, place[pair[1]]]
        return np.asarray(np.linalg.norm(between, axis=1))

    eyes = distance(EYES)
    return Tracked(distance(OPENING) / eyes, distance(WIDTH) / eyes, fps)


def mouth_of(points: npt.NDArray[Any], fps: float) -> Tracked:
    """The mouth of MediaPipe's points [frames, 478, 3], in any unit."""
    every = {number: number for number in range(points.shape[1])}
    return _tracked(np.asarray(points, np.float64), every, fps)


def follow(clip: AnimationClip, seen: Tracked) -> tuple[float, float]:
    """Correlation of opening and of width, each at its best lag; NaN where either lies still."""
    opening = lip_gap(clip.weights, clip.names)
    width = mouth_width(clip.weights, clip.names)
    return (
        best_correlation(at_rate(opening, clip.fps), at_rate(seen.opening, seen.fps)),
        best_correlation(at_rate(width, clip.fps), at_rate(seen.width, seen.fps)),
    )


def at_rate(values: npt.ArrayLike, fps: float, rate: float = RATE) -> Array:
    """Values [frames] at `fps`, linearly interpolated to `rate`."""
    series = np.asarray(values, np.float64)
    times = np.arange(int((len(series) - 1) / fps * rate) + 1) / rate
    return np.interp(times, np.arange(len(series)) / fps, series)


def best_correlation(first: Array, second: Array) -> float:
    """The highest Pearson correlation over lags of up to LAGS steps either way; NaN where either is still."""
    found = correlations(first, second)
    return float(np.nanmax(found)) if np.isfinite(found).any() else float("nan")


def correlations(first: Array, second: Array) -> Array:
    """[2 · LAGS + 1] Pearson correlation at each lag, from `first` early by LAGS steps to late by as many."""
    length = min(len(first), len(second))
    lags = range(-LAGS, LAGS + 1)
    return np.array([_correlation(*_shifted(first[:length], second[:length], lag)) for lag in lags])


def _shifted(first: Array, second: Array, lag: int) -> tuple[Array, Array]:
    if lag >= 0:
        return first[lag:], second[: len(second) - lag]
    return first[:lag], second[-lag:]


def _correlation(first: Array, second: Array) -> float:
    if _still(first) or _still(second):
        return float("nan")
    first, second = first - first.mean(), second - second.mean()
    return float(first @ second) / float(np.sqrt((first @ first) * (second @ second)))


def _still(values: Array) -> bool:
    """Whether nothing moves but the last digits of single precision."""
    return float(np.ptp(values)) <= 1e-5 * float(np.abs(values).max(initial=0.0))
