"""Which poses are worth a picture: moments of a clip, shapes of a rig."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from rigs.arkit import MOUTH_NAMES
from rigs.clip import AnimationClip
from rigs.lips import lip_gap
from rigs.rig import Rig


def telling_times(clip: AnimationClip, count: int = 8) -> list[float]:
    """Seconds of the frames worth showing: lips closed and lips open in turn, in the order of time."""
    gap = lip_gap(clip.weights, clip.names)
    mouth = [place for place, name in enumerate(clip.names) if name in MOUTH_NAMES]
    moving = np.flatnonzero(np.abs(clip.weights[:, mouth]).sum(1) > 1e-3)
    first, last = (moving[0], moving[-1] + 1) if len(moving) else (0, clip.frames)
    edges = np.linspace(first, max(last, first + count), count + 1).astype(int)
    pick = (np.argmin, np.argmax)
    return [
        float(start + pick[number % 2](gap[start:end])) / clip.fps
        for number, (start, end) in enumerate(pairwise(edges))
        if start < clip.frames
    ]


def shape_poses(rig: Rig) -> dict[str, dict[str, float]]:
    """{label: weights}: the rig at rest, then every shape that its mesh has, at full strength.

    ARKit's mouthClose only makes sense on an open jaw, and is shown so.
    """
    shapes = () if rig.mesh is None else tuple(name for name in rig.names if name in rig.mesh.targets)
    poses: dict[str, dict[str, float]] = {"rest": {}}
    for name in shapes:
        if name == "mouthClose" and "jawOpen" in shapes:
            poses["mouthClose, jawOpen"] = {name: 1.0, "jawOpen": 1.0}
        else:
            poses[name] = {name: 1.0}
    return poses
