"""The triangles of vertex takes: frames say where vertices are, a mesh beside them which belong together.

VOCASET's templates and FLAME_sample.ply, which the programs on it use, are such meshes. Without one, vertices
can be learned and written all the same, but only as points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rigs import read_mesh
from rigs.arrays import IntArray

SUFFIXES = (".ply", ".obj")
INNER = ("", "templates")
"""Where a mesh may lie: in the dataset's folder, or in this one of it."""
LOOKED_AT = 24
"""Meshes that are opened at most."""


def find_triangles(folders: Iterable[Path], vertices: int) -> IntArray | None:
    """[triangles, 3] of the first mesh, by name, with so many vertices; None where there is none.

    Raises RigError when a mesh is damaged, or what reads meshes is not installed.
    """
    for _, file in zip(range(LOOKED_AT), _meshes(folders), strict=False):
        points, triangles = read_mesh(file)
        if len(points) == vertices:
            return triangles
    return None


def _meshes(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in dict.fromkeys(folders):
        for inner in INNER:
            place = folder / inner
            if place.is_dir():
                yield from sorted(file for file in place.iterdir() if file.suffix.lower() in SUFFIXES)
