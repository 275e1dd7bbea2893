"""How near moving vertices are to captured ones: the two measures that papers on VOCASET report.

Lip vertex error (LVE; Richard et al., MeshTalk, ICCV 2021): in each frame the largest distance of a lip
vertex from where it was captured; the mean over all frames of all takes. Upper-face dynamics deviation (FDD;
Xing et al., CodeTalker, CVPR 2023): for each vertex of the upper face the standard deviation over time of how
far it is from the face at rest; captured minus predicted, mean over vertices, then over takes. 0 is best;
more than 0 moves too little.

Both papers say distances, and CodeTalker's published program, whose figures others repeat, takes their
squares instead: `squared` does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.dataset import Dataset, MotionTake
from audio2face.errors import OptionError
from rigs import AnimationClip, Mesh, resample_clip

Array = npt.NDArray[Any]

LIP_REACH = 0.012
"""Metres from the line between the mouth's corners, or from the lips' middles, that belong to the lips."""


@dataclass(frozen=True)
class VertexScores:
    """Means over takes, in the unit of the vertices (squared: its square).

    lip_error    LVE
    deviation    FDD
    """

    lip_error: float
    deviation: float
    lip_error_squared: float
    deviation_squared: float
    frames: int
    takes: int


@dataclass(frozen=True, eq=False)
class Compared:
    """A take to score: [frames, vertices, 3] twice, and the speaker at rest [vertices, 3]."""

    predicted: Array
    captured: Array
    template: Array


def lip_errors(predicted: Array, captured: Array, lips: Array, squared: bool = False) -> Array:
    """[frames] the largest distance of a lip vertex, over the frames that both have."""
    frames = min(len(predicted), len(captured))
    apart = np.asarray(predicted[:frames][:, lips], np.float64) - captured[:frames][:, lips]
    worst: Array = np.square(apart).sum(axis=2).max(axis=1)
    return worst if squared else np.sqrt(worst)


def dynamics_deviation(
    predicted: Array, captured: Array, template: Array, upper: Array, squared: bool = False
) -> float:
    """How much less the upper face moves than it was captured; less than 0 where it moves more."""
    frames = min(len(predicted), len(captured))
    seen, made = (_dynamics(one[:frames], template, upper, squared) for one in (captured, predicted))
    return float((seen - made).mean())


def score_vertices(takes: Iterable[Compared], lips: Array, upper: Array) -> VertexScores:
    """Both measures, both ways. Raises OptionError for no takes, and a region outside of them."""
    errors: dict[bool, list[Array]] = {False: [], True: []}
    deviations: dict[bool, list[float]] = {False: [], True: []}
    for take in takes:
        for region in (lips, upper):
            if region.max(initial=0) >= len(take.template):
                raise OptionError(
                    f"a region names vertex {region.max()}, and the mesh has {len(take.template)} vertices"
                )
        for squared in (False, True):
            errors[squared].append(lip_errors(take.predicted, take.captured, lips, squared))
            deviations[squared].append(
                dynamics_deviation(take.predicted, take.captured, take.template, upper, squared)
            )
    if not errors[False]:
        raise OptionError("there is no take of vertices to score; expected some whose split is test")
    means = [float(np.concatenate(errors[way]).mean()) for way in (False, True)]
    return VertexScores(
        *(means[0], float(np.mean(deviations[False])), means[1], float(np.mean(deviations[True]))),
        frames=sum(len(one) for one in errors[False]),
        takes=len(errors[False]),
    )


def score_takes(
    predict: Callable[[MotionTake], AnimationClip],
    dataset: Dataset,
    lips: Array,
    upper: Array,
    split: str = "test",
) -> VertexScores:
    """Scores what `predict` makes of the takes of a split, on each speaker's own face.

    predict  a take → a clip with the channels of the dataset's face, at any rate; the take's is compared

    Raises OptionError as `score_vertices`, and when the dataset is none of vertices.
    """
    face = dataset.face
    if face is None:
        raise OptionError("the dataset has no vertices to score; expected takes of vertices, such as VOCASET")
    return score_vertices(
        (
            Compared(
                face.vertices(_at(predict(take), face.rig.names, take.motion), known.template),
                np.concatenate(list(known.blocks())),
                known.template,
            )
            for take in dataset
            if take.split == split and (known := dataset.vertices.get(take.name)) is not None
        ),
        lips,
        upper,
    )


def _at(clip: AnimationClip, names: Sequence[str], captured: AnimationClip) -> Array:
    """[frames, channels] of a clip at the captured one's rate and length, in the order of `names`."""
    missing = [name for name in names if name not in clip.names]
    if missing:
        raise OptionError(f"what was predicted lacks {', '.join(missing[:3])}: is the model of another face?")
    weights = resample_clip(clip, captured.fps).weights[: captured.frames]
    return weights[:, [clip.names.index(name) for name in names]]


def head_regions(mesh: Mesh) -> tuple[Array, Array]:
    """[vertices] of the lips, and of the upper face, of a mesh with the default head's landmarks.

    Lips: skin within 12 mm of the line between the corners or of the lips' middles. Upper face: the front of
    the skin above the lower lids.
    """
    points, marks = mesh.vertices, mesh.landmarks
    first, end = mesh.parts["skin"]
    skin = np.arange(first, end)
    near = np.min(
        [
            _from_line(points[skin], points[marks[one]], points[marks[other]])
            for one, other in (("mouth_left", "mouth_right"), ("lip_upper", "lip_lower"))
        ],
        axis=0,
    )
    lid = points[[marks["lid_lower_left"], marks["lid_lower_right"]]]
    front = points[skin, 2] > lid[:, 2].mean() - 0.03
    return skin[near <= LIP_REACH], skin[(points[skin, 1] > lid[:, 1].mean()) & front]


def _dynamics(vertices: Array, template: Array, upper: Array, squared: bool) -> Array:
    """[vertices] standard deviation over time of the distance from rest."""
    moved = np.square(np.asarray(vertices[:, upper], np.float64) - template[upper]).sum(axis=2)
    spread: Array = (moved if squared else np.sqrt(moved)).std(axis=0)
    return spread


def _from_line(points: Array, start: Array, end: Array) -> Array:
    along = end - start
    length = float(along @ along)
    share = np.clip((points - start) @ along / length, 0, 1) if length > 0 else np.zeros(len(points))
    return np.asarray(np.linalg.norm(points - start - share[:, None] * along, axis=1))
