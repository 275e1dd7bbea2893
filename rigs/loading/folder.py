"""A folder of meshes as a rig: one at rest, and one for each channel with its shape at full strength."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from rigs.arrays import FloatArray, IntArray
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.mesh import Mesh, MorphTarget
from rigs.origin import Origin
from rigs.rig import Rig

SUFFIXES = (".obj", ".ply")
NEUTRAL = ("neutral", "rest", "base", "basis", "default")
"""What the mesh at rest may be called, beside the name of its folder."""

STILL = 1e-7
"""Share of the head's size below which a difference is rounding."""

LARGEST = 2**31
"""Bytes of the largest mesh that is read."""

_GREY = 0.6


def load_folder(folder: Path) -> Rig:
    """The rig of a folder; channels are named after their files.

    All meshes have the same vertices in the same order. Raises RigError when no file is at rest, a file
    differs in its vertices, and when the reader of meshes is not installed.
    """
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)
    neutral = _neutral(folder, files)
    vertices, triangles = read_mesh(neutral)
    least = STILL * float(np.ptp(vertices, axis=0).max(initial=0))
    targets = {}
    for file in files:
        if file != neutral:
            shape, same = read_mesh(file)
            if shape.shape != vertices.shape or not np.array_equal(same, triangles):
                raise RigError(
                    f"{file} has {len(shape)} vertices and {len(same)} triangles, {neutral.name} has "
                    f"{len(vertices)} and {len(triangles)}, or in another order; export all from one mesh"
                )
            targets[file.stem] = _difference(shape - vertices, least)
    if not targets:
        raise RigError(f"{folder} has only {neutral.name}; expected one more mesh for each channel")
    if len(targets) != len(files) - 1:
        raise RigError(f"{folder} has two meshes for one channel (.obj and .ply); keep one of each")
    mesh = Mesh(vertices, triangles, np.full_like(vertices, _GREY), targets)
    return Rig(tuple(map(Channel, targets)), mesh, Origin(folder))


def _neutral(folder: Path, files: list[Path]) -> Path:
    """The mesh at rest."""
    if not files:
        raise RigError(f"{folder} holds no .obj or .ply meshes")
    wanted = (*NEUTRAL, folder.resolve().name.lower())
    found = [file for name in wanted for file in files if file.stem.lower() == name]
    if not found:
        raise RigError(f"{folder} has no mesh at rest; name it one of {', '.join(wanted)}")
    return found[0]


def _difference(deltas: FloatArray, least: float) -> MorphTarget:
    moved = np.flatnonzero(np.abs(deltas).max(axis=1) > least)
    return MorphTarget(moved.astype(np.int32), deltas[moved])


def read_mesh(file: Path) -> tuple[FloatArray, IntArray]:
    """[vertices, 3] and [triangles, 3] of an .obj or .ply, in its order. Raises RigError."""
    try:
        import trimesh  # noqa: PLC0415 an extra; slow to import
    except ModuleNotFoundError as error:
        raise RigError(
            "reading .obj and .ply meshes needs an optional part; install it with: "
            "pip install 'audio2face[mesh]'"
        ) from error
    if not file.is_file():
        raise RigError(f"cannot read {file}: there is no such file")
    if file.stat().st_size > LARGEST:
        raise RigError(f"{file} is {file.stat().st_size} bytes; meshes of at most {LARGEST} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it thinks of texture places
            loaded: Any = trimesh.load(
                file, process=False, maintain_order=True, skip_materials=True, force="mesh"
            )
        vertices = np.asarray(loaded.vertices, np.float32)
        triangles = np.asarray(loaded.faces, np.int32)
    except Exception as error:  # the reader raises whatever its parsing happens to raise
        said = " ".join(str(error).split())[:120]
        raise RigError(f"cannot read {file}: {type(error).__name__} {said}") from error
    if not len(vertices) or not len(triangles) or not np.isfinite(vertices).all():
        raise RigError(f"cannot read {file}: it has no triangles, or a vertex that is no number")
    return vertices, triangles
