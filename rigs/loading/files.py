"""A path → the rig in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from rigs.channel import Channel
from rigs.errors import RigError
from rigs.loading.document import read_document
from rigs.loading.folder import load_folder
from rigs.loading.gltf_rig import gltf_rig, painted
from rigs.loading.names import load_names
from rigs.origin import GLTF_SUFFIXES, Origin
from rigs.rig import Rig
from rigs.solving.pca import load_pca

BROKEN = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError, OverflowError)
"""What reading runs into where a file has something else than its format says."""

COMPONENTS = "face.npz"
"""What a model that was trained on vertices keeps its rig in."""
NAME_SUFFIXES = (".txt", ".json")


def components_rig(file: Path) -> Rig:
    """A rig of principal components; what drives it may go twice as far as the data it was made of."""
    rig = load_pca(file)
    channels = (Channel(one.name, 2 * one.minimum, 2 * one.maximum) for one in rig.channels)
    return Rig(tuple(channels), rig.mesh, Origin(file))


def load_file(path: Path) -> Rig:
    """The rig of a glTF file, a folder of meshes, a model trained on vertices, or a list of names.

    Raises RigError, in one line, for anything else and for files that cannot be right.
    """
    if path.is_dir():
        return components_rig(path / COMPONENTS) if (path / COMPONENTS).is_file() else load_folder(path)
    if not path.exists():
        raise RigError(f"cannot read {path}: there is no such file or folder")
    suffix = path.suffix.lower()
    with _told(path):
        if suffix in GLTF_SUFFIXES:
            return gltf_rig(read_document(path))
        if suffix in NAME_SUFFIXES:
            return load_names(path)
    if suffix in (".obj", ".ply"):
        raise RigError(f"{path} is one mesh; name its folder, with a neutral mesh and one for each channel")
    known = ", ".join((*GLTF_SUFFIXES, *NAME_SUFFIXES))
    raise RigError(f"{path} is no rig; known are {known}, maps in .toml, and folders of .obj or .ply meshes")


def with_pictures(rig: Rig) -> Rig:
    """The rig with the colours of its glTF file's pictures at its vertices, as it is where it has none.

    They take a while to open, and only who shows a mesh needs them. Raises RigError as `load_file` does.
    """
    if rig.mesh is None or rig.origin is None or not rig.origin.gltf:
        return rig
    with _told(rig.origin.path):
        return painted(rig, read_document(rig.origin.path))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever reading a file runs into becomes a RigError in one line."""
    try:
        with np.errstate(all="ignore"):  # what becomes infinite is refused where arrays are locked
            yield
    except RigError as error:
        raise RigError(f"cannot read {path}: {error}") from error
    except OSError as error:
        raise RigError(f"cannot read {path}: {error.strerror or error}") from error
    except BROKEN as error:
        said = " ".join(str(error).split())[:80]
        raise RigError(
            f"cannot read {path}: its structure is broken: {type(error).__name__} {said}"
        ) from error
