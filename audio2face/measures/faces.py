"""Takes of vertices, and how near a model that moves vertices comes to them.

Beside the model stand the face at rest, the mean of what the model does, and the captured motion made of the
model's own components: no model of this face can be nearer than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio2face.dataset import Dataset, Face, MotionTake, list_takes, read_dataset
from audio2face.dataset.vertices import Vertices
from audio2face.errors import OptionError
from audio2face.measures import systems
from audio2face.measures.recordings import Recording, read_samples
from audio2face.measures.regions import Regions
from audio2face.measures.score import Evidence, Progress, Scores
from audio2face.measures.tracking import at_rate, best_correlation, mouth_of
from audio2face.measures.vertices import Array, dynamics_deviation, lip_errors
from audio2face.models import LiteRTModel
from rigs import AnimationClip, FaceError, resample_clip

MILLIMETRES = 1000.0
"""Of a metre, which vertices are taken to be in."""


@dataclass(frozen=True, eq=False)
class FaceTake:
    """A take of vertices to score on: its recording, and its vertices, still in their file."""

    recording: Recording
    motion: MotionTake
    known: Vertices


def holds_vertices(folder: Path, work: Path) -> bool:
    """Whether a dataset's takes are vertices."""
    try:
        takes = list_takes([folder], None, work)
    except FaceError:
        return False
    return any(take.is_vertices for take in takes)


def read_faces(folder: Path, face: Face, work: Path, fps: float | None = None) -> list[FaceTake]:
    """The takes of a dataset whose motion is vertices.

    Raises FaceError; RigError when the vertices are not those of the face.
    """
    found = read_dataset([folder], fps, work, face)
    takes = _of_vertices(found)
    if not takes:
        raise OptionError(f"{folder} has no takes of vertices to score on")
    return takes


def score_faces(
    takes: Sequence[FaceTake],
    network: LiteRTModel,
    regions: Regions,
    emotion: Mapping[str, float] | None = None,
    progress: Progress = iter,
) -> Scores:
    """Scores all systems on every take, on the speaker's own face. Raises OptionError."""
    face = network.bundle.face
    assert face is not None
    regions.check(len(face.rest))
    scores = Scores()
    for take in progress(takes):
        captured = np.concatenate(list(take.known.blocks()))
        heard = systems.hear(read_samples(take.recording.audio), network)
        spoken = systems.model(heard, network, emotion)
        for name, shown in _performed(face, take, spoken).items():
            evidence = compare(shown, captured, np.asarray(take.known.template), regions)
            if regions.landmarks:
                evidence |= _mouths(shown, captured, take.motion.motion.fps)
            scores.add(name, take.recording, evidence)
    return scores


def compare(shown: Array, captured: Array, template: Array, regions: Regions) -> Evidence:
    """What can be measured of [frames, vertices, 3] against what was captured; millimetres."""
    frames = min(len(shown), len(captured))
    apart = np.linalg.norm(shown[:frames] - captured[:frames], axis=2)
    found: Evidence = {"vertex error": np.array([MILLIMETRES * apart.mean() * frames, frames])}
    if regions.lips is not None:
        for name, squared in (("lip error", False), ("lip error squared", True)):
            errors = lip_errors(shown, captured, regions.lips, squared) * MILLIMETRES ** (1 + squared)
            found[name] = np.array([errors.sum(), len(errors)])
    if regions.upper is not None:
        for name, squared in (("upper dynamics", False), ("upper dynamics squared", True)):
            value = dynamics_deviation(shown, captured, template, regions.upper, squared)
            found[name] = np.array([value * MILLIMETRES ** (1 + squared)])
    return found


def _of_vertices(found: Dataset) -> list[FaceTake]:
    return [
        FaceTake(
            Recording(take.name, take.audio, take.speaker, take.emotion, split=take.split),
            *(take, found.vertices[take.name]),
        )
        for take in found
        if take.name in found.vertices
    ]


def _performed(face: Face, take: FaceTake, spoken: AnimationClip) -> dict[str, Array]:
    """{system: [frames, vertices, 3]} at the rate and length of what was captured."""
    template, captured = take.known.template, take.motion.motion
    weights = resample_clip(spoken, captured.fps).weights[: captured.frames]
    still = np.tile(np.asarray(template, np.float32), (captured.frames, 1, 1))
    mean = np.tile(weights.mean(axis=0), (captured.frames, 1))
    return {
        "at rest": still,
        "mean pose": face.vertices(mean, template),
        "components": face.vertices(captured.weights, template),
        "model": face.vertices(weights, template),
    }


def _mouths(shown: Array, captured: Array, fps: float) -> Evidence:
    """How well the landmarks' mouth follows that of the film."""
    mine, its = mouth_of(shown, fps), mouth_of(captured, fps)

    def alike(first: Array, second: Array) -> Array:
        return np.array([best_correlation(at_rate(first, fps), at_rate(second, fps))])

    return {"opening r": alike(mine.opening, its.opening), "width r": alike(mine.width, its.width)}
