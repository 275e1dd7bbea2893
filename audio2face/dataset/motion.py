"""The motion of a listed take: as it lies in its file, and as a clip that can be learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.dataset.arrays import Array, holds_pickle, load_array
from audio2face.dataset.listing import NAMES, Listed
from audio2face.errors import TrainingError, UnsafeFileError
from exporters import read_clip
from rigs import ROTATION_NAMES, AnimationClip, ClipError
from rigs.arrays import FloatArray

MOST_VALUES = 1 << 29
"""Numbers of one take: 2 GiB of float32."""


@dataclass(frozen=True, eq=False)
class Motion:
    """What a file holds, right or wrong: NaN stays NaN.

    names   [channels]
    values  [frames, channels] float32
    fps     the file's own rate, or the one listed where it has none
    stated  whether the file or the dataset says the rate
    head    [frames, 3] degrees, or None
    """

    names: tuple[str, ...]
    values: FloatArray
    fps: float
    stated: bool
    head: FloatArray | None = None


def read_motion(take: Listed) -> Motion:
    """Reads weights: the Maya pair of arrays, or a clip of any format. Raises FaceError, in one line."""
    file = take.motion
    if file is None:
        raise TrainingError(f"take {take.name}: it has no motion beside {take.audio}")
    if file.suffix.lower() == ".npy":
        names, values = _names(take, file), _values(file)
        if len(names) != values.shape[1]:
            raise TrainingError(
                f"{file} has {values.shape[1]} columns, and there are {len(names)} names of channels"
            )
        return Motion(names, values, take.fps, take.stated)
    if file.suffix.lower() == ".npz" and holds_pickle(file):
        raise UnsafeFileError(
            f"{file} holds pickles, which can run code when they are read; save plain arrays"
        )
    clip = read_clip(file)
    return Motion(clip.names, clip.weights, clip.fps, True, clip.head)


def without_angles(motions: Mapping[str, Motion]) -> dict[str, Motion]:
    """Motion by take, without the angles of head and eyes that a phone records where others have none."""
    if len({frozenset(motion.names) for motion in motions.values()}) < 2:
        return dict(motions)
    return {take: _moving(motion) for take, motion in motions.items()}


def _moving(motion: Motion) -> Motion:
    kept = [place for place, name in enumerate(motion.names) if name not in ROTATION_NAMES]
    if len(kept) in (0, len(motion.names)):
        return motion
    return replace(motion, names=tuple(motion.names[place] for place in kept), values=motion.values[:, kept])


def clip_of(motion: Motion, take: Listed) -> AnimationClip:
    """The motion with frame 0 at the sound's first sample. Raises TrainingError for NaN, naming frames."""
    wrong = np.flatnonzero(~np.isfinite(motion.values).all(axis=1))
    if len(wrong):
        raise TrainingError(
            f"take {take.name}: {take.motion} has NaN in frames {numbered(wrong)}; mend them first"
        )
    try:
        clip = AnimationClip(motion.names, motion.values, motion.fps, motion.head, str(take.audio))
    except ClipError as error:
        raise TrainingError(f"take {take.name}: {take.motion}: {error}") from error
    return shifted(clip, take.offset) if take.offset else clip


def shifted(clip: AnimationClip, late: float) -> AnimationClip:
    """The clip earlier by `late` seconds, at the same rate, between frames linearly.

    What would lie before its first frame is left out; a negative `late` holds the first frame meanwhile.
    Raises TrainingError when nothing would be left.
    """
    frames = clip.frames - round(late * clip.fps)
    if frames < 1:
        raise TrainingError(f"an offset of {late:g} s leaves nothing of {clip.duration:.2f} s of motion")
    places = np.clip(np.arange(frames) + late * clip.fps, 0, clip.frames - 1)
    head = None if clip.head is None else _between(clip.head, places)
    return AnimationClip(clip.names, _between(clip.weights, places), clip.fps, head, clip.audio)


def numbered(frames: Any, shown: int = 5) -> str:
    """`12, 13 and 4 more`."""
    first = ", ".join(str(frame) for frame in frames[:shown])
    return first if len(frames) <= shown else f"{first} and {len(frames) - shown} more"


def _between(rows: FloatArray, places: Array) -> FloatArray:
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (places - low)[:, None].astype(np.float32)
    mixed: FloatArray = rows[low] * (1 - share) + rows[high] * share
    return mixed


def _values(file: Path) -> FloatArray:
    array = load_array(file)
    if array.ndim != 2 or array.dtype.kind not in "iuf" or 0 in array.shape:
        raise TrainingError(f"{file} holds {array.dtype} of shape {array.shape}; expected [frames, channels]")
    if array.size > MOST_VALUES:
        raise TrainingError(f"{file} holds {array.size} values; split the take, {MOST_VALUES} are the most")
    with np.errstate(over="ignore"):
        return np.array(array, np.float32)


def _names(take: Listed, file: Path) -> tuple[str, ...]:
    beside = take.names or file.with_name(NAMES)
    if not beside.is_file():
        raise TrainingError(
            f"{file} has no names of channels; expected {NAMES} beside it, as Maya exports it"
        )
    array = load_array(beside)
    if array.ndim != 1 or array.dtype.kind not in "US" or len(array) > 100_000:
        raise TrainingError(f"{beside} holds {array.dtype} of shape {array.shape}; expected a row of texts")
    try:
        return tuple(name.decode() if isinstance(name, bytes) else str(name) for name in array.tolist())
    except UnicodeDecodeError as error:
        raise TrainingError(f"{beside} holds names that are no UTF-8") from error
