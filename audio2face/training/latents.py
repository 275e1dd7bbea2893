"""What training learned of each take's mood: one latent vector every half second of a take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from audio2face.errors import TrainingError
from audio2face.teacher import EMOTIONS
from rigs.arrays import FloatArray, lock

FIELDS = ("knots", "spans", "moods")
PREFIX = "latent_"
"""Of their names in a file of weights."""
HEARD = 1.25
"""A take's span has room for variants this much slower, and two knots more; see `trainer.count_knots`."""


@dataclass(frozen=True, eq=False)
class Latents:
    """The latents of all takes. Raises TrainingError for arrays that do not fit each other.

    knots  [knots, width] latent vectors; row 0 belongs to no take
    spans  [takes, 2] first knot of each take, and how many it has
    moods  [takes, 6] strengths of EMOTIONS without neutral in which each take was really performed
    """

    knots: FloatArray
    spans: npt.NDArray[np.int64]
    moods: FloatArray

    def __post_init__(self) -> None:
        takes = len(self.spans)
        object.__setattr__(self, "knots", lock(self.knots, "knots", (None, None), TrainingError, np.float32))
        moods = lock(self.moods, "moods", (takes, len(EMOTIONS) - 1), TrainingError, np.float32)
        object.__setattr__(self, "moods", moods)
        spans = np.array(self.spans, np.int64).reshape(-1, 2)
        if takes and (spans.min() < 1 or spans.sum(axis=1).max() > len(self.knots)):
            raise TrainingError(f"spans of takes reach beyond the {len(self.knots)} knots")
        spans.setflags(write=False)
        object.__setattr__(self, "spans", spans)

    def means(self) -> FloatArray:
        """[takes, width] the mean over the knots that a take is heard at; the spare ones learn nothing."""
        heard = [max(1, int((count - 2) / HEARD)) for count in self.spans[:, 1]]
        rows = [
            self.knots[first : first + count].mean(axis=0)
            for first, count in zip(self.spans[:, 0], heard, strict=True)
        ]
        return np.array(rows, np.float32).reshape(len(rows), self.knots.shape[1])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What a file of weights keeps of them."""
        return {PREFIX + name: getattr(self, name) for name in FIELDS}


def read_latents(file: Path) -> Latents | None:
    """The latents in a file of weights; None in one of a run that kept none.

    Raises TrainingError when the file is something else.
    """
    try:
        with np.load(file, allow_pickle=False) as data:
            if PREFIX + FIELDS[0] not in data.files:
                return None
            return Latents(*(data[PREFIX + name] for name in FIELDS))
    except (OSError, ValueError, LookupError, BadZipFile) as error:
        raise TrainingError(f"{file} holds no latents that can be read ({error!r})") from error
