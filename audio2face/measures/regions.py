"""The parts of a face that vertices are compared in: its lips, and what is above the mouth.

FLAME's come with the programs on VOCASET, as lists of vertex numbers (`lve.txt`, `fdd.txt`), or from its
makers, as a table of all regions (`FLAME_masks.pkl`); none is shipped here. Those of MediaPipe's 478 points
are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio2face.dataset.arrays import load_array
from audio2face.dataset.unpickle import load_pickle
from audio2face.errors import OptionError
from audio2face.measures.vertices import Array

LARGEST = 16 << 20
"""Bytes of a file of vertex numbers."""
LIPS, UPPER = "lve.txt", "fdd.txt"
"""Names of the two lists, in the dataset's folder or its folder `regions`."""
MASKS = "FLAME_masks.pkl"
OF_MASKS = {"lips": ("lips",), "upper": ("forehead", "eye_region")}
"""Which regions of FLAME_masks.pkl are which here."""

LANDMARKS = 478
MOUTH = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415),
)
"""MediaPipe's lips, outer and inner ring (FACEMESH_LIPS)."""
BROWS_AND_LIDS = (
    *(70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    *(33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    *(263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
"""MediaPipe's brows and lids (FACEMESH_LEFT_EYEBROW, FACEMESH_LEFT_EYE, and of the right)."""


@dataclass(frozen=True, eq=False)
class Regions:
    """[vertices] numbers of the lips and of the upper face; None where they are not known.

    landmarks  whether the vertices are MediaPipe's points, so that the mouth can be measured as in films
    """

    lips: Array | None
    upper: Array | None
    landmarks: bool = False

    def check(self, vertices: int) -> None:
        """Raises OptionError when a region is outside of so many vertices."""
        for region in (self.lips, self.upper):
            if region is not None and region.max(initial=0) >= vertices:
                raise OptionError(
                    f"a region names vertex {region.max()}, and the mesh has {vertices} vertices"
                )


def find_regions(folder: Path, vertices: int, lips: Path | None = None, upper: Path | None = None) -> Regions:
    """The regions named, else those that lie in a dataset's folder, else MediaPipe's for its points.

    Raises OptionError for a file that is no list of vertex numbers, UnsafeFileError for a hostile pickle.
    """
    if vertices == LANDMARKS and lips is None and upper is None:
        return Regions(np.unique(MOUTH), np.unique(BROWS_AND_LIDS), True)
    found = []
    for kind, named, name in (("lips", lips, LIPS), ("upper", upper, UPPER)):
        places = (folder / name, folder / "regions" / name, folder / MASKS, folder / "regions" / MASKS)
        file = named or next((place for place in places if place.is_file()), None)
        found.append(None if file is None else read_region(file, kind))
    return Regions(found[0], found[1], vertices == LANDMARKS)


def read_region(path: Path, kind: str = "lips") -> Array:
    """[vertices] numbers of a region: an .npy of whole numbers, or a text with commas, spaces or lines.

    kind  what to take of a FLAME_masks.pkl: "lips" or "upper"

    Raises OptionError, in one line, when it is something else, and UnsafeFileError for a hostile pickle.
    """
    try:
        if path.suffix.lower() == ".pkl":
            numbers = _of_masks(path, kind)
        elif path.suffix.lower() == ".npy":
            numbers = np.array(load_array(path))
        elif path.stat().st_size > LARGEST:
            raise OptionError(f"{path} has {path.stat().st_size} bytes; expected a list of vertex numbers")
        else:
            words = [word for word in re.split(r"[,\s]+", path.read_text(encoding="utf-8")) if word]
            numbers = np.array([int(word) for word in words])
    except (OSError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise OptionError(f"{path} is no list of vertex numbers: {str(error)[:80]}") from error
    if numbers.ndim != 1 or not len(numbers) or numbers.dtype.kind not in "iu" or numbers.min() < 0:
        raise OptionError(f"{path} holds {numbers.dtype} of shape {numbers.shape}; expected vertex numbers")
    return np.unique(numbers.astype(np.int64))


def _of_masks(path: Path, kind: str) -> Array:
    """The vertices of the regions of a table {region: vertex numbers}."""
    found = load_pickle(path)
    names = OF_MASKS[kind]
    table = {str(_text(key)): value for key, value in found.items()} if isinstance(found, dict) else {}
    missing = [name for name in names if name not in table]
    if missing:
        known = ", ".join(sorted(table)[:6]) or "none"
        raise OptionError(f"{path} has no region {missing[0]}; it has {known}")
    return np.concatenate([np.asarray(table[name]).ravel() for name in names])


def _text(value: object) -> object:
    return value.decode("latin1") if isinstance(value, bytes) else value
