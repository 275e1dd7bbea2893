"""Which channels are the upper face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rigs import ARKIT_NAMES
from rigs.arkit import MOUTH_NAMES

_STEMS = ("brow", "eye", "lid", "blink", "squint", "nose", "sneer", "forehead")
"""Parts of names that other rigs give to channels of the upper face."""


def is_upper(names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """[channels] true for brows, eyes, cheeks that squint, and nose; all else is the lower face.

    Of ARKit's channels it is known; of others their names are looked at.
    """
    return np.array([_upper(name) for name in names], bool)


def _upper(name: str) -> bool:
    if name in ARKIT_NAMES:
        return name not in MOUTH_NAMES
    return any(stem in name.lower() for stem in _STEMS)
