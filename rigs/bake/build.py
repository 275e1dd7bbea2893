"""Every part of the head, joined."""

from __future__ import annotations

from rigs.bake.eyes import eyes
from rigs.bake.part import Part, join
from rigs.bake.skin import skin
from rigs.bake.source import Source
from rigs.bake.units import group_part


def head(source: Source) -> Part:
    """The whole head, ready to be packed."""
    face = skin(source)
    return join([face, *eyes(source), *(_simple(source))])


def _simple(source: Source) -> list[Part]:
    parts = []
    for names, colour in (
        (("helper-upper-teeth", "helper-lower-teeth"), (0.75, 0.72, 0.65)),
        (("helper-tongue",), (0.5, 0.15, 0.15)),
        (
            ("helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2"),
            (0.03, 0.02, 0.015),
        ),
    ):
        part = group_part(source, *names)
        part.colours = part.colours * colour
        if "upper" in names[0]:
            part.marks = {"teeth_upper": 15060, "teeth_lower": 14992}
            import numpy as np

            pts = part.vertices
            for nm, lo, hi, sgn in (("teeth_upper", 15060, 15127, 1), ("teeth_lower", 14992, 15059, -1)):
                ids = np.arange(lo, hi + 1)
                mid = ids[np.abs(pts[ids, 0]) < 1e-4]
                mid = mid[pts[mid, 2] > pts[mid, 2].max() - 0.003]
                part.marks[nm] = int(mid[np.argmin(sgn * pts[mid, 1])])
        import numpy as np

        parts.append(part.keep(np.ones(len(part.triangles), bool)))
    return parts
