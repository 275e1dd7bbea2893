"""How well motion follows that of another rig, exported with its sound: the jaw, and all equal channels."""

from __future__ import annotations

import numpy as np

from audio2face.measures.tracking import Array, at_rate, best_correlation
from rigs import AnimationClip
from rigs.arrays import FloatArray

JAWS = ("jawopen", "mouthstretchc", "jawdrop", "jawdown", "aiopenjaw")
"""What rigs call the channel that opens the jaw, letters only: ARKit, FACEGOOD's rig, others."""
ALIVE = 0.02
"""Standard deviation of weights from which a channel counts as live."""


def least_alive(spreads: Array | FloatArray) -> float:
    """ALIVE; a tenth of the largest for a rig in smaller units, none of whose channels reaches twice that."""
    largest = float(np.max(spreads, initial=0.0))
    return ALIVE if largest >= 2 * ALIVE else 0.1 * largest


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
    spreads = captured.weights.std(axis=0)
    least = max(least_alive(spreads), 1e-9)
    live = [
        name
        for name, spread in zip(captured.names, spreads, strict=True)
        if spread >= least and name in clip.names
    ]
    found = {name: best_correlation(_series(clip, name), _series(captured, name)) for name in live}
    return {name: float(np.nan_to_num(r)) for name, r in found.items()}


def _jaw(clip: AnimationClip) -> Array | None:
    plain = {name: "".join(filter(str.isalpha, name.lower())) for name in clip.names}
    name = next((name for jaw in JAWS for name in plain if plain[name].endswith(jaw)), None)
    return _series(clip, name) if name else None


def _series(clip: AnimationClip, name: str) -> Array:
    return at_rate(clip.channel(name), clip.fps)
