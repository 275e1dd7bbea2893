"""The default head: an average adult with the 52 ARKit shapes.

Made by `scripts/bake_head.py` from CC0 sources (MakeHuman base mesh, "Face Units 01"); see
rigs/data/README.md.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from rigs.arkit import arkit_rig
from rigs.mesh import Mesh, MorphTarget
from rigs.rig import Rig

_FILE = Path(__file__).parent / "data" / "head.npz"
_STEP = np.float32(1e-5)


@lru_cache(maxsize=1)
def default_head() -> Rig:
    """The 52 ARKit channels with the head's mesh.

    Metres, y up, z forward, +x the character's own left. The origin lies where the head nods, between
    the joints of neck and skull. Landmarks: `lip_upper` and `lip_lower` (where the lips meet at the front),
    `mouth_left` and `mouth_right` (corners), `teeth_upper` and `teeth_lower` (edges of the front teeth),
    `lid_upper_left`, `lid_lower_left` and their right twins (middle of the lid margins), `eye_left` and
    `eye_right` (pupils). Parts: skin, eyes, teeth, tongue, hair, brows, lashes,
    collar. The colours hold the shadows of crevices and of the mouth.
    """
    return Rig(arkit_rig().channels, load_mesh(_FILE))


def load_mesh(path: Path) -> Mesh:
    """Reads a mesh packed by `rigs.bake.pack`: 10 µm steps, colours as square roots in 8 bits."""
    with np.load(path, allow_pickle=False) as data:
        ends = np.cumsum(data["target_counts"])[:-1]
        indices = np.split(data["target_indices"].astype(np.int32), ends)
        deltas = np.split(data["target_deltas"].T * _STEP, ends)
        names = [str(name) for name in data["target_names"]]
        marks = zip(data["landmark_names"], data["landmark_vertices"], strict=True)
        return Mesh(
            vertices=data["vertices"] * _STEP,
            triangles=data["triangles"].astype(np.int32),
            colours=np.square(data["colours"].astype(np.float32) / 255),
            targets={
                name: MorphTarget(rows, moved)
                for name, rows, moved in zip(names, indices, deltas, strict=True)
            },
            landmarks={str(name): int(vertex) for name, vertex in marks},
            parts=_parts(data["part_names"].tolist(), data["part_ends"].tolist()),
        )


def _parts(names: list[str], ends: list[int]) -> dict[str, tuple[int, int]]:
    return {name: (first, end) for name, first, end in zip(names, [0, *ends], ends, strict=False)}
