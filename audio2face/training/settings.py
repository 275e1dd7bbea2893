"""What can be set about a training run, with the values the shipped bundles were made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audio2face.errors import TrainingError
from audio2face.features import FRONT_ENDS

NETWORKS = ("articulation", "gru", "full")
"""Formant analysis and dilated convolutions; convolutions and a gated recurrent unit; the first of the two
with the widths of Karras et al., SIGGRAPH 2017, and half a second of past."""
ALIASES = {"formant": "articulation"}
"""Earlier names of networks."""
WIDTHS: dict[str, dict[str, Any]] = {
    "full": {"width": 256, "maps": (72, 108, 162, 243, 256), "dilations": (1, 2, 4, 8, 16)}
}
"""What a network of this name is like, whatever else is set."""


@dataclass(frozen=True)
class Settings:
    """One training run. Raises TrainingError for values that cannot work.

    front_end    what the network hears, one of FRONT_ENDS
    look_ahead   frames of 1/120 s that the network hears beyond the frame it answers for, before it is
                 made steady (networks.steady), which takes DELAY frames more
    variants     how many differently altered copies of the sound are learned from
    epochs       passes over the takes
    clips        crops in a batch
    rate         peak learning rate, after a warm-up and before a cosine decay
    network      architecture, one of NETWORKS; maps and dilations are those of
                 articulation, units those of gru; "formant" is the earlier name of articulation
    """

    front_end: str = "lpc+mel"
    look_ahead: int = 29
    width: int = 96
    maps: tuple[int, ...] = (24, 32, 48, 64, 96)
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1, 2, 4, 8)
    components: int = 20
    dropout: float = 0.1
    variants: int = 6
    epochs: int = 24
    clips: int = 12
    rate: float = 2e-3
    seed: int = 7
    network: str = "articulation"
    units: int = 224

    def __post_init__(self) -> None:
        if self.front_end not in FRONT_ENDS:
            raise TrainingError(f"front end {self.front_end!r}; known are {', '.join(FRONT_ENDS)}")
        object.__setattr__(self, "network", ALIASES.get(self.network, self.network))
        for name, value in WIDTHS.get(self.network, {}).items():
            object.__setattr__(self, name, value)
        if self.network not in NETWORKS:
            raise TrainingError(f"network {self.network!r}; known are {', '.join(NETWORKS)}")
        for name in ("epochs", "clips", "variants", "width", "units"):
            if getattr(self, name) < 1:
                raise TrainingError(f"{name} is {getattr(self, name)}; expected 1 or more")
        if not 0 <= self.look_ahead <= 120:
            raise TrainingError(f"look-ahead is {self.look_ahead} frames; expected 0 to 120 (one second)")
