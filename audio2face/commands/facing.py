"""`--face`: whose face at rest a model that was trained on vertices moves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from audio2face.dataset.arrays import load_array
from audio2face.errors import OptionError
from audio2face.models import LiteRTModel
from exporters import find_format
from rigs import Rig, read_mesh
from rigs.arrays import FloatArray
from rigs.solving.sequence import as_sequence


def face_rig(network: LiteRTModel, template: Path | None) -> Rig | None:
    """The rig with the mesh that a model moves, on a speaker's face at rest if one is named.

    None for a model of named channels, which moves whatever rig has them. Raises OptionError, RigError.
    """
    face = network.bundle.face
    if template is None:
        return network.rig if face is not None else None
    if face is None:
        raise OptionError(
            f"--face is for models trained on vertices, and {network.bundle.name} moves named channels; "
            "--rig names a mesh for these"
        )
    points = read_template(template)
    if points.shape != face.rest.shape:
        raise OptionError(
            f"--face {template} has {len(points)} vertices, and {network.bundle.name} moves {len(face.rest)}"
        )
    return Rig(network.rig.channels, face.on(points).mesh)


def read_template(file: Path) -> FloatArray:
    """[vertices, 3] of an .obj or .ply, or of an .npy, its first frame. Raises RigError, TrainingError."""
    if file.suffix.lower() != ".npy":
        return read_mesh(file)[0]
    array = load_array(file)
    one = array.ndim == 2 and array.shape[1] == 3
    return np.array(array if one else as_sequence(array)[0], np.float32)


def only_components(rig: Rig | None, outputs: Iterable[tuple[Path, str]]) -> list[str]:
    """A line for each file that holds the components of such a model, and not what they move."""
    if rig is None:
        return []
    plain = [path for path, kind in outputs if not find_format(path, kind).needs_mesh]
    return [
        f"{path} holds {len(rig.channels)} components; --format vertices writes what they move"
        for path in plain
    ]
