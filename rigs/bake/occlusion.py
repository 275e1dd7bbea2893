"""How much of the light from all around reaches each vertex: crevices are dark, open places are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rigs.bake.part import Floats, Ints, Part, join
from rigs.bake.units import shape_row

_SOLID = ("skin", "eyes", "teeth", "tongue", "hair")
_JAW = 0.55
"""How far the jaw is open for the light in the mouth."""
_TONE = np.array([0.70, 0.95, 1.05])
"""Powers that make shadows on skin warm: red light goes round corners inside it."""
_LEAST = {"skin": 0.02, "eyes": 1.0, "teeth": 0.12, "tongue": 0.06, "hair": 0.35}

_WAYS = 64
"""Directions that light comes from, evenly over a sphere."""
_CELL = 0.0024
"""Metres: the side of one cell of the picture taken from each direction."""
_NEAR = 0.0026
"""Metres by which something must lie in front to hide a vertex, so that a surface does not hide itself."""


def openness(part: Part, vertices: Floats) -> Floats:
    """[vertices] 0..1, the share of light, weighted by its angle, that nothing of the part hides.

    vertices  [vertices, 3] the part's vertices in the pose that is looked at
    """
    normals = Part(vertices, part.triangles, part.colours, part.deltas, {}).normals()
    samples = _samples(vertices, part.triangles).astype(np.float32)
    reached = np.zeros(len(vertices))
    total = np.zeros(len(vertices))
    for way in _ways(_WAYS):
        facing = np.clip(normals @ way, 0, None)
        reached += facing * _seen(vertices + normals * _NEAR / 2, samples, way)
        total += facing
    share: Floats = reached / np.maximum(total, 1e-9)
    return share


def _ahead(tongue: Part) -> Floats:
    """[vertices] 1 at the tip, soon next to nothing behind it."""
    ahead = tongue.vertices[:, 2] - tongue.vertices[:, 2].min()
    share: Floats = (ahead / ahead.max()) ** 6
    return share


def _seen(points: Floats, samples: npt.NDArray[np.float32], way: Floats) -> Floats:
    """[points] 1 where no sample lies between a point and the light, 0 where one does."""
    side = np.cross(way, (0.0, 1.0, 0.0) if abs(way[1]) < 0.9 else (1.0, 0.0, 0.0))
    side /= np.linalg.norm(side)
    turn = np.column_stack([side, np.cross(way, side), way])
    turned, spots = samples @ turn, points @ turn
    low = turned[:, :2].min(axis=0)
    place = ((turned[:, :2] - low) / _CELL).astype(np.int64)
    columns, rows = place.max(axis=0) + 1
    nearest = np.full(columns * rows, -np.inf)
    order = np.argsort(turned[:, 2], kind="stable")
    nearest[place[order, 1] * columns + place[order, 0]] = turned[order, 2]  # of several, the last one stays
    spot = np.clip(((spots[:, :2] - low) / _CELL).astype(np.int64), 0, (columns - 1, rows - 1))
    hidden = nearest[spot[:, 1] * columns + spot[:, 0]] > spots[:, 2] + _NEAR
    return np.where(hidden, 0.0, 1.0)


def _samples(vertices: Floats, triangles: Ints) -> Floats:
    """[samples, 3] points on the triangles, closer together than a cell."""
    corners = vertices[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    steps = np.clip(np.ceil(longest / _CELL * 1.15), 1, 40).astype(np.int64)
    found = []
    for count in np.unique(steps):
        some = corners[steps == count]
        u, v = np.meshgrid(np.arange(count + 1) / count, np.arange(count + 1) / count)
        inside = u + v <= 1 + 1e-9
        share = np.column_stack([1 - u[inside] - v[inside], u[inside], v[inside]])
        found.append(np.einsum("sk,tkc->tsc", share, some).reshape(-1, 3))
    return np.concatenate(found)


def _ways(count: int) -> Floats:
    """[count, 3] unit vectors, evenly over the sphere (Fibonacci's spiral), mirrored pairs of them."""
    half = count // 2
    place = (np.arange(half) + 0.5) / half
    turn = np.arange(half) * np.pi * (3 - np.sqrt(5))
    height = 1 - 2 * place
    flat = np.sqrt(1 - height**2)
    ways = np.column_stack([flat * np.cos(turn), height, flat * np.sin(turn)])
    return np.concatenate([ways, ways * (-1, 1, 1)])


def shaded(parts: dict[str, Part]) -> dict[str, Part]:
    """The parts, darker where little light gets to: at rest, and with the mouth open as well.

    Teeth are seen only in an open mouth and get the light they have there, more of it as they light each
    other. The tongue's tip, which comes out, has more. Skin gets the mean of rest and open mouth.
    Eyes turn under their lids, and hairs are too fine; both stay as they are.
    """
    whole = join([parts[name] for name in _SOLID])
    rest = openness(whole, whole.vertices)
    open_mouth = whole.vertices + _JAW * whole.deltas[shape_row("jawOpen")]
    wide = openness(whole, open_mouth)
    ends = np.cumsum([len(parts[name].vertices) for name in _SOLID])[:-1]
    found = dict(parts)
    for place, name in enumerate(_SOLID):
        shut, ajar = (np.split(light, ends)[place] for light in (rest, wide))
        light = {
            "skin": (shut + ajar) / 2,
            "eyes": np.ones(len(shut)),
            "teeth": np.sqrt(ajar),
            "tongue": np.maximum(ajar, 0.6 * _ahead(parts[name])),
            "hair": shut,
        }[name]
        light = np.maximum(light, _LEAST[name])[:, None]
        found[name] = replace(parts[name], colours=parts[name].colours * light**_TONE)
    return found
