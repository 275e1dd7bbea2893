"""How the parts of a head take light; the same numbers as in exporters/page/head.js."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh

GLOSS = {
    "eyes": (0.9, 260.0),
    "teeth": (0.3, 60.0),
    "tongue": (0.16, 30.0),
    "hair": (0.05, 18.0),
    "brows": (0.0, 20.0),
    "lashes": (0.0, 20.0),
}
"""Strength and sharpness of highlights by part."""
SKIN = (0.06, 22.0)
INSIDE = {"teeth": 0.8, "tongue": 0.55}
"""Light that reaches what is behind the lips."""


def surfaces(mesh: Mesh) -> npt.NDArray[np.float32]:
    """[vertices, 3] float32: strength and sharpness of highlights, and how much light gets in.

    Little of it gets far into the mouth. A mesh without known parts is skin all over.
    """
    values = np.tile(np.array([*SKIN, 1.0], np.float32), (len(mesh.vertices), 1))
    for name, (first, end) in mesh.parts.items():
        if first == end:
            continue
        values[first:end, :2] = GLOSS.get(name, SKIN)
        if name in INSIDE:
            ahead = mesh.vertices[first:end, 2]
            depth = (ahead.max() - ahead) / max(float(np.ptp(ahead)), 1e-6)
            values[first:end, 2] = INSIDE[name] * (1 - depth) ** 1.5 + 0.03
    return values
