"""Landmarks → ARKit weights on the default head, where MediaPipe's own do not move the lips as the film does.

Each frame's points are turned, scaled and moved onto the head's own anchor points by those that move with the
skull. How far they then are from the speaker's face at rest, less what the channels that are kept explain, is
solved for the others. Corners and middles of the lips count most, and channels that MediaPipe does move stay
near what it says, since many mixes of channels give the same lips.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from audio2face.video.film import Film
from rigs import (
    ARKIT_NAMES,
    MOUTH_NAMES,
    Channel,
    Mesh,
    MorphTarget,
    Rig,
    SolveSettings,
    anchor_positions,
    default_head,
    solve_weights,
)
from rigs.arrays import FloatArray

Array = npt.NDArray[np.float64]

LAYOUT = "anchors478"
SKULL = (
    *(10, 151, 9, 8, 168, 6, 197, 195, 5, 33, 133, 263, 362, 127, 356, 234, 454, 54, 284, 21, 251, 162, 389),
    *(103, 332, 67, 297, 109, 338),
)
"""Points that move with the skull: forehead, bridge of the nose, corners of the eyes, temples."""
DEAD = (
    *("mouthFrownLeft", "mouthFrownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthStretchLeft"),
    *("mouthStretchRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthShrugLower", "mouthShrugUpper"),
    *("noseSneerLeft", "noseSneerRight", "jawLeft", "jawRight"),
)
"""Channels that MediaPipe's network hardly moves: standard deviations up to 0.01 over a speaker of GRID."""
MOUTH = (*(name for name in MOUTH_NAMES if name != "tongueOut"), "noseSneerLeft", "noseSneerRight")
REFITS = {"mouth": MOUTH, "dead": DEAD, "none": ()}
"""What is solved from the landmarks: all of the mouth; what MediaPipe leaves dead; nothing."""
OPENING = (13, 14)
LIPS = (61, 291, 78, 308, 0, 13, 14, 17, 82, 312, 87, 317)
"""The lips' corners, outer and inner, and what is about their middles."""
LIPS_COUNT = 300.0
"""How much more these count than a point far from the mouth: 12 of 478 would be outvoted otherwise."""
OWN = 0.1
"""Metres that a full weight of MediaPipe's own is worth, as if a point said it."""
SETTINGS = SolveSettings(smoothness=0.5)
RESTING = 0.3
"""Share of the frames, those with the smallest opening, whose median is the face at rest."""


def on_the_head(film: Film) -> FloatArray:
    """[frames, 478, 3] metres: the film's points turned onto the default head's; NaN for no face."""
    target = _rest()[list(SKULL)].astype(np.float64)
    pixels = film.pixels().astype(np.float64)
    placed = np.full(pixels.shape, np.nan, np.float32)
    for frame in np.flatnonzero(np.isfinite(pixels).all(axis=(1, 2))):
        placed[frame] = _placed(pixels[frame], target)
    return placed


def refitted(film: Film, refit: str = "mouth") -> FloatArray:
    """[frames, 52] in the order of ARKIT_NAMES; NaN where there is no face.

    refit  one of REFITS: which channels are solved; the others are MediaPipe's own
    """
    own = _in_order(film)
    names, usable = REFITS[refit], film.usable
    if not names or not usable.any():
        return own
    points = on_the_head(film)[usable]
    solved = [ARKIT_NAMES.index(name) for name in names]
    kept = own[usable]
    said = {name: kept[:, ARKIT_NAMES.index(name)].copy() for name in names if name not in DEAD}
    kept[:, solved] = 0
    resting = _resting(points)
    explained = np.einsum("fc,cpk->fpk", kept - np.median(kept[resting], axis=0), _shapes())
    moved = points - np.median(points[resting], axis=0) - explained + _rest()
    own[np.ix_(np.flatnonzero(usable), np.array(solved))] = solve_channels(moved, names, said)
    return own


def solve_channels(
    points: FloatArray, names: Sequence[str], said: Mapping[str, FloatArray] | None = None
) -> FloatArray:
    """[frames, channels] weights of some of the head's channels, of its points [frames, 478, 3].

    said  {channel: [frames]} weights that channels should stay near; a point of its own stands for each
    """
    said = said or {}
    rest, extra = _rest(), np.zeros((len(said), 3), np.float32)
    wanted = np.zeros((len(points), len(said), 3), np.float32)
    targets = {}
    for name in names:
        apart = extra.copy()
        if name in said:
            place = list(said).index(name)
            apart[place, 0], wanted[:, place, 0] = OWN, OWN * said[name]
        shape = np.concatenate([_shapes()[ARKIT_NAMES.index(name)], apart])
        targets[name] = MorphTarget(np.arange(len(shape), dtype=np.int32), shape)
    face = np.concatenate([rest, extra])
    mesh = Mesh(face, np.zeros((0, 3), np.int32), np.full_like(face, 0.5), targets)
    rig = Rig(tuple(Channel(name) for name in names), mesh)
    importance = np.concatenate([_importance(bool(said)), np.ones(len(said), np.float32)])
    seen = np.concatenate([points, wanted], axis=1)
    return solve_weights(rig, seen, importance=importance, settings=SETTINGS).weights


def _resting(points: FloatArray) -> npt.NDArray[np.int64]:
    """The frames in which the lips are nearest."""
    gap = np.linalg.norm(points[:, OPENING[0]] - points[:, OPENING[1]], axis=1)
    return np.argsort(gap, kind="stable")[: max(1, round(RESTING * len(gap)))]


def _placed(points: Array, target: Array) -> Array:
    """Points turned, scaled and moved so that those of the skull lie on the target's (Umeyama 1991)."""
    skull = points[list(SKULL)]
    middle, wanted = skull.mean(axis=0), target.mean(axis=0)
    left, sizes, right = np.linalg.svd((target - wanted).T @ (skull - middle))
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = (left * sign) @ right
    scale = (sizes * sign).sum() / np.square(skull - middle).sum()
    return np.asarray(scale * (points - middle) @ turn.T + wanted)


def _in_order(film: Film) -> FloatArray:
    """MediaPipe's weights in the order of ARKIT_NAMES; 0 for what it has not (tongueOut)."""
    weights = np.where(np.isfinite(film.weights[:, :1]), 0.0, np.nan).repeat(len(ARKIT_NAMES), axis=1)
    for column, name in enumerate(film.names):
        if name in ARKIT_NAMES:
            weights[:, ARKIT_NAMES.index(name)] = film.weights[:, column]
    return weights.astype(np.float32)


@lru_cache(maxsize=1)
def _rest() -> FloatArray:
    """[478, 3] the head's own points at rest."""
    head = default_head()
    return anchor_positions(head, np.zeros((1, len(head.names)), np.float32), LAYOUT)[0]


@lru_cache(maxsize=1)
def _shapes() -> FloatArray:
    """[52, 478, 3] how far each channel moves each point."""
    head = default_head()
    shapes: FloatArray = anchor_positions(head, np.eye(len(head.names), dtype=np.float32), LAYOUT) - _rest()
    return shapes


def _importance(lips: bool) -> FloatArray:
    """[478] depth is guessed and the outline slides, so points about the mouth count most.

    lips  whether those of LIPS count more still, as they may where other channels are held near what was said
    """
    points = _rest()
    mouth = (points[61] + points[291]) / 2
    near = np.exp(-np.square(np.linalg.norm(points - mouth, axis=1) / 0.04))
    if lips:
        near[list(LIPS)] += LIPS_COUNT
    return (0.2 + near).astype(np.float32)
