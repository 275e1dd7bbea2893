"""A few seconds of speech with many closures, on which emotion vectors are tried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.corpus import Take
from audio2face.features import FRAME_RATE, FrontEnd
from audio2face.measures.closure import Closure, closure, total
from audio2face.networks.network import FaceNetwork
from audio2face.sources import FileSource
from audio2face.teacher import BILABIALS, Segment, teach
from rigs import ARKIT_NAMES, AnimationClip
from rigs.arrays import FloatArray
from rigs.lips import lip_gap

SECONDS = 2.5
"""Of each scene."""
SETTLED = 0.2
"""Seconds after the cut into a take, in which the past fills and nothing is judged."""
SCENES = 6
AT_ONCE = 16
"""Vectors that are played together."""


@dataclass(frozen=True, eq=False)
class Scenes:
    """Cuts of equal length.

    features    [scenes, frames + look_ahead, features]
    phones      of each scene, in its own time
    look_ahead  frames by which weights lag behind features
    """

    features: FloatArray
    phones: tuple[tuple[Segment, ...], ...]
    look_ahead: int

    @property
    def frames(self) -> int:
        """Frames of weights that a scene has."""
        return self.features.shape[1] - self.look_ahead


@dataclass(frozen=True, eq=False)
class Shown:
    """What the face does under each of n vectors, over all scenes.

    offsets  [n, 52] mean change of the weights against no vector
    swing    [n] standard deviation of the lip gap, against no vector
    closure  of each vector
    """

    offsets: FloatArray
    swing: FloatArray
    closure: tuple[Closure, ...]


def cut(takes: Sequence[Take], front_end: str, look_ahead: int, count: int = SCENES) -> Scenes:
    """The `count` takes whose best SECONDS hold most p, b and m, cut to those."""
    best = sorted(((_richest(take), take) for take in takes), key=lambda pair: (-pair[0][0], pair[1].name))
    features, phones = [], []
    for (_, start), take in best[:count]:
        features.append(_features(take, front_end, start, look_ahead))
        phones.append(tuple(_inside(take.phones, start)))
    return Scenes(np.stack(features), tuple(phones), look_ahead)


def play(network: FaceNetwork, scenes: Scenes, vectors: FloatArray) -> FloatArray:
    """[n, scenes, frames, 52] weights under each of the emotion vectors [n, width]."""
    count, (cuts, frames, _) = len(vectors), scenes.features.shape
    sound = np.tile(scenes.features, (count, 1, 1))
    felt = np.repeat(np.asarray(vectors, np.float32), cuts, axis=0)[:, None].repeat(frames, axis=1)
    past = np.zeros((count * cuts, network.memory), np.float32)
    weights = np.asarray(network(sound, felt, past)[0])[:, scenes.look_ahead :]
    return weights.reshape(count, cuts, *weights.shape[1:])


def show(network: FaceNetwork, scenes: Scenes, vectors: FloatArray) -> Shown:
    """Plays every vector on every scene and says what changed against no vector."""
    neutral = play(network, scenes, np.zeros_like(vectors[:1]))[0]
    offsets, swings, closures = [], [], []
    for first in range(0, len(vectors), AT_ONCE):
        for weights in play(network, scenes, vectors[first : first + AT_ONCE]):
            offsets.append((weights - neutral).mean(axis=(0, 1)))
            swings.append(_swing(weights) / max(_swing(neutral), 1e-3))
            closures.append(count_closures(weights, scenes))
    return Shown(np.array(offsets, np.float32), np.array(swings, np.float32), tuple(closures))


def taught(scenes: Scenes, mix: Mapping[str, float]) -> FloatArray:
    """[52] what the teacher's face does in a mood, as the mean change against neutral."""
    changes = [
        teach(phones, scenes.frames, emotion=mix).weights - teach(phones, scenes.frames).weights
        for phones in scenes.phones
    ]
    mean: FloatArray = np.mean(changes, axis=(0, 1), dtype=np.float32)
    return mean


def count_closures(weights: FloatArray, scenes: Scenes) -> Closure:
    """Counts over scenes of weights [scenes, frames, 52]; phones at the cuts are left out."""
    judged = (
        [phone for phone in phones if phone.start >= SETTLED and phone.end <= SECONDS - 0.05]
        for phones in scenes.phones
    )
    clips = (AnimationClip(ARKIT_NAMES, scene, FRAME_RATE) for scene in weights)
    return total(closure(clip, phones) for clip, phones in zip(clips, judged, strict=True))


def _swing(weights: FloatArray) -> float:
    return float(np.mean([lip_gap(scene, ARKIT_NAMES).std() for scene in weights]))


def _richest(take: Take) -> tuple[int, float]:
    """How many p, b and m the best SECONDS hold, and when those start."""
    stops = [phone.start for phone in take.phones if phone.label in BILABIALS]
    last = max(0.0, take.phones[-1].end - SECONDS)
    starts = [min(max(0.0, at - SETTLED - 0.05), last) for at in stops] or [0.0]
    counts = [sum(start + SETTLED <= at < start + SECONDS - 0.2 for at in stops) for start in starts]
    return max(counts), starts[int(np.argmax(counts))]


def _inside(phones: Sequence[Segment], start: float) -> Iterator[Segment]:
    for phone in phones:
        first, end = max(0.0, phone.start - start), min(SECONDS, phone.end - start)
        if end > first:
            yield Segment(phone.label, first, end)


def _features(take: Take, front_end: str, start: float, look_ahead: int) -> FloatArray:
    """[frames + look_ahead, features] of a cut, the last frame repeated where the take ends before it."""
    sound = np.concatenate([block.samples for block in FileSource(take.audio)])
    heard = FrontEnd(front_end).push(sound)[round(start * FRAME_RATE) :]
    wanted = round(SECONDS * FRAME_RATE) + look_ahead
    heard = heard[:wanted]
    return np.pad(heard, ((0, wanted - len(heard)), (0, 0)), mode="edge").astype(np.float32)
