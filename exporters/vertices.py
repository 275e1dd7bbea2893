"""Vertices of the animated mesh, frame by frame: .npz or .npy by the suffix.

npz  `vertices` [frames, vertices, 3] float32, `fps`, `triangles` [triangles, 3], and where the clip has them
     `head` [frames, 3] degrees of yaw, pitch, roll, and `audio`, a path
npy  the vertices alone

In the mesh's own unit, metres of the default head; the head's own turns are not in them. Numbers are written
a block of frames at a time, so that a long line needs no more memory than a short one.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from exporters.beside import beside
from exporters.errors import FormatError
from exporters.gltf.write import channel_columns
from rigs import AnimationClip, Rig, vertex_blocks

Blocks = Iterator[npt.NDArray[np.float32]]
Shape = tuple[int, int, int]


def write_vertex_cache(clip: AnimationClip, file: Path, rig: Rig) -> None:
    """Writes the rig's mesh under each frame of the clip.

    Raises FormatError when the rig has no mesh, the clip has channels that it does not know, or the suffix is
    neither .npz nor .npy.
    """
    if file.suffix.lower() not in (".npz", ".npy"):
        raise FormatError(f"vertices come as .npz or .npy, not as {file.suffix!r}; choose one of these")
    if rig.mesh is None:
        raise FormatError("the rig has no mesh whose vertices could be written; choose a rig with a mesh")
    columns = channel_columns(clip, rig)
    names = [clip.names[column] for column in columns]
    blocks = vertex_blocks(rig.mesh, clip.weights[:, columns], names)
    shape = (clip.frames, len(rig.mesh.vertices), 3)
    if file.suffix.lower() == ".npy":
        with file.open("wb") as stream:
            _write_blocks(stream, shape, blocks)
        return
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(_entry("vertices"), "w", force_zip64=True) as member:
            _write_blocks(member, shape, blocks)
        for name, array in _beside(clip, rig.mesh.triangles).items():
            with archive.open(_entry(name), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def write_vertices(vertices: npt.ArrayLike, path: Path) -> Path:
    """Writes [frames, vertices, 3] as .npy [frames, 3 · vertices], as programs on VOCASET do.

    Raises FormatError when the place cannot be written to.
    """
    array = np.asarray(vertices, np.float32)
    with beside(path) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array(file, array.reshape(len(array), -1), allow_pickle=False)
    return path


def _beside(clip: AnimationClip, triangles: npt.NDArray[np.int32]) -> dict[str, npt.NDArray[Any]]:
    """What an archive says beside the vertices."""
    arrays: dict[str, npt.NDArray[Any]] = {"fps": np.array(clip.fps, np.float64), "triangles": triangles}
    if clip.head is not None:
        arrays["head"] = clip.head
    if clip.audio is not None:
        arrays["audio"] = np.array(clip.audio, dtype=np.str_)
    return arrays


def _write_blocks(stream: IO[bytes], shape: Shape, blocks: Blocks) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_2_0(stream, header)
    for block in blocks:
        stream.write(block.astype("<f4", copy=False).tobytes())


def _entry(name: str) -> zipfile.ZipInfo:
    """A fixed date and system: the same clip gives the same bytes on every machine."""
    entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    return entry
