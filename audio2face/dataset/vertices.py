"""Takes whose motion is vertices → weights of a rig of principal components that they share.

Each speaker's face at rest is taken away first, so that the components are of motion and not of who it is:
a frame becomes the mean face at rest, plus how far its vertices are from the speaker's own. Where that face
is not known, the mean of the speaker's frames stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.dataset.arrays import Array, load_array
from audio2face.dataset.listing import Listed
from audio2face.dataset.motion import Motion, numbered
from audio2face.errors import TrainingError
from audio2face.models.face import Face
from rigs import FaceError, RigError, pca_rig
from rigs.arrays import FloatArray
from rigs.solving.pca import KEEP
from rigs.solving.sequence import as_sequence

SAMPLED = 3000
"""Frames, evenly from those to train on, that the components are of: 180 MB for 5,023 vertices."""
BLOCK = 256
"""Frames that are read at a time."""


@dataclass(frozen=True, eq=False)
class Vertices:
    """The vertices of one take, still in their file.

    source    [rows, vertices, 3], mapped
    rows      [frames] the take's
    template  [vertices, 3] the speaker at rest
    """

    listed: Listed
    source: Array
    rows: Array
    template: Array

    def read(self, frames: Array) -> FloatArray:
        """[frames, vertices, 3] float32 of those frames. Raises TrainingError that names frames with NaN."""
        found = np.asarray(self.source[self.rows[frames]], np.float32)
        wrong = ~np.isfinite(found).all(axis=(1, 2))
        if wrong.any():
            raise TrainingError(
                f"take {self.listed.name}: {self.listed.motion} has NaN in frames {numbered(frames[wrong])}"
            )
        return found

    def blocks(self) -> Iterator[FloatArray]:
        """All frames, [up to BLOCK, vertices, 3] at a time."""
        for first in range(0, len(self.rows), BLOCK):
            yield self.read(np.arange(first, min(first + BLOCK, len(self.rows))))


def open_vertices(takes: Sequence[Listed]) -> tuple[list[Vertices], dict[str, FaceError]]:
    """The takes that are vertices, mapped, and what kept others from being so."""
    found: list[Vertices] = []
    troubles: dict[str, FaceError] = {}
    for take in takes:
        try:
            found.append(_opened(take))
        except FaceError as error:
            troubles[take.name] = error
    return _with_means(found), troubles


def fit_face(
    takes: Sequence[Vertices],
    keep: float = KEEP,
    components: int | None = None,
    triangles: Array | None = None,
) -> Face:
    """A rig of principal components of the takes to train on, or of all where none is for that.

    Raises TrainingError when takes have different numbers of vertices, or do not move.
    """
    counts = {take.source.shape[1]: take.listed.name for take in takes}
    if len(counts) > 1:
        said = ", ".join(f"{name} has {count}" for count, name in sorted(counts.items()))
        raise TrainingError(f"takes have different numbers of vertices: {said}; they need one mesh")
    taught = [take for take in takes if take.listed.split == "train"] or list(takes)
    speakers = {take.listed.speaker: take.template for take in taught}
    rest = np.mean([np.asarray(template) for template in speakers.values()], axis=0).astype(np.float32)
    step = max(1, -(-sum(len(take.rows) for take in taught) // SAMPLED))
    sample = [take.read(np.arange(0, len(take.rows), step)) + (rest - take.template) for take in taught]
    try:
        rig = pca_rig(np.concatenate(sample).astype(np.float32), keep, components, triangles)
    except RigError as error:
        raise TrainingError(f"no rig can be made of the vertices: {error}") from error
    return Face(rig, rest)


def motions_of(face: Face, takes: Sequence[Vertices]) -> tuple[dict[str, Motion], Mapping[str, FaceError]]:
    """Weights of each take, and what kept others from being read."""
    motions: dict[str, Motion] = {}
    troubles: dict[str, FaceError] = {}
    for take in takes:
        try:
            listed = take.listed
            motions[listed.name] = Motion(face.rig.names, weights_of(face, take), listed.fps, listed.stated)
        except FaceError as error:
            troubles[take.listed.name] = error
    return motions, troubles


def weights_of(face: Face, take: Vertices) -> FloatArray:
    """[frames, components] of a take. Raises RigError when it has another number of vertices."""
    return np.concatenate([face.weights(block, take.template) for block in take.blocks()])


def _opened(take: Listed) -> Vertices:
    assert take.motion is not None
    array = load_array(take.motion)
    try:
        source = as_sequence(array)
    except RigError as error:
        raise TrainingError(f"{take.motion}: {error}") from error
    rows = np.arange(len(source)) if take.rows is None else take.rows
    if len(rows) == 0 or rows.min() < 0 or rows.max() >= len(source):
        raise TrainingError(f"take {take.name}: its rows are not among the {len(source)} of {take.motion}")
    template = take.template
    if template is not None and template.shape != source.shape[1:]:
        raise TrainingError(
            f"take {take.name}: its face at rest has {len(template)} vertices, its frames {source.shape[1]}"
        )
    return Vertices(
        take, source, rows, np.zeros(source.shape[1:], np.float32) if template is None else template
    )


def _with_means(takes: Sequence[Vertices]) -> list[Vertices]:
    """The speaker's mean frame for the face at rest, where that is not known."""
    means: dict[tuple[str, int], Array] = {}
    for take in takes:
        key = (take.listed.speaker, take.source.shape[1])
        if take.listed.template is None and key not in means:
            same = [one for one in takes if (one.listed.speaker, one.source.shape[1]) == key]
            frames = [np.nan_to_num(one.source[one.rows[:: max(1, len(one.rows) // 50)]]) for one in same]
            means[key] = np.concatenate(frames).mean(axis=0)
    return [
        take
        if take.listed.template is not None
        else Vertices(take.listed, take.source, take.rows, means[(take.listed.speaker, take.source.shape[1])])
        for take in takes
    ]
