"""The tongue of the base mesh, a little flatter, and out far enough to be seen."""

from __future__ import annotations

import numpy as np

from rigs.bake.cut import refine, smooth
from rigs.bake.part import Part
from rigs.bake.source import Source
from rigs.bake.units import group_part, shape_row

_COLOUR = np.array([0.46, 0.145, 0.135])
_FLATTER = 0.85
_OUT = 1.5
"""How much further than in the source the tongue comes out; there its tip barely passes the lips."""


def tongue(source: Source) -> Part:
    """The tongue; it follows the jaw as in the source."""
    part = group_part(source, "helper-tongue")
    part = part.keep(np.ones(len(part.triangles), dtype=bool))
    part.deltas[shape_row("tongueOut")] *= _OUT
    low = part.vertices[:, 1].min()
    part.vertices[:, 1] = low + (part.vertices[:, 1] - low) * _FLATTER
    part.colours = np.broadcast_to(_COLOUR, part.vertices.shape).copy()
    return smooth(refine(part), 3)
