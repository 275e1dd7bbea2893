"""An emotion vector, tried out beside the face that the teacher makes in that emotion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio2face.measures.closure import Closure
from audio2face.networks.network import FaceNetwork
from audio2face.training.grouping import unit
from audio2face.training.scenes import Scenes, show, taught
from rigs.arrays import FloatArray

STRENGTHS = (0.3, 1.0)
"""At which a vector is judged."""
SHORTEST, LONGEST, LENGTHS = 0.3, 60.0, 16
"""Lengths of vectors to try, and how many between."""


@dataclass(frozen=True, eq=False)
class Trial:
    """How a vector does on scenes.

    error     of what it shows against what the teacher does, at STRENGTHS, as a share of the latter
    likeness  cosine of the two at full strength;  share  how much of the teacher's face it shows there
    swing     of the lips at full strength against no vector;  closure  there
    """

    vector: FloatArray
    error: float
    likeness: float
    share: float
    swing: float
    closure: Closure


def attempt(name: str, vector: FloatArray, network: FaceNetwork, scenes: Scenes) -> Trial:
    """Plays a vector at STRENGTHS beside the teacher's face in that emotion."""
    shown = show(network, scenes, np.stack([strength * vector for strength in STRENGTHS]))
    wanted = np.stack([taught(scenes, {name: strength}) for strength in STRENGTHS])
    missed = np.linalg.norm(shown.offsets - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
    return Trial(
        vector=vector,
        error=float(missed.mean()),
        likeness=float(unit(shown.offsets[-1]) @ unit(wanted[-1])),
        share=float(shown.offsets[-1] @ wanted[-1] / (wanted[-1] @ wanted[-1])),
        swing=float(shown.swing[-1]),
        closure=shown.closure[-1],
    )


def at_full(direction: FloatArray, face: FloatArray, network: FaceNetwork, scenes: Scenes) -> FloatArray:
    """The direction [width] made so long that it shows all of a face [52].

    One that never shows it all, because a channel is at its limit, is made as long as shows most.
    """
    lengths = np.geomspace(SHORTEST, LONGEST, LENGTHS)
    for _ in range(2):
        offsets = show(network, scenes, np.outer(lengths, direction).astype(np.float32)).offsets
        shares = offsets @ face / (face @ face)
        enough = int(np.argmax(shares >= 1.0 if (shares >= 1.0).any() else shares))
        found = lengths[enough]
        lengths = np.linspace(lengths[max(0, enough - 1)], found, LENGTHS)
    return (found * direction).astype(np.float32)
