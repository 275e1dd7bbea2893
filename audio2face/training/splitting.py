"""Which takes are learned from, and which ones say when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audio2face.dataset import MotionTake
from audio2face.errors import TrainingError
from audio2face.features import FRAME_RATE
from audio2face.training.motion import Moved

PART = 0.25
"""Share at the end of the longest take that is held out when no take is."""
LONGEST_PART = 20.0
"""Seconds of it, at most."""
GAP = 1.0
"""Seconds between what is learned from and what is held out of the same take."""


@dataclass(frozen=True, eq=False)
class Split:
    """Takes to learn from, to check with while learning, and to score only.

    parted  name of the take whose end is held out while its beginning is learned from, or ""
    """

    learn: tuple[MotionTake, ...]
    check: tuple[MotionTake, ...]
    test: tuple[MotionTake, ...] = ()
    parted: str = ""

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels of the rig."""
        return self.learn[0].motion.names

    def cut(self, moved: Moved, learning: bool) -> Moved:
        """What of a variant is learned from, or held out: all of it, unless it is of the parted take."""
        takes = self.learn if learning else self.check
        if takes[moved.take].name != self.parted:
            return moved
        told = int(moved.judged.sum())
        held = min(round(told * PART), round(LONGEST_PART * FRAME_RATE))
        if learning:
            end = told - held - round(GAP * FRAME_RATE)
            return replace(
                moved,
                features=moved.features[:end],
                weights=moved.weights[:end],
                judged=moved.judged[:end],
            )
        judged = moved.judged.copy()
        judged[: told - held] = 0.0
        return replace(moved, judged=judged)


def split_takes(takes: Sequence[MotionTake], keep_out: Sequence[str] = ()) -> Split:
    """Parts takes by their splits; those named in `keep_out`, by take or by speaker, check.

    Raises TrainingError when no take is left to learn from or nobody has a name.
    """
    for name in keep_out:
        if not any(name in (take.name, take.speaker) for take in takes):
            known = ", ".join(take.name for take in takes[:12])
            raise TrainingError(f"no take or speaker is called {name!r}; takes are {known}")
    out = [take for take in takes if {take.name, take.speaker} & set(keep_out) or take.split == "check"]
    learn = tuple(take for take in takes if take not in out and take.split == "train")
    test = tuple(take for take in takes if take not in out and take.split == "test")
    if not learn:
        raise TrainingError(f"none of {len(takes)} takes is left to learn from")
    if out:
        return Split(learn, tuple(out), test)
    longest = max(learn, key=lambda take: take.motion.duration)
    return Split(learn, (longest,), test, longest.name)


def limited(takes: Sequence[MotionTake], minutes: float) -> list[MotionTake]:
    """The first so many minutes of takes in order, the last one cut; for curves of quality against data."""
    left, kept = minutes * 60.0, []
    for take in takes:
        if left <= 0:
            break
        frames = int(np.ceil(min(left, take.motion.duration) * take.motion.fps))
        kept.append(
            replace(take, motion=replace(take.motion, weights=take.motion.weights[:frames], head=None))
        )
        left -= take.motion.duration
    return kept


def shortened(split: Split, minutes: float) -> Split:
    """The split with less to learn from. Raises TrainingError for no time at all."""
    if not minutes > 0:
        raise TrainingError(f"{minutes:g} minutes of takes; expected more than 0")
    learn = tuple(limited(split.learn, minutes))
    if split.parted and split.parted not in {take.name for take in learn}:
        return replace(split, learn=learn, parted="")
    return replace(split, learn=learn)
