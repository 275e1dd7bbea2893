"""Do the lips open as far as those of the filmed speaker? Ratio of standard deviations, in the same units.

Tracked opening is relative to the distance of the eyes' outer corners, so the head's lip gap is divided by
that of the head. Lips that are pressed count as closed: a camera sees no more.
"""

from __future__ import annotations

import numpy as np

from audio2face.measures.tracking import Array
from rigs import AnimationClip
from rigs.lips import lip_gap

EYE_CORNERS = 83.4
"""mm between the outer corners of the default head's eyes, where the lids' margins meet (x = ±41.7 mm)."""


def relative_opening(clip: AnimationClip) -> Array:
    """[frames] lip gap over the distance of the eyes' outer corners, not below 0."""
    return np.maximum(lip_gap(clip.weights, clip.names).astype(np.float64), 0.0) / EYE_CORNERS


def variances(motion: Array, reference: Array) -> tuple[float, float]:
    """Variance of each over the time that both last; the root of their ratio is the amplitude."""
    length = min(len(motion), len(reference))
    return float(np.var(motion[:length])), float(np.var(reference[:length]))
