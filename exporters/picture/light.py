"""The light of `page/shaders.js`, reckoned at the vertices by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.shading import constants

Floats = npt.NDArray[Any]
EYE = 200.0
"""Surfaces sharper than this are eyes."""


def light_on(normals: Floats, eye: Floats, tint: Floats, surface: Floats) -> Floats:
    """[points, 3] light, already toned: `lightOn` of the shaders.

    normals  [points, 3] unit, in the camera's space: right, up, towards the camera
    eye      [points, 3] or [3] unit, the way to the camera
    tint     [points, 3] linear RGB of the surface
    surface  [points, 3] rows of `exporters.shading.SURFACES`
    """
    known = constants()
    upward = (normals[:, 1:2] + 1) / 2
    light = known["GROUND"] * (1 - upward) + known["SKY"] * upward
    wrap = known["WRAP"] * surface[:, 2:]
    for name in ("KEY", "FILL", "BACK"):
        facing = (normals @ known[name])[:, None]
        light = light + known[f"{name}_COLOUR"] * np.clip((facing + wrap) / (1 + wrap), 0, None)
    side = 1 - np.clip((normals * eye).sum(axis=1, keepdims=True), 0, None)
    half = known["KEY"] + eye
    half = half / np.linalg.norm(half, axis=-1, keepdims=True)
    mirrored = np.clip((normals * half).sum(axis=1, keepdims=True), 0, None)
    shine = mirrored ** surface[:, 1:2] + 0.45 * mirrored ** (0.22 * surface[:, 1:2])
    open_ = np.minimum(1.6 * tint[:, :1], 1)
    lit = light * tint + open_ * (surface[:, :1] * shine + side**3 * known["EDGE"] * (0.4 + upward))
    bright, dim, _ = known["TONE"]
    toned: Floats = lit * (1 + lit * bright) / (1 + lit * dim)
    return toned


def lidded(normals: Floats, surface: Floats) -> Floats:
    """[points, 1] what the upper lid's shadow leaves of an eye's light; `normals` in the head's own space."""
    end, begin, dark = constants()["LID"]
    share = np.clip((normals[:, 1:2] - begin) / (end - begin), 0, 1)
    shadow: Floats = np.where(surface[:, 1:2] < EYE, 1, 1 - dark * share * share * (3 - 2 * share))
    return shadow


def glints(normals: Floats) -> Floats:
    """[points] the bright spots in a wet eye; `normals` in the camera's space."""
    known = constants()
    high, low = (np.clip(normals @ known[name], 0, None) for name in ("GLINT", "GLINT_LOW"))
    spots: Floats = high**700 + 0.22 * low**500
    return spots
