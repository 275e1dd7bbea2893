"""Clips in the Live Link Face app's CSV form, for Unreal's importer.

Time: a clip's frame n stands at n / fps seconds, counted in frames of 30 a second for clips of up to 30 fps
and of 60 for faster ones; other rates (24, 29.97, 120 …) fall between whole frames, on the decimals that the
timecode has. The form has no field for the rate: Unreal takes 60 only if some frame number exceeds 30. A fast
clip of under about half a second would never reach that, so its timecode starts at frame 31 instead of 0;
every other clip starts at 00:00:00:00.000. Unreal takes the subject from a file name of the form
`<Slate>_<Take>_<Subject>.csv`.

Angles: the head is yaw, pitch, roll in degrees in a clip and in radians in the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError
from exporters.livelinkface_take import APP_NAMES, Take, column_name, read_take, write_take
from exporters.rates import nearest_rate
from rigs import ARKIT_NAMES, ROTATION_NAMES, AnimationClip

LONGEST = 1_000_000
"""Frames a recording may grow to when its gaps are filled: nine hours at 30 fps."""

DAY = 24 * 3600
HEAD, EYES = ROTATION_NAMES[:3], ROTATION_NAMES[3:]


def write_csv(clip: AnimationClip, file: Path) -> None:
    """Writes a clip of ARKit channels. Channels the clip lacks are 0.

    Names may be spelt as ARKit does (jawOpen) or as the app does (JawOpen). Raises FormatError when the clip
    has other channels: retarget it to ARKit first.
    """
    write_take(take_of(clip), file)


def read_csv(file: Path) -> AnimationClip:
    """Reads a recording as a clip: the 52 ARKit channels, the six eye angles where any is not 0, the head.

    Kept: every value of every row with a face, in float32. Not kept: the time of day, and lateness below half
    a row. A row left out, or without a face, is filled in between its neighbours.
    Raises FormatError as `read_take` does, and when time runs backwards or no row has a face.
    """
    return clip_of(read_take(file))


def take_of(clip: AnimationClip) -> Take:
    """The rows of a clip, its timecode starting at 0, or at frame 31 when Unreal would misread the rate."""
    rate = 60 if clip.fps > 30 else 30
    moments = np.round(clip.times * rate * 1000).astype(np.int64)
    if rate == 60 and moments[-1] < 31_000:
        moments = moments + 31_000
    return Take(rate, moments, _columns(clip), np.ones(clip.frames, dtype=np.bool_))


def _columns(clip: AnimationClip) -> npt.NDArray[np.float64]:
    """[frames, 61] the clip's channels in the app's order."""
    spelt = [column_name(name) for name in clip.names]
    unknown = [name for name, app in zip(clip.names, spelt, strict=True) if app not in _PLACES]
    if unknown:
        raise FormatError(
            f"the clip has {len(unknown)} channels that Live Link Face does not know "
            f"({', '.join(unknown[:3])}); retarget it to the ARKit rig, or write json, npz"
        )
    values = np.zeros((clip.frames, len(APP_NAMES)))
    if clip.head is not None:
        values[:, [_PLACES[column_name(name)] for name in HEAD]] = np.radians(clip.head.astype(np.float64))
        spelt_head = {column_name(name) for name in HEAD}
    else:
        spelt_head = set()
    if len(set(spelt)) != len(spelt) or spelt_head & set(spelt):
        raise FormatError(
            "the clip has a channel twice, spelt in two ways or as head motion; keep one of them"
        )
    values[:, [_PLACES[name] for name in spelt]] = clip.weights
    return values


def clip_of(take: Take) -> AnimationClip:
    """The take on a steady clock; see `read_csv`."""
    frames, fps = _clock(take)
    if frames[-1] >= LONGEST:
        raise FormatError(f"its timecodes span {frames[-1]:.0f} frames at {fps} fps; split the recording")
    seen = take.seen
    if not seen.any():
        raise FormatError("no row has a face (BlendShapeCount is 0 in every row)")
    steady = np.arange(frames[-1] + 1)
    columns = {
        name: np.interp(steady, frames[seen], take.values[seen, place])
        for place, name in enumerate(APP_NAMES)
    }
    names = ARKIT_NAMES + (EYES if any(columns[name].any() for name in EYES) else ())
    head = np.degrees(np.stack([columns[name] for name in HEAD], axis=1))
    with np.errstate(over="ignore"):
        weights = np.stack([columns[name] for name in names], axis=1).astype(np.float32)
    return AnimationClip(names, weights, fps, head=head if head.any() else None)


def _clock(take: Take) -> tuple[npt.NDArray[np.int64], float]:
    """[rows] the frame number of each row, the first 0, and the frames a second.

    The rate comes from the usual step between rows: recordings count time at 60 and may have a row in every
    second frame, so 30 a second. Steps are rounded one by one, for a phone's camera drifts against its clock.
    """
    day = DAY * take.rate * 1000
    steps = np.diff(take.moments)
    steps = np.where(steps < -day // 2, steps + day, steps)  # past midnight
    if not len(steps):
        return np.zeros(1, dtype=np.int64), take.rate
    if (steps <= 0).any():
        raise FormatError(
            f"row {int(np.argmax(steps <= 0)) + 3}: its timecode does not come after the row above"
        )
    usual = float(np.median(steps))
    step = float(steps[steps < 1.5 * usual].mean())
    fps = nearest_rate(take.rate * 1000 / step)
    counts = np.maximum(1, np.round(steps / usual)).astype(np.int64)
    return np.concatenate([[0], np.cumsum(counts)]), fps


_PLACES = {column_name(name): place for place, name in enumerate(APP_NAMES)}
