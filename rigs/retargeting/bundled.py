"""Maps from ARKit to the other rigs of the catalogue, as files that a user could have written.

rigs/data/README.md says how each was made.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rigs.retargeting.retarget import Retarget
from rigs.retargeting.retarget_file import parse_map, read_table

BUNDLED = ("vrm1", "vrm0", "oculus", "facegood", "unified")
"""Names of the rigs that there is a map to."""

MAPS = Path(__file__).parents[1] / "data" / "maps"


@lru_cache(maxsize=len(BUNDLED))
def bundled_map(name: str) -> Retarget:
    """The map from ARKit's 52 channels to a rig of the catalogue."""
    path = MAPS / f"arkit-{name}.toml"
    return parse_map(read_table(path), path)
