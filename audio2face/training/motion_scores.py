"""How a trained character does on takes that it did not learn from, for its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audio2face.dataset import MotionTake
from audio2face.measures import systems
from audio2face.measures.recordings import read_samples
from audio2face.measures.rig_motion import channel_rs, jaw_r
from audio2face.models import Model
from audio2face.training.motion import at_clock
from audio2face.training.splitting import LONGEST_PART, PART, Split
from rigs import AnimationClip


@dataclass(frozen=True, eq=False)
class Played:
    """A held-out take: what the model makes of its sound, what was captured, and how loud it is.

    first  seconds of the take that were learned from, and are left out here
    """

    take: MotionTake
    shown: AnimationClip
    captured: AnimationClip
    loud: AnimationClip
    first: float = 0.0

    @property
    def rs(self) -> dict[str, float]:
        """{live channel: correlation}"""
        return channel_rs(self.shown, self.captured)

    def as_card(self) -> dict[str, Any]:
        """Figures of this take."""
        rs = self.rs
        return {
            "seconds": round(self.captured.duration, 1),
            "jaw_r": _plain(jaw_r(self.shown, self.captured)),
            "channels_r": _plain(float(np.mean(list(rs.values()))) if rs else float("nan")),
            "live_channels": len(rs),
            "loudness_jaw_r": _plain(jaw_r(self.loud, self.captured)),
        }


def play(split: Split, model: Model) -> list[Played]:
    """Every take that checked or is for scoring only, played; of a parted take, its end."""
    return [_played(take, model, split.parted == take.name) for take in (*split.check, *split.test)]


def by_channel(played: Sequence[Played]) -> dict[str, float]:
    """{channel: mean correlation over the takes in which it lives}"""
    found: dict[str, list[float]] = {}
    for one in played:
        for name, r in one.rs.items():
            found.setdefault(name, []).append(r)
    return {name: round(float(np.mean(rs)), 3) for name, rs in found.items()}


def _played(take: MotionTake, model: Model, parted: bool) -> Played:
    heard = systems.hear(read_samples(take.audio), model)
    shown, loud = systems.model(heard, model), systems.loudness(heard.samples)
    seconds = min(take.motion.duration, shown.duration)
    first = seconds - min(seconds * PART, LONGEST_PART) if parted else 0.0
    captured = AnimationClip(take.motion.names, at_clock(take.motion, shown.frames), shown.fps)
    shown, captured, loud = (_between(one, first, seconds) for one in (shown, captured, loud))
    return Played(take, shown, captured, loud, first)


def _between(clip: AnimationClip, first: float, last: float) -> AnimationClip:
    rows = clip.weights[round(first * clip.fps) : round(last * clip.fps)]
    return AnimationClip(clip.names, rows, clip.fps)


def _plain(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None
