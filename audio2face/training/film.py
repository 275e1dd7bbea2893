"""Film of a speaker → what the lips did beyond what the teacher makes of the phones.

A film knows two distances of the lips. The teacher's motion is bent until it has the same, so that a filmed
take teaches its own style with all channels still in play.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.corpus import Take
from audio2face.errors import TrainingError
from audio2face.features import FRAME_RATE
from audio2face.measures.amplitude import EYE_CORNERS
from audio2face.measures.tracking import Tracked, read_tracked
from audio2face.teacher import Script, perform
from rigs import ARKIT_NAMES
from rigs.arrays import FloatArray
from rigs.contacts import parting
from rigs.lips import lip_gap_row, mouth_width_row

Array = npt.NDArray[np.float64]

AROUND = 0.15
"""Seconds around speech in which lips are not yet, or no longer, at rest."""
WIDEST_GAP = 16.0
"""mm; what a tracker says beyond is not believed."""
ROUNDING_KEPT = 0.4
"""Share of the teacher's rounding that stays when the film shows wider lips: width alone cannot tell."""

_ROUNDED = np.array([name in ("mouthPucker", "mouthFunnel") for name in ARKIT_NAMES])
_OPENERS = np.array([name.startswith(("jawOpen", "mouthLowerDown", "mouthUpperUp")) for name in ARKIT_NAMES])


def filmed_lips(take: Take) -> FloatArray | None:
    """[film frames, 2] mm of lip gap and of width against rest, at the film's rate; None without a film.

    Raises TrainingError when the film cannot be read or has no such clip.
    """
    if take.film is None:
        return None
    seen = _read(take.film).get(take.name)
    if seen is None:
        raise TrainingError(f"{take.film} holds no landmarks of {take.name}")
    lips = np.stack([seen.opening, seen.width], axis=1) * EYE_CORNERS
    return _smooth(lips - np.median(lips[_resting(take, seen)], axis=0)).astype(np.float32)


def film_rate(take: Take) -> float:
    """Frames a second of a take's film."""
    assert take.film is not None
    return _read(take.film)[take.name].fps


def at_clock(lips: FloatArray, fps: float, frames: int, stretch: float = 1.0) -> FloatArray:
    """[frames, 2] lips at the 120 Hz clock of sound that was stretched in time."""
    times = np.arange(frames) / FRAME_RATE / stretch
    known = np.arange(len(lips)) / fps
    columns = [np.interp(times, known, column) for column in lips.T]
    return np.stack(columns, axis=1).astype(np.float32)


def beyond_phones(lines: Script, lips: FloatArray) -> FloatArray:
    """[frames, 52] what must be added to the teacher's neutral motion to move as the film [frames, 2] mm."""
    taught = perform(lines).free.astype(np.float64)
    wide = _widened(taught, lips[:, 1].clip(-8.0, 6.0))
    bent = _opened(wide, lips[:, 0].clip(0.0, WIDEST_GAP))
    return ((bent - taught) * lines.active[:, None]).astype(np.float32)


def _widened(weights: Array, width: npt.ArrayLike) -> Array:
    """Less rounding and more stretch where the film is wider, more rounding where it is narrower."""
    row = mouth_width_row(ARKIT_NAMES).astype(np.float64)
    missing = np.asarray(width, np.float64) - weights @ row
    rounded = weights * _ROUNDED
    narrowing = -(rounded @ row)
    share = np.divide(missing.clip(0.0), narrowing, out=np.zeros_like(missing), where=narrowing > 1e-3)
    bent = weights - rounded * share.clip(0.0, 1.0 - ROUNDING_KEPT)[:, None]
    missing = np.asarray(width, np.float64) - bent @ row
    bent = bent + missing.clip(0.0)[:, None] * _per_mm({"mouthStretch": 1.0, "mouthSmile": 0.3}, row)
    bent = bent + missing.clip(None, 0.0)[:, None] * _per_mm({"mouthPucker": 0.6, "mouthFunnel": 0.4}, row)
    return bent.clip(0.0, 1.0)


def _opened(weights: Array, gap: npt.ArrayLike) -> Array:
    """Each opener moved by the share that it has in the teacher's own opening."""
    row = lip_gap_row(ARKIT_NAMES).astype(np.float64)
    missing = np.asarray(gap, np.float64) - weights @ row
    shape = weights * _OPENERS + parting()
    return (weights + (missing / (shape @ row))[:, None] * shape).clip(0.0, 1.0)


def _per_mm(stems: dict[str, float], row: Array) -> Array:
    """[52] channels that begin with these stems, so much of each, scaled to one mm of `row`."""
    shape = np.array([sum(v for stem, v in stems.items() if name.startswith(stem)) for name in ARKIT_NAMES])
    return shape / (shape @ row)


def _resting(take: Take, seen: Tracked) -> npt.NDArray[np.bool_]:
    """[film frames] where nobody speaks; everywhere, if somebody always does."""
    times = np.arange(len(seen.opening)) / seen.fps
    resting = np.ones(len(times), bool)
    for phone in take.phones:
        if phone.label != "SIL":
            resting &= (times < phone.start - AROUND) | (times > phone.end + AROUND)
    return resting if resting.any() else ~resting


def _smooth(lips: Array) -> Array:
    """A light low pass: a tracker trembles by about half a millimetre."""
    padded = np.pad(lips, ((1, 1), (0, 0)), mode="edge")
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]


@lru_cache(maxsize=4)
def _read(file: Path) -> dict[str, Tracked]:
    return read_tracked(file)
