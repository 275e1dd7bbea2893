"""A film → what a dataset is made of: its sound, and weights or points."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audio2face.video.film import Film, Progress, track
from audio2face.video.reading import facts, write_sound
from audio2face.video.refit import on_the_head, refitted
from exporters import write_clip
from exporters.beside import beside
from exporters.vertices import write_vertices
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray

TARGETS = ("arkit", "points")
"""ARKit weights; or landmarks without the head's motion, of which components are learned, as in EigenLip."""


class Tracked(NamedTuple):
    """Files of a take, and what was seen; `trust` [frames] is how far each frame of the motion can be."""

    motion: Path
    sound: Path
    trust: Path
    film: Film


def track_film(
    path: Path,
    folder: Path,
    network: bytes,
    targets: str = "arkit",
    refit: str = "mouth",
    progress: Progress = iter,
) -> Tracked:
    """Writes <name>.npz (ARKit weights and head), or <name>.npy (points), and <name>.wav into a folder.

    <name>_trust.npy [frames] has 0 to 1 for each frame; those below USABLE are bridged.
    Frame 0 is the face at the sound's first sample. Raises VideoError, FormatError, MissingExtraError.
    """
    film = track(path, network, progress)
    sound = folder / f"{path.stem}.wav"
    if facts(path).has_sound:
        write_sound(path, sound)
    trust = _write_trust(film, folder / f"{path.stem}_trust.npy")
    if targets == "points":
        points = bridged(_in_time(on_the_head(film), film), _usable(film))
        return Tracked(write_vertices(points, folder / f"{path.stem}.npy"), sound, trust, film)
    return Tracked(write_clip(clip_of_film(film, refit), folder / f"{path.stem}.npz"), sound, trust, film)


def _write_trust(film: Film, path: Path) -> Path:
    with beside(path) as temporary, temporary.open("wb") as file:
        values = film.trust[_rows(film)].astype(np.float32)
        np.lib.format.write_array(file, values, allow_pickle=False)
    return path


def clip_of_film(film: Film, refit: str = "mouth") -> AnimationClip:
    """52 ARKit weights and the head's angles; frames without a usable face are bridged."""
    usable = _usable(film)
    weights = bridged(_in_time(refitted(film, refit), film), usable)
    head = bridged(_in_time(angles(film.pose), film), usable)
    return AnimationClip(ARKIT_NAMES, np.clip(weights, 0, 1), film.fps, head)


def angles(pose: npt.NDArray[np.float32]) -> FloatArray:
    """[frames, 3] degrees of yaw, pitch and roll of poses [frames, 4, 4]; NaN where there is none."""
    turn = pose[:, :3, :3].astype(np.float64)
    turn = turn / np.linalg.norm(turn, axis=1, keepdims=True)
    pitch = np.arcsin(np.clip(-turn[:, 1, 2], -1, 1))
    yaw = np.arctan2(turn[:, 0, 2], turn[:, 2, 2])
    roll = np.arctan2(turn[:, 1, 0], turn[:, 1, 1])
    return np.degrees(np.stack([yaw, pitch, roll], axis=1)).astype(np.float32)


def bridged(values: FloatArray, usable: npt.NDArray[np.bool_]) -> FloatArray:
    """[frames, …] straight between usable frames, level before the first and after the last."""
    good = np.flatnonzero(usable)
    places = np.interp(np.arange(len(values)), good, np.arange(len(good)))
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, len(good) - 1)
    share = (places - low).reshape(-1, *[1] * (values.ndim - 1)).astype(np.float32)
    mixed: FloatArray = values[good[low]] * (1 - share) + values[good[high]] * share
    return mixed


def _in_time(values: FloatArray, film: Film) -> FloatArray:
    """Rows so that the first is at the sound's first sample: repeated, or left out, by whole frames."""
    return values[_rows(film)]


def _usable(film: Film) -> npt.NDArray[np.bool_]:
    usable: npt.NDArray[np.bool_] = film.usable[_rows(film)]
    return usable


def _rows(film: Film) -> npt.NDArray[np.int64]:
    late = round(film.begins * film.fps)
    return (
        np.clip(np.arange(-late, len(film.trust)), 0, None) if late > 0 else np.arange(-late, len(film.trust))
    )
