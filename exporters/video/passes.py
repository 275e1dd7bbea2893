"""Which triangles have their light reckoned at every pixel, and which only at their corners."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

import numpy as np

from rigs.mesh import Mesh

_SLOW = re.compile("llvmpipe|softpipe|swiftshader|basic render", re.IGNORECASE)


class Pass(NamedTuple):
    """Triangles that are drawn in one go.

    pixels  whether their light is reckoned at every pixel
    first   the first triangle
    end     the one after the last
    """

    pixels: bool
    first: int
    end: int


def passes(mesh: Mesh, own: bool, renderer: str) -> list[Pass]:
    """All of it at every pixel; without a graphics card only the eyes, for their highlights, as on the page.

    own       whether it is a user's mesh: seen from within it may show something, and each pixel has to say
              which side it is on
    renderer  what OpenGL calls itself
    """
    if own or not _SLOW.search(renderer):
        return [Pass(True, 0, len(mesh.triangles))]
    first, end = mesh.parts.get("eyes", (0, 0))
    wet = (mesh.triangles[:, 0] >= first) & (mesh.triangles[:, 0] < end)
    edges = [0, *(np.flatnonzero(np.diff(wet)) + 1).tolist(), len(wet)]
    return [Pass(bool(wet[start]), start, stop) for start, stop in itertools.pairwise(edges)]
