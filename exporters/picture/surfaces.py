"""What the parts of a head are made of; the page gets the same numbers with its mesh."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh

SURFACES: dict[str, tuple[float, float, float]] = {
    "skin": (0.085, 26.0, 1.0),
    "eyes": (0.25, 260.0, 0.4),
    "teeth": (0.22, 60.0, 0.6),
    "tongue": (0.20, 30.0, 1.0),
    "hair": (0.24, 18.0, 0.4),
    "brows": (0.0, 20.0, 1.0),
    "lashes": (0.0, 20.0, 0.0),
    "collar": (0.15, 10.0, 0.2),
}
"""Strength and sharpness of the highlights of each part, and how much it is like skin, which light goes into.
Sharper than 200 is an eye. What belongs to no known part looks like skin."""


def surfaces(mesh: Mesh) -> npt.NDArray[np.float32]:
    """[vertices, 3] float32, the row of SURFACES at each vertex."""
    values = np.tile(np.array(SURFACES["skin"], dtype=np.float32), (len(mesh.vertices), 1))
    for name, (first, end) in mesh.parts.items():
        values[first:end] = SURFACES.get(name, SURFACES["skin"])
    return values
