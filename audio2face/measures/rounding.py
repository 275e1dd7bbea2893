"""Are the lips rounder on u, o, w and sh than on other sounds?

Roundness is mouthPucker + mouthFunnel at a phone's middle. How well it tells rounded sounds from the others
is the area under the ROC curve (`statistics.auc`): the chance that a rounded sound is rounder than another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from audio2face.measures.phones import HALF_ROUND
from audio2face.teacher import ROUNDED, Segment
from audio2face.teacher.phones import SILENCE
from rigs import AnimationClip

Array = npt.NDArray[np.float64]
CHANNELS = ("mouthPucker", "mouthFunnel")


def rounding(clip: AnimationClip, phones: Sequence[Segment]) -> Array:
    """[phones, 2] roundness, and 1 for a rounded sound or 0 for another; silence is left out."""
    return _scored(clip, [phone for phone in phones if phone.label != SILENCE])


def clear_rounding(clip: AnimationClip, phones: Sequence[Segment]) -> Array:
    """The same without sounds that many people round as well (ao oy uh aw r er ch jh zh)."""
    return _scored(clip, [p for p in phones if p.label != SILENCE and p.label not in HALF_ROUND])


def roundness(clip: AnimationClip) -> Array:
    """[frames] mouthPucker + mouthFunnel; 0 where the rig has neither."""
    columns = [clip.names.index(name) for name in CHANNELS if name in clip.names]
    return np.asarray(clip.weights[:, columns].sum(axis=1), np.float64)


def _scored(clip: AnimationClip, phones: Sequence[Segment]) -> Array:
    middles = [(phone.start + phone.end) / 2 for phone in phones]
    found = np.interp(middles, clip.times, roundness(clip))
    return np.stack([found, [phone.label in ROUNDED for phone in phones]], axis=1)
