"""How well motion follows that of another rig, exported with its sound: the jaw, and all equal channels."""

from __future__ import annotations

import numpy as np

from audio2face.measures.tracking import Array, at_rate, best_correlation
from rigs import AnimationClip

JAWS = ("jawOpen", "mouth_stretch_c")
"""What rigs call the channel that opens the jaw: ARKit, and FACEGOOD's rig."""
ALIVE = 0.02
"""Standard deviation of weights from which a channel counts as live."""


def jaw_r(clip: AnimationClip, captured: AnimationClip) -> float:
    """Correlation of the jaws at 100 Hz and the best lag within ±200 ms; NaN where a rig has none."""
    found = jaws(clip, captured)
    return best_correlation(*found) if found else float("nan")


def jaws(clip: AnimationClip, captured: AnimationClip) -> tuple[Array, Array] | None:
    """The jaw of each [frames] at 100 Hz; None where a rig has none."""
    mine, its = _jaw(clip), _jaw(captured)
    return (mine, its) if mine is not None and its is not None else None


def channels_r(clip: AnimationClip, captured: AnimationClip) -> float:
    """Mean correlation of the channels that both have and that live in the captured motion; NaN for none.

    A channel that lies still in `clip` counts as 0.
    """
    found = list(channel_rs(clip, captured).values())
    return float(np.mean(found)) if found else float("nan")


def channel_rs(clip: AnimationClip, captured: AnimationClip) -> dict[str, float]:
    """{channel that both have and that lives in the captured motion: correlation, 0 where `clip` is still}"""
    live = [
        name
        for name, spread in zip(captured.names, captured.weights.std(axis=0), strict=True)
        if spread >= ALIVE and name in clip.names
    ]
    found = {name: best_correlation(_series(clip, name), _series(captured, name)) for name in live}
    return {name: float(np.nan_to_num(r)) for name, r in found.items()}


def _jaw(clip: AnimationClip) -> Array | None:
    name = next((name for name in JAWS if name in clip.names), None)
    return _series(clip, name) if name else None


def _series(clip: AnimationClip, name: str) -> Array:
    return at_rate(clip.channel(name), clip.fps)
