"""How things look in the light: the shaders that every picture shares, their constants, and what parts are made of.

The shaders stand in `page/shaders.js`, where a browser reads them; this module reads the same file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rigs.mesh import Mesh

_FILE = Path(__file__).parent / "page" / "shaders.js"
_TEXT = re.compile(r"^export const ([A-Z]+) = `(.*?)`;", re.MULTILINE | re.DOTALL)
_CONSTANT = re.compile(r"^const vec3 ([A-Z_]+) = vec3\(([^)]*)\);", re.MULTILINE)

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


def surface_values(mesh: Mesh) -> npt.NDArray[np.float32]:
    """[vertices, 3] the row of SURFACES at each vertex."""
    values = np.tile(np.array(SURFACES["skin"], dtype=np.float32), (len(mesh.vertices), 1))
    for name, (first, end) in mesh.parts.items():
        values[first:end] = SURFACES.get(name, SURFACES["skin"])
    return values


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """LIGHT, VERTEX and FRAGMENT in GLSL, the first to be put before each of the others."""
    return dict(_TEXT.findall(_FILE.read_text("utf-8")))


def shader(name: str, pixels: bool = True, version: str = "330 core") -> str:
    """VERTEX or FRAGMENT, ready to be compiled.

    pixels   whether light is reckoned at every pixel, or only at vertices and spread between them
    version  what stands after #version; all from 330 know what is used
    """
    defines = "#define PIXELS\n" if pixels else ""
    return f"#version {version}\n{defines}{texts()['LIGHT']}{texts()[name]}\n"


@lru_cache(maxsize=1)
def constants() -> dict[str, npt.NDArray[Any]]:
    """[3] float32 each: directions and colours of the lights, and the rest that LIGHT begins with."""
    found = _CONSTANT.findall(texts()["LIGHT"])
    return {name: np.array([float(n) for n in numbers.split(",")], np.float32) for name, numbers in found}
