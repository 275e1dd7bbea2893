"""Every part of the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rigs.bake.brows import brows
from rigs.bake.collar import collar
from rigs.bake.eyes import eyes
from rigs.bake.hair import hair
from rigs.bake.lashes import lashes
from rigs.bake.occlusion import shaded
from rigs.bake.paint import texture_mask
from rigs.bake.part import Floats, Part, join
from rigs.bake.skin import full_skin, head_and_neck
from rigs.bake.source import Source
from rigs.bake.teeth import teeth
from rigs.bake.tongue import tongue


def head(source: Source) -> dict[str, Part]:
    """The parts of the head by name, ready to be packed."""
    body = full_skin(source)
    face = head_and_neck(body)
    ears = _ears(source, body)
    parts = {
        "skin": face,
        "eyes": join(eyes(source)),
        "teeth": join(teeth(source)),
        "tongue": tongue(source),
        "hair": hair(face, ears),
        "brows": brows(face),
        "lashes": lashes(body, source.groups["body"].quads),
        "collar": collar(face),
    }
    return shaded(parts)


def _ears(source: Source, body: Part) -> Floats:
    """[vertices of the head's skin] 1 on the ears."""
    marked = replace(body, colours=np.repeat(texture_mask(source, "ears")[:, None], 3, axis=1))
    return head_and_neck(marked).colours[:, 0]
