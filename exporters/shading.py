"""The shaders that every picture shares, and the constants of their light.

They stand in `page/shaders.js`, where a browser reads them; this module reads the same file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_FILE = Path(__file__).parent / "page" / "shaders.js"
_TEXT = re.compile(r"^export const ([A-Z]+) = `(.*?)`;", re.MULTILINE | re.DOTALL)
_CONSTANT = re.compile(r"^const vec3 ([A-Z_]+) = vec3\(([^)]*)\);", re.MULTILINE)


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
