"""From the source's decimetres to the head's own space, and its shapes made exactly mirror-symmetric."""

from __future__ import annotations

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.bake.part import Floats, Ints, Part
from rigs.bake.source import Source

ORIGIN = np.array([0.0, 6.45, 0.45])
"""Where the head nods, in decimetres of the source: between its joints `neck` and `head`."""

_METRES = 0.1
_MIRROR = np.array([-1.0, 1.0, 1.0])


def metres(points: Floats) -> Floats:
    """Source points in the head's space."""
    moved: Floats = (points - ORIGIN) * _METRES
    return moved


def group_part(source: Source, *names: str) -> Part:
    """Groups of the source as one part with all 52 shapes, white, its vertices all those of the source.

    Vertex numbers stay those of the source, so that landmarks can be given by number.
    """
    quads = np.concatenate([source.groups[name].quads for name in names])
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    points = metres(source.vertices)
    deltas = symmetric(points, np.stack([source.shape(name) for name in ARKIT_NAMES]) * _METRES)
    return Part(points, triangles, np.ones_like(points), deltas, {})


def symmetric(points: Floats, deltas: Floats) -> Floats:
    """The mean of the shapes and their mirrored twins, [shapes, vertices, 3].

    The source differs left to right by up to 2 mm in places. Points without a mirror point are left alone.
    """
    twin = mirror_vertices(points)
    swap = [ARKIT_NAMES.index(mirror_name(name)) for name in ARKIT_NAMES]
    mirrored = deltas[swap][:, twin] * _MIRROR
    lone = twin == -1
    return np.where(lone[None, :, None], deltas, (deltas + mirrored) / 2)


def mirrored(part: Part) -> Part:
    """The same part on the other side of the face; its marks stay behind."""
    swap = [ARKIT_NAMES.index(mirror_name(name)) for name in ARKIT_NAMES]
    deltas = part.deltas[swap] * _MIRROR
    return Part(part.vertices * _MIRROR, part.triangles[:, ::-1], part.colours, deltas, {})


def mirror_name(name: str) -> str:
    """The channel's name on the other side: Left for Right, Right for Left."""
    if name.endswith("Left"):
        return name[:-4] + "Right"
    return name[:-5] + "Left" if name.endswith("Right") else name


def mirror_vertices(points: Floats, tolerance: float = 1e-5) -> Ints:
    """[vertices] the vertex at each one's mirror image, -1 where there is none."""
    keys = np.round(points / tolerance).astype(np.int64)
    known = {tuple(key): vertex for vertex, key in enumerate(keys.tolist())}
    near = [(0, 0, 0), *((x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1))]
    found = np.full(len(points), -1, dtype=np.int64)
    for vertex, (x, y, z) in enumerate(keys.tolist()):
        hits = (known.get((-x + dx, y + dy, z + dz), -1) for dx, dy, dz in near)
        found[vertex] = next((hit for hit in hits if hit >= 0), -1)
    return found


def shape_row(name: str) -> int:
    """The row of a shape in `Part.deltas`."""
    return ARKIT_NAMES.index(name)
