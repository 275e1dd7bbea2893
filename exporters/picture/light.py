"""How bright each vertex is: three soft lights, sky and ground, and a gloss."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_KEY = (np.array([-0.45, 0.45, 0.85]), np.array([0.98, 0.93, 0.86]))
_FILL = (np.array([0.85, 0.10, 0.60]), np.array([0.26, 0.29, 0.34]))
_RIM = (np.array([0.55, 0.55, -0.70]), np.array([0.40, 0.45, 0.55]))
"""Direction towards the light in camera space (right, up, towards the camera), and its colour."""

_GLINT = np.array([-0.17, 0.10, 1.0])
_SKY = np.array([0.34, 0.36, 0.40])
_GROUND = np.array([0.17, 0.14, 0.13])
_WRAP = np.array([0.30, 0.16, 0.12])
"""Light that creeps round the edge, more of the red, as it does through skin."""


def vertex_normals(vertices: npt.NDArray[Any], triangles: npt.NDArray[Any]) -> Floats:
    """[vertices, 3] unit normals, area-weighted means of the triangles around."""
    corners = np.asarray(vertices, dtype=np.float64)[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat, where = np.repeat(faces, 3, axis=0), triangles.ravel()
    total = np.stack([np.bincount(where, flat[:, axis], len(vertices)) for axis in range(3)], axis=1)
    unit: Floats = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return unit


def shade(normals: Floats, colours: npt.NDArray[Any], axes: Floats) -> Floats:
    """[vertices, 3] linear light that a matt surface sends to the camera.

    normals  [vertices, 3] unit, world space
    colours  [vertices, 3] linear RGB of the surface
    axes     [3, 3] the camera's right, up and towards, as rows
    """
    seen = normals @ axes.T
    upward = (seen[:, 1:2] + 1) / 2
    light = _GROUND * (1 - upward) + _SKY * upward
    for direction, colour in (_KEY, _FILL, _RIM):
        unit = direction / np.linalg.norm(direction)
        facing = seen @ unit
        light = light + colour * np.clip((facing[:, None] + _WRAP) / (1 + _WRAP), 0, None)
    lit: Floats = light * colours
    return lit


def shine(normals: Floats, sharpness: float, axes: Floats) -> Floats:
    """[points] how bright the lights are mirrored (Blinn 1977); a sharper surface has smaller highlights."""
    seen = normals @ axes.T
    total = np.zeros(len(seen))
    for direction, colour in (_KEY, _FILL):
        half = direction / np.linalg.norm(direction) + (0, 0, 1)
        total += colour.mean() * np.clip(seen @ (half / np.linalg.norm(half)), 0, None) ** sharpness
    return total


def glint(normals: Floats, sharpness: float, axes: Floats) -> Floats:
    """[points] the one bright spot in a wet eye, low enough to lie under the lid."""
    spot = _GLINT / np.linalg.norm(_GLINT)
    bright: Floats = np.clip(normals @ (spot @ axes), 0, None) ** sharpness
    return bright
