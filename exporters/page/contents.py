"""What a page holds beside the clip and the rig."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError
from rigs import AnimationClip

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class PageSound:
    """Sound as the browser gets it.

    kind  its MIME type, such as audio/ogg
    data  the whole file
    """

    kind: str
    data: bytes


@dataclass(frozen=True, eq=False)
class Strip:
    """The picture of a sound, a column at a time.

    rate      columns a second
    wave      [columns] uint8, the largest sample, 255 is full scale
    bands     [columns, bands] uint8, loudness from low to high pitch, 0 is silence
    formants  [columns, peaks] uint8, where the envelope peaks, 1 at the lowest pitch and 255 at the highest;
              0 where there is no peak

    Raises FormatError when the three do not have the same number of columns.
    """

    rate: float
    wave: Bytes
    bands: Bytes
    formants: Bytes

    def __post_init__(self) -> None:
        arrays: tuple[Any, ...] = (self.wave, self.bands, self.formants)
        if len({len(array) for array in arrays}) != 1:
            sizes = ", ".join(str(len(array)) for array in arrays)
            raise FormatError(f"the columns of a strip differ: {sizes}; expected the same number")


@dataclass(frozen=True, eq=False)
class Mood:
    """The same words under an emotion at full strength.

    name   what the page calls it
    clip   as many frames, of the same channels, as the page's clip
    asked  whether it is what was asked for, so that the page begins with it
    """

    name: str
    clip: AnimationClip
    asked: bool = False
