"""Left and right exchanged in a take.

A mirrored face is a face: in one take alone nothing shows that its sides are exchanged. But people, and rigs,
are lopsided by habit: one corner smiles more, one brow goes higher. That habit is the same in all takes of a
speaker, and points the other way in one whose sides are exchanged. It is measured for each pair of channels
as the mean of left minus right and as what of it goes along with the movement of both; gaze is left out, for
where somebody looks is no habit.

So it can be told from three takes of a speaker on, where a majority agrees; not where a rig moves both sides
alike, and not when most takes are exchanged: then the others are named. With two takes that point opposite
ways it cannot be said which one is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from audio2face.dataset.checking.finding import BROKEN, WARNING, Finding
from audio2face.dataset.checking.sync import Array
from audio2face.dataset.motion import Motion

Marks = npt.NDArray[np.bool_]

LOPSIDED = 0.04
"""Of the movement of both sides, how much the habit must be to say anything."""
ALIKE = 0.4
"""Cosine between takes from which they have the same habit, or with a minus sign the opposite one."""
OPPOSED = -0.5
"""Correlation of two sides from which they move against each other."""

_SWAPS = (("Left", "Right"), ("left", "right"))
_SUFFIX = re.compile(r"(?<=[_.\-udUD])([lL])$|^([lL])(?=[_.\-])")
_AIMED = ("look", "gaze", "eyeball")
_SIDEWAYS = ("jaw", "mouthleft", "sideways", "mouthslide", "tooth", "tongue", "mouth_move")


def pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """The channels of the two sides, gaze left out: (`mouthSmileLeft`, `mouthSmileRight`), (`x_l`, `x_r`)."""
    found = []
    for name in names:
        other = _other_side(name)
        if other in names and not any(word in name.lower() for word in _AIMED):
            found.append((name, other))
    return found


def judge_sides(motions: Mapping[str, Motion], speakers: Mapping[str, str]) -> Iterator[Finding]:
    """Takes of the opposite habit to the speaker's other takes, and sides that oppose each other."""
    for speaker in sorted({speakers[take] for take in motions}):
        mine = {take: motion for take, motion in motions.items() if speakers[take] == speaker}
        yield from _swapped(mine)
    for take, motion in motions.items():
        yield from _opposed(take, motion)


def _swapped(motions: Mapping[str, Motion]) -> Iterator[Finding]:
    common = set.intersection(*(set(motion.names) for motion in motions.values()))
    both = pairs([name for name in next(iter(motions.values())).names if name in common])
    habits = {take: habit for take, motion in motions.items() if (habit := _habit(motion, both)) is not None}
    if len(habits) < 2:
        return
    units = np.stack(list(habits.values()))
    table = units @ units.T
    signs = np.sign(np.linalg.eigh(table)[1][:, -1])
    less = signs == (-1 if (signs > 0).sum() > (signs < 0).sum() else 1)
    if not less.any() or less.all():
        return
    takes = list(habits)
    if less.sum() * 2 == len(takes):
        yield from _undecided(takes, table, less)
        return
    yield from _outvoted(takes, table, less)


def _outvoted(takes: Sequence[str], table: Array, less: Marks) -> Iterator[Finding]:
    most = np.flatnonzero(~less)
    agree = table[np.ix_(most, most)][~np.eye(len(most), dtype=bool)].mean()
    for one in np.flatnonzero(less).tolist():
        against = table[one, most].mean()
        if agree >= ALIKE and against <= -ALIKE:
            yield Finding(
                *(takes[one], "sides", BROKEN),
                "left and right are exchanged: its lopsidedness is the opposite of the speaker's other takes "
                f"(cosine {against:+.2f}; they agree by {agree:+.2f})",
            )


def _undecided(takes: Sequence[str], table: Array, less: Marks) -> Iterator[Finding]:
    if table[np.ix_(less, ~less)].mean() <= -ALIKE:
        names = " or ".join(
            ", ".join(take for take, is_less in zip(takes, less, strict=True) if is_less == side)
            for side in (True, False)
        )
        yield Finding(
            *("", "sides", WARNING),
            f"left and right are exchanged in {names}: they are lopsided in opposite ways; "
            "which are wrong cannot be told from so few",
        )


def _habit(motion: Motion, both: Sequence[tuple[str, str]]) -> Array | None:
    """[2 · pairs] of unit length; None where the two sides move alike, or not at all."""
    if not both:
        return None
    values = np.nan_to_num(motion.values.astype(np.float64))
    place = {name: column for column, name in enumerate(motion.names)}
    left = values[:, [place[name] for name, _ in both]]
    right = values[:, [place[name] for _, name in both]]
    apart, together = left - right, left + right
    moved = together - together.mean(axis=0)
    spread = moved.std(axis=0)
    along = (moved * (apart - apart.mean(axis=0))).mean(axis=0) / np.where(spread > 1e-6, spread, np.inf)
    found = np.concatenate([apart.mean(axis=0), along])
    size, whole = (
        float(np.linalg.norm(found)),
        float(np.linalg.norm(np.concatenate([together.mean(axis=0), spread]))),
    )
    return found / size if whole > 0 and size >= LOPSIDED * whole else None


def _opposed(take: str, motion: Motion) -> Iterator[Finding]:
    values = np.nan_to_num(motion.values.astype(np.float64))
    place = {name: column for column, name in enumerate(motion.names)}
    found = []
    for left, right in pairs(motion.names):
        if any(word in left.lower() for word in _SIDEWAYS):
            continue
        first, second = values[:, place[left]], values[:, place[right]]
        if first.std() > 0.02 and second.std() > 0.02:
            r = float(np.corrcoef(first, second)[0, 1])
            if r <= OPPOSED:
                found.append(f"{left} (r {r:.2f})")
    if found:
        yield Finding(
            take,
            "sides",
            WARNING,
            f"moves against its other side: {', '.join(found[:4])}; is a column mixed up?",
        )


def _other_side(name: str) -> str:
    for left, right in _SWAPS:
        if left in name:
            return name.replace(left, right)
    return (
        _SUFFIX.sub(lambda found: "R" if "L" in found.group() else "r", name) if _SUFFIX.search(name) else ""
    )
