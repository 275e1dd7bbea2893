"""How far a mouth is open, on any rig, and as a model hears it in the sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from audio2face.dataset.checking.sync import RATE, Array, at_rate, fit
from audio2face.dataset.motion import Motion
from audio2face.models import Model
from audio2face.pipeline import animate
from audio2face.sources import FileSource
from rigs import ARKIT_NAMES
from rigs.lips import lip_gap

JAWS = ("jawopen", "mouthopen", "mouthstretchc", "jawdrop", "jawdown", "aiopenjaw", "mouthaa")
"""What rigs call the channel that opens the mouth, letters only: ARKit's, FACEGOOD's, others'."""
MOST_ARKIT = 40
"""Channels of ARKit from which a rig is one of its kind, and lips can be measured on the default head."""
MINUS = "-"
TRIED = 20
"""Channels, the liveliest, among which one that follows the sound is looked for."""


def heard_opening(audio: Path, model: Model) -> Array:
    """[steps] mm between the lips as a model hears them. Raises SoundError."""
    clip = animate(FileSource(audio), model, RATE)
    return np.asarray(lip_gap(clip.weights, clip.names), np.float64)


def opening_channel(motions: Mapping[str, Motion], heard: Mapping[str, Array]) -> str:
    """The channel that opens the mouth: by its name, else the one that follows the sound best, or "".

    An ARKit rig needs none and gives "lips", measured on the default head. A minus sign goes before a channel
    that closes the mouth, as a component may.
    """
    names = next(iter(motions.values())).names if motions else ()
    if len(set(names) & set(ARKIT_NAMES)) >= MOST_ARKIT:
        return "lips"
    for name in names:
        if "".join(filter(str.isalpha, name.lower())).endswith(JAWS):
            return name
    return _most_like(motions, heard, names)


def opening(motion: Motion, channel: str) -> Array | None:
    """[frames] of a take; None where its rig has no such channel. NaN is bridged."""
    if channel == "lips" and "jawOpen" in motion.names:
        found = np.asarray(lip_gap(np.nan_to_num(motion.values), motion.names), np.float64)
        found[~np.isfinite(motion.values).all(axis=1)] = np.nan
    elif channel.removeprefix(MINUS) in motion.names:
        found = _column(motion, channel.removeprefix(MINUS)) * (-1 if channel.startswith(MINUS) else 1)
    else:
        return None
    return _bridged(found)


def _bridged(values: Array) -> Array:
    good = np.isfinite(values)
    if good.all() or not good.any():
        return np.nan_to_num(values)
    return np.interp(np.arange(len(values)), np.flatnonzero(good), values[good])


def _most_like(motions: Mapping[str, Motion], heard: Mapping[str, Array], names: Sequence[str]) -> str:
    """The channel whose correlation with what is heard is the highest, over all takes that have it."""
    spread = {
        name: np.mean(
            [np.nanstd(_column(motion, name)) for motion in motions.values() if name in motion.names]
        )
        for name in names
    }
    scores: dict[str, float] = {}
    for name in sorted(spread, key=lambda one: -spread[one])[:TRIED]:
        if spread[name] > 1e-4:
            for sign in ("", MINUS):
                scores[sign + name] = _likeness(motions, heard, sign + name)
    return max(scores, key=lambda one: scores[one]) if scores else ""


def _likeness(motions: Mapping[str, Motion], heard: Mapping[str, Array], channel: str) -> float:
    """The mean correlation of a channel with what is heard, over takes."""
    rs = []
    for take, motion in motions.items():
        values = opening(motion, channel) if take in heard else None
        found = None if values is None else fit(at_rate(values, motion.fps), heard[take])
        rs += [] if found is None else [found.r]
    return float(np.mean(rs)) if rs else -1.0


def _column(motion: Motion, name: str) -> Array:
    return motion.values[:, motion.names.index(name)].astype(np.float64)
