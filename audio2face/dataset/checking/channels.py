"""What can be wrong with the channels of a take, and of all takes together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from audio2face.dataset.checking.finding import BROKEN, NOTE, WARNING, Finding
from audio2face.dataset.checking.sync import Array
from audio2face.dataset.motion import Motion, numbered
from rigs import ROTATION_NAMES

STILL = 1e-4
"""Standard deviation of weights up to which a channel does not move."""
LIVE = 0.02
"""And from which it lives."""
FLAT_SHARE = 0.1
"""Of the frames at a channel's very largest value, from which it looks cut off there."""
LOW, HIGH = -0.5, 1.5
"""Weights beyond which a rig's sliders rarely go."""
REPEATED_SHARE = 0.1
"""Of moving frames, from which frames that repeat come from another rate: 25 as 30 has 17 %."""
FROZEN = 1.0
"""Seconds that nothing may move while there is speech."""
SPEAKING = 5.0
"""mm a second at which lips move, as heard, from which there is speech."""
ANGLES = frozenset(ROTATION_NAMES)


def judge_channels(take: str, motion: Motion, heard: Array | None) -> Iterator[Finding]:
    """NaN, values out of range, flattened peaks, and frames that repeat while somebody speaks."""
    wrong = np.flatnonzero(~np.isfinite(motion.values).all(axis=1))
    if len(wrong):
        columns = np.flatnonzero(~np.isfinite(motion.values).all(axis=0))
        which = _some([motion.names[column] for column in columns])
        yield Finding(
            *(take, "nan", BROKEN),
            f"NaN or infinite in frame{'s' if len(wrong) > 1 else ''} {numbered(wrong)} ({which}); "
            "key them anew and export again",
        )
    yield from _ranges(take, motion)
    yield from _repeats(take, motion, heard)


def judge_rigs(motions: Mapping[str, Motion]) -> Iterator[Finding]:
    """Takes whose channels are not those of most, and channels that never move, or not in one take alone."""
    if not motions:
        return
    common, _ = Counter(frozenset(motion.names) for motion in motions.values()).most_common(1)[0]
    for take, motion in motions.items():
        if frozenset(motion.names) != common:
            less, more = common - set(motion.names), set(motion.names) - common
            what = [f"lacks {_some(sorted(less))}"] if less else []
            what += [f"has {_some(sorted(more))} besides"] if more else []
            yield Finding(
                take, "channels", BROKEN, f"{' and '.join(what)}: not the rig of most takes; export it alike"
            )
    alike = {take: motion for take, motion in motions.items() if frozenset(motion.names) == common}
    yield from _dead(alike)


def _dead(motions: Mapping[str, Motion]) -> Iterator[Finding]:
    names = next(iter(motions.values())).names
    spread = {take: _spread(motion, names) for take, motion in motions.items()}
    table = np.stack(list(spread.values()))
    dead = [name for name, most in zip(names, table.max(axis=0), strict=True) if most <= STILL]
    if dead:
        state = WARNING if len(dead) == len(names) else NOTE
        yield Finding(
            *("", "dead", state),
            f"{len(dead)} of {len(names)} channels never move: {_some(dead)}; they will not be learned",
        )
    if len(motions) < 3:
        return
    for row, take in enumerate(spread):
        others = np.delete(table, row, axis=0)
        lost = [
            name
            for name, here, there in zip(names, table[row], others.min(axis=0), strict=True)
            if here <= STILL and there >= LIVE
        ]
        if lost:
            yield Finding(take, "dead", WARNING, f"{_some(lost)} lie still here, and live in all other takes")


def _ranges(take: str, motion: Motion) -> Iterator[Finding]:
    low, high = np.nanmin(motion.values, axis=0), np.nanmax(motion.values, axis=0)
    if float(np.nanmax(high)) > 10 and not any(name.startswith("pc") for name in motion.names):
        yield Finding(
            *(take, "range", BROKEN),
            f"weights go up to {np.nanmax(high):.3g}: per cent, it seems; export sliders of 0 to 1",
        )
        return
    if any(name.startswith("pc") for name in motion.names):
        return
    beyond = [
        f"{name} {least:.2f} to {most:.2f}"
        for name, least, most in zip(motion.names, low, high, strict=True)
        if (least < LOW or most > HIGH) and name not in ANGLES
    ]
    if beyond:
        yield Finding(take, "range", WARNING, f"outside {LOW:g} to {HIGH:g}: {_some(beyond)}")
    flat = [
        name
        for name, column in zip(motion.names, motion.values.T, strict=True)
        if np.nanstd(column) > LIVE
        and float((column >= np.nanmax(column) - 1e-6).mean()) > FLAT_SHARE
        and np.nanmax(column) > 0.5
    ]
    if flat:
        yield Finding(
            *(take, "clipped", WARNING),
            f"{_some(flat)} stand at their largest value in over {FLAT_SHARE:.0%} of the frames: cut off?",
        )


def _repeats(take: str, motion: Motion, heard: Array | None) -> Iterator[Finding]:
    """Frames equal to the one before: now and then while all moves, or for long while somebody speaks."""
    if len(motion.values) < 3 or heard is None or len(heard) < 3:
        return
    same = np.concatenate([[False], (motion.values[1:] == motion.values[:-1]).all(axis=1)])
    lengths = _run_lengths(same)
    # Held for one or two frames between others that move: made from a lower rate.
    steps, held = int((~same).sum()), int(((lengths > 0) & (lengths <= 2)).sum())
    if held > REPEATED_SHARE * (steps + held):
        lower = motion.fps * steps / (steps + held)
        yield Finding(
            *(take, "repeated", WARNING),
            f"{held / (steps + held):.0%} of the frames that move repeat the one before: were they "
            f"{lower:.0f} fps? Export at the rate it was animated at",
        )
    speed = np.abs(np.gradient(heard)) * 100
    spoken = (
        np.interp(np.arange(len(same)) / motion.fps, np.arange(len(heard)) / 100, speed, right=0) > SPEAKING
    )
    first, length = _longest_run(same & (lengths > 2), spoken)
    if length > FROZEN * motion.fps:
        yield Finding(
            *(take, "repeated", WARNING),
            f"nothing moves from {first / motion.fps:.1f} to {(first + length) / motion.fps:.1f} s "
            "while there is speech",
        )


def _run_lengths(same: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """[frames] how long the run of repeats is that each frame belongs to; 0 outside of runs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    lengths = np.zeros(len(same), np.int64)
    for first, end in edges.reshape(-1, 2):
        lengths[first:end] = end - first
    return lengths


def _longest_run(held: npt.NDArray[np.bool_], spoken: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """First frame and length of the longest run of repeats in over half of which somebody speaks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8))).reshape(-1, 2)
    runs = [(int(first), int(end - first)) for first, end in edges if spoken[first:end].mean() > 0.5]
    return max(runs, key=lambda run: run[1], default=(0, 0))


def _spread(motion: Motion, names: Sequence[str]) -> Array:
    columns = [motion.names.index(name) for name in names]
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.nanstd(motion.values[:, columns].astype(np.float64), axis=0))


def _some(names: Sequence[str], shown: int = 4) -> str:
    first = ", ".join(names[:shown])
    return first if len(names) <= shown else f"{first} and {len(names) - shown} more"
