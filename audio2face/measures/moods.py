"""What emotions do to a face that speaks: are they seen, do they mix smoothly, do the lips still close?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.measures import systems
from audio2face.measures.closure import Closure, closure, total
from audio2face.measures.recordings import Recording, read_samples
from audio2face.measures.systems import Heard
from audio2face.models import Model
from audio2face.teacher import EMOTIONS
from rigs import AnimationClip
from rigs.arrays import FloatArray
from rigs.lips import lip_gap

REGIONS: dict[str, tuple[str, ...]] = {
    "brows": ("brow",),
    "eyes": ("eye",),
    "cheeks and nose": ("cheekSquint", "noseSneer"),
    "mouth": ("mouth", "jaw"),
}
"""How the names of a region's channels begin."""
STRENGTHS = (0.3, 1.0)
STEP = 0.05
"""Of a sweep from one mix to another."""


@dataclass(frozen=True, eq=False)
class Mood:
    """One emotion at one strength, over all recordings, against the same model when it is neutral.

    closure  counts;  swing  ratio of standard deviations of the lip gap
    visible  {region: how far its most changed channel is from neutral, as a mean over frames}
    """

    name: str
    strength: float
    closure: Closure
    swing: float
    visible: dict[str, float]


@dataclass(frozen=True)
class Sweep:
    """How smoothly one mix turns into another, in steps of STEP.

    step       largest change of any channel, of the mean face
    frame      the same of any single frame, where a decision may tip
    backwards  the most that a channel of the mean face goes back on its way
    """

    step: float
    frame: float
    backwards: float


def moods(recordings: Sequence[Recording], network: Model) -> list[Mood]:
    """Neutral first, then every emotion of EMOTIONS at STRENGTHS."""
    heard = [systems.hear(read_samples(one.audio), network) for one in recordings]
    neutral = [systems.model(one, network) for one in heard]
    rows = [_mood("neutral", 0.0, neutral, neutral, recordings)]
    for name in EMOTIONS[1:]:
        for strength in STRENGTHS:
            clips = [systems.model(one, network, {name: strength}) for one in heard]
            rows.append(_mood(name, strength, clips, neutral, recordings))
    return rows


def sweep(heard: Heard, network: Model, first: Mapping[str, float], last: Mapping[str, float]) -> Sweep:
    """Goes from one mix to another while the same sound is spoken."""
    shares = np.linspace(0.0, 1.0, round(1 / STEP) + 1)
    faces = np.stack([systems.model(heard, network, between(first, last, at)).weights for at in shares])
    means = faces.mean(axis=1)
    steps = np.diff(means, axis=0)
    way = np.sign(means[-1] - means[0])
    back = np.maximum(0.0, -steps * way).sum(axis=0)
    return Sweep(float(np.abs(steps).max()), float(np.abs(np.diff(faces, axis=0)).max()), float(back.max()))


def between(first: Mapping[str, float], last: Mapping[str, float], share: float) -> dict[str, float]:
    """The mix a share (0…1) of the way from one to another."""
    names = dict.fromkeys([*first, *last])
    return {name: (1 - share) * first.get(name, 0.0) + share * last.get(name, 0.0) for name in names}


def visible(change: FloatArray, names: Sequence[str]) -> dict[str, float]:
    """{region: largest absolute change of its channels} of changes [channels]."""
    return {
        region: float(max(abs(change[n]) for n, name in enumerate(names) if name.startswith(stems)))
        for region, stems in REGIONS.items()
    }


def _mood(
    name: str,
    strength: float,
    clips: Sequence[AnimationClip],
    neutral: Sequence[AnimationClip],
    recordings: Sequence[Recording],
) -> Mood:
    counts = total(closure(clip, one.phones) for clip, one in zip(clips, recordings, strict=True))
    moved = np.concatenate([clip.weights - still.weights for clip, still in zip(clips, neutral, strict=True)])
    seen = visible(moved.mean(axis=0), clips[0].names)
    return Mood(name, strength, counts, _swing(clips) / max(_swing(neutral), 1e-6), seen)


def _swing(clips: Sequence[AnimationClip]) -> float:
    return float(np.mean([lip_gap(clip.weights, clip.names).std() for clip in clips]))
