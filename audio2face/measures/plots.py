"""Writes pictures of how a face follows speech; needs matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.measures.amplitude import EYE_CORNERS, relative_opening
from audio2face.measures.pictures import closures, curves, free, scatter
from audio2face.measures.recordings import Recording
from audio2face.measures.rig_motion import jaws
from audio2face.measures.score import perform
from audio2face.measures.statistics import Array
from audio2face.measures.tracking import at_rate
from audio2face.models import Model
from exporters.beside import beside
from rigs import AnimationClip

SHOWN = 4
"""Recordings in a picture, one of each speaker where there are so many."""
SCATTERED = 40
"""Recordings in a scatter plot."""


def draw(
    stem: Path, recordings: Sequence[Recording], network: Model, emotion: Mapping[str, float] | None = None
) -> list[Path]:
    """Writes stem-curves.png, -closures.png and -scatter.png, as far as the recordings allow.

    Raises FormatError when a file cannot be written.
    """
    played = [(one, perform(one, network, emotion)) for one in of_each_speaker(recordings, SHOWN)]
    files = [_save(curves(played), stem, "curves")]
    spoken = [(one, clips) for one, clips in played if one.phones]
    if spoken:
        files.append(_save(closures(spoken), stem, "closures"))
    if any(one.seen or one.rig for one in recordings):
        many = spread(recordings, SCATTERED)
        pairs = [captured(one, perform(one, network, emotion)["model"]) for one in many]
        known = [pair for pair in pairs if pair]
        files += [_save(scatter(known, many[0].rig is not None), stem, "scatter")] if known else []
    return files


def of_each_speaker(recordings: Sequence[Recording], count: int) -> list[Recording]:
    """So many recordings, one of each of as many speakers; of a single speaker, evenly from all."""
    firsts: dict[str, Recording] = {}
    for one in recordings:
        firsts.setdefault(one.speaker, one)
    return spread(list(firsts.values()) if len(firsts) > 1 else recordings, count)


def spread(recordings: Sequence[Recording], count: int) -> list[Recording]:
    """So many recordings, evenly from all."""
    places = np.linspace(0, len(recordings) - 1, min(count, len(recordings))).round().astype(int)
    return [recordings[place] for place in places]


def captured(recording: Recording, clip: AnimationClip) -> tuple[Array, Array] | None:
    """Predicted and captured motion [frames] at 100 Hz: lip opening in mm on the head, or jaw weights.

    None where there is nothing to compare.
    """
    if recording.seen:
        shown = at_rate(relative_opening(clip), clip.fps) * EYE_CORNERS
        filmed = at_rate(recording.seen.opening, recording.seen.fps) * EYE_CORNERS
    elif recording.rig and (pair := jaws(clip, recording.rig)):
        shown, filmed = pair
    else:
        return None
    length = min(len(shown), len(filmed))
    return shown[:length], filmed[:length]


def _save(figure: Any, stem: Path, what: str) -> Path:
    path = stem.with_name(f"{stem.name}-{what}.png")
    with beside(path) as file:
        figure.savefig(file, dpi=100)
    free(figure)
    return path
