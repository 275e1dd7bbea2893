"""What speech is like: figures measured on recordings by scripts/make_speech_statistics.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).with_name("speech.json")

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SpeechStatistics:
    """Linear discriminants of kinds of sound, and how lines of speech vary.

    weights, offsets  [features, kinds] and [kinds]; see `letters`
    mean, spread      [figures] of `sound.profile` over lines
    halves            [figures] by how much two parts of one speaker's line differ; see `sound.voices`
    """

    weights: Array
    offsets: Array
    mean: Array
    spread: Array
    halves: Array


@lru_cache(maxsize=1)
def speech_statistics() -> SpeechStatistics:
    """As they ship."""
    table = json.loads(FILE.read_text(encoding="utf-8"))
    return SpeechStatistics(**{name: np.array(values) for name, values in table.items() if name != "about"})
