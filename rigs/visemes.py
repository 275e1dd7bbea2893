"""The 15 visemes of Oculus Lipsync as ARKit weights, fitted to the default head.

Names and order: Meta, "Viseme Reference", Oculus Lipsync. Starting points from common
practice; then refined until the lips seal (PP), the lower lip meets the upper teeth (FF), and the tongue
shows between the teeth (TH).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VISEME_NAMES: tuple[str, ...] = (
    *("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR"),
    *("aa", "E", "I", "O", "U"),
)
"""In the order of Oculus Lipsync: silence, ten consonants, five vowels."""

_PAIRS = ("mouthPress", "mouthStretch", "mouthLowerDown", "mouthUpperUp", "mouthSmile")
"""Written once below, meant for left and right."""

_SHORT: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {
        **{"jawOpen": 0.06, "mouthClose": 0.08, "mouthPress": 0.35},
        **{"mouthRollLower": 0.25, "mouthRollUpper": 0.25},
    },
    "FF": {"mouthRollLower": 0.7, "jawOpen": 0.06, "mouthUpperUp": 0.5},
    "TH": {"tongueOut": 0.52, "jawOpen": 0.17, "mouthLowerDown": 0.15, "mouthUpperUp": 0.1},
    "DD": {"jawOpen": 0.2, "mouthLowerDown": 0.12},
    "kk": {"jawOpen": 0.25, "mouthUpperUp": 0.1},
    "CH": {"mouthFunnel": 0.45, "mouthPucker": 0.25, "jawOpen": 0.08},
    "SS": {"mouthStretch": 0.35, "jawOpen": 0.05, "mouthLowerDown": 0.3, "mouthUpperUp": 0.15},
    "nn": {"jawOpen": 0.12, "mouthUpperUp": 0.1, "mouthLowerDown": 0.1},
    "RR": {"mouthFunnel": 0.35, "mouthPucker": 0.3, "jawOpen": 0.12},
    "aa": {"jawOpen": 0.58, "mouthLowerDown": 0.3, "mouthUpperUp": 0.15},
    "E": {"jawOpen": 0.28, "mouthStretch": 0.4, "mouthUpperUp": 0.1},
    "I": {"jawOpen": 0.14, "mouthStretch": 0.4, "mouthSmile": 0.15, "mouthLowerDown": 0.2},
    "O": {"jawOpen": 0.3, "mouthFunnel": 0.6, "mouthPucker": 0.15},
    "U": {"jawOpen": 0.12, "mouthPucker": 0.75, "mouthFunnel": 0.3},
}


def _both_sides(short: dict[str, float]) -> Mapping[str, float]:
    full = {}
    for name, weight in short.items():
        sides = ("Left", "Right") if name in _PAIRS else ("",)
        full.update({name + side: weight for side in sides})
    return MappingProxyType(full)


VISEMES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {name: _both_sides(_SHORT[name]) for name in VISEME_NAMES}
)
"""{viseme: {ARKit channel: weight}}; channels not named are 0."""
