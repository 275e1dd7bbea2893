"""The eyeballs: spheres that turn as one piece, painted white, iris and pupil."""

from __future__ import annotations

import numpy as np

from rigs.bake.part import Floats, Ints, Part
from rigs.bake.source import Source
from rigs.bake.units import group_part

GAZE = 1.4
"""How much further than in the source the eyes turn: 14° sideways there is little for a full glance."""

_SEGMENTS = 32
_PUPIL, _IRIS, _BACK = 9.0, 25.5, 110.0
_RINGS = (0, 5, _PUPIL - 0.6, _PUPIL + 0.6, 15, 20, _IRIS - 1.4, _IRIS + 0.8, 33, 42, 52, 64, 78, 94, _BACK)
"""Degrees from the middle of the pupil; close pairs of rings make the borders of iris and pupil crisp."""

_WHITE = np.array([0.63, 0.60, 0.575])
_RIM = np.array([0.022, 0.030, 0.034])
_COLOURS = (
    ((0.0, _PUPIL), (np.array([0.004] * 3), np.array([0.004] * 3))),
    ((_PUPIL, _IRIS - 1.5), (np.array([0.21, 0.15, 0.065]), np.array([0.060, 0.105, 0.115]))),
    ((_IRIS - 1.5, _IRIS), (_RIM, _RIM)),
    ((_IRIS, _BACK + 1), (_WHITE, np.array([0.60, 0.44, 0.40]))),
)


def eyes(source: Source) -> list[Part]:
    """Left and right eyeball."""
    return [_eye(source, side) for side in "lr"]


def _eye(source: Source, side: str) -> Part:
    helper = group_part(source, f"helper-{side}-eye")
    helper = helper.keep(np.ones(len(helper.triangles), dtype=bool))
    centre, radius = fit_sphere(helper.vertices)
    directions, angles, triangles = _ball()
    vertices = centre + radius * directions
    deltas = np.stack([_gaze(helper, shape, vertices - centre) for shape in helper.deltas])
    return Part(vertices, triangles, _paint(angles), deltas, {f"eye_{_SIDES[side]}": 0})


_SIDES = {"l": "left", "r": "right"}


def fit_sphere(points: Floats) -> tuple[Floats, float]:
    """Centre and radius of the sphere nearest to the points, least squares on |p|² = 2 p·c + (r² - |c|²)."""
    system = np.column_stack([2 * points, np.ones(len(points))])
    answer = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    centre = answer[:3]
    return centre, float(np.sqrt(answer[3] + centre @ centre))


def fit_rotation(points: Floats, moved: Floats) -> Floats:
    """[3, 3] the rotation that best takes points to moved, both [points, 3] (Kabsch 1976)."""
    left, _, right = np.linalg.svd((points - points.mean(0)).T @ (moved - moved.mean(0)))
    flip = np.diag([1, 1, np.linalg.det(left @ right)])
    rotation: Floats = (left @ flip @ right).T
    return rotation


def rotation_vector(rotation: Floats) -> Floats:
    """[3] axis times angle in radians, for angles under half a turn."""
    skew = rotation - rotation.T
    axis = np.array([skew[2, 1], skew[0, 2], skew[1, 0]]) / 2
    sine = float(np.linalg.norm(axis))
    angle = np.arctan2(sine, (np.trace(rotation) - 1) / 2)
    return axis * (angle / sine if sine > 1e-9 else 1.0)


def rotation_matrix(vector: Floats) -> Floats:
    """[3, 3] the rotation by |vector| radians about it (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-9:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix: Floats = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return matrix


def _gaze(helper: Part, shape: Floats, arms: Floats) -> Floats:
    if np.abs(shape).max() == 0:
        return np.zeros_like(arms)
    turn = rotation_vector(fit_rotation(helper.vertices, helper.vertices + shape))
    turn[2] = 0
    return arms @ rotation_matrix(turn * GAZE).T - arms


def _ball() -> tuple[Floats, Floats, Ints]:
    """Unit directions [vertices, 3] round +z, their degrees from it, and triangles; open at the back."""
    angles = np.concatenate([[0.0], np.repeat(_RINGS[1:], _SEGMENTS)])
    around = np.concatenate([[0.0], np.tile(np.arange(_SEGMENTS), len(_RINGS) - 1)]) * 2 * np.pi / _SEGMENTS
    tilt = np.radians(angles)
    directions = np.column_stack([np.sin(tilt) * np.cos(around), np.sin(tilt) * np.sin(around), np.cos(tilt)])
    here = np.arange(_SEGMENTS)
    there = (here + 1) % _SEGMENTS
    faces = [np.column_stack([np.zeros_like(here), 1 + here, 1 + there])]
    for ring in range(len(_RINGS) - 2):
        inner, outer = 1 + ring * _SEGMENTS, 1 + (ring + 1) * _SEGMENTS
        faces.append(np.column_stack([inner + here, outer + here, outer + there]))
        faces.append(np.column_stack([inner + here, outer + there, inner + there]))
    return directions, angles, np.concatenate(faces)


def _paint(angles: Floats) -> Floats:
    colours = np.zeros((len(angles), 3))
    for (start, end), (inner, outer) in _COLOURS:
        share = np.clip((angles - start) / (end - start), 0, 1)[:, None]
        inside = ((angles >= start) & (angles < end))[:, None]
        colours = np.where(inside, inner * (1 - share) + outer * share, colours)
    return colours * _fibres(angles)


def _fibres(angles: Floats) -> Floats:
    """[vertices, 1] the iris is a little brighter and darker by turns round the pupil."""
    around = np.concatenate([[0.0], np.tile(np.arange(_SEGMENTS), len(_RINGS) - 1)])
    luck = np.random.default_rng(4).random((4, _SEGMENTS))
    ring = np.searchsorted(_RINGS, angles) % 4
    tone = 0.62 + 0.76 * luck[ring, around.astype(np.int64)]
    iris = (angles > _PUPIL) & (angles < _IRIS - 1.5)
    return np.where(iris, tone, 1.0)[:, None]
