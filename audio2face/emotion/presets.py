"""Names for strengths and for mixes, so that nobody needs to remember numbers."""

from __future__ import annotations

from collections.abc import Mapping

INTENSITIES: Mapping[str, float] = {"soft": 0.35, "medium": 0.65, "strong": 1.0}
"""Of `joy:soft` and the like."""

PRESETS: Mapping[str, Mapping[str, float]] = {
    "amazed": {"surprise": 0.7, "joy": 0.3},
    "bitter": {"anger": 0.4, "disgust": 0.4},
    "bored": {"sadness": 0.3},
    "excited": {"joy": 0.8, "surprise": 0.25},
    "worried": {"fear": 0.35, "sadness": 0.35},
}
"""Mixes by name."""


def mixed(mix: Mapping[str, float]) -> str:
    """{"joy": 0.6, "fear": 0.2} → joy=0.6,fear=0.2."""
    return ",".join(f"{name}={strength:g}" for name, strength in mix.items())
