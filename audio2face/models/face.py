"""What a model that was trained on vertices moves: a rig of principal components, and the face at rest.

face.npz       mean, triangles, components, ranges, share of the variance kept
face_rest.npy  [1, 3 · vertices] the mean of the speakers at rest
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio2face.errors import ModelError
from exporters.beside import beside
from exporters.vertices import write_vertices
from rigs import PcaRig, Rig, load_pca, read_vertices
from rigs.arrays import FloatArray

RIG, REST = "face.npz", "face_rest.npy"


@dataclass(frozen=True, eq=False)
class Face:
    """The rig that vertex takes share, and the face at rest, [vertices, 3], that it moves.

    A frame is the rig's face under its weights, plus how far a speaker at rest is from the face at rest.
    """

    rig: PcaRig
    rest: FloatArray

    def weights(self, vertices: npt.ArrayLike, template: npt.ArrayLike) -> FloatArray:
        """[frames, components] of vertices [frames, vertices, 3] of a speaker at rest [vertices, 3].

        Raises RigError when the number of vertices is another.
        """
        shift = self.rest - np.asarray(template)
        return self.rig.weights_of(np.asarray(vertices) + shift)

    def vertices(self, weights: npt.ArrayLike, template: npt.ArrayLike | None = None) -> FloatArray:
        """[frames, vertices, 3] of weights [frames, components], on a speaker at rest [vertices, 3]."""
        shift = 0.0 if template is None else np.asarray(template) - self.rest
        return np.asarray(self.rig.vertices(weights) + shift, np.float32)

    def on(self, template: npt.ArrayLike) -> Rig:
        """The rig on another face at rest [vertices, 3], to be written with its mesh."""
        mesh = self.rig.mesh
        assert mesh is not None
        points = mesh.vertices + (np.asarray(template) - self.rest)
        return Rig(self.rig.channels, replace(mesh, vertices=points.astype(np.float32)))

    def save(self, folder: Path) -> None:
        """Writes face.npz, the rig, and face_rest.npy into a folder. Raises RigError, FormatError."""
        with beside(folder / RIG) as temporary:
            self.rig.save(temporary)
        write_vertices(self.rest[None], folder / REST)

    @staticmethod
    def load(folder: Path) -> Face:
        """Reads what `save` wrote. Raises RigError, ModelError, in one line."""
        rig, rest = load_pca(folder / RIG), read_vertices(folder / REST)[0]
        assert rig.mesh is not None
        if rest.shape != rig.mesh.vertices.shape:
            raise ModelError(f"{folder / REST} has {len(rest)} vertices, and {RIG} {len(rig.mesh.vertices)}")
        return Face(rig, np.array(rest, np.float32))


def keep_face(folder: Path, face: Face | None) -> None:
    """Saves a face into a folder, or takes away that of an earlier model. Raises RigError, FormatError."""
    if face is not None:
        face.save(folder)
        return
    for name in (RIG, REST):
        (folder / name).unlink(missing_ok=True)


def has_face(folder: Path) -> bool:
    """Whether a folder holds a face."""
    return (folder / RIG).is_file()
