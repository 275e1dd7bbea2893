"""The rigs that can be asked for by name."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rigs.arkit import ARKIT_NAMES, ROTATION_NAMES
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.head import default_head
from rigs.loading import load_file
from rigs.rig import Rig
from rigs.visemes import VISEME_NAMES

_DATA = Path(__file__).parent / "data"


class RigEntry(NamedTuple):
    """One line of the catalogue."""

    name: str
    description: str
    channels: int
    has_mesh: bool


def catalogue() -> list[RigEntry]:
    """Every named rig, the default first."""
    return [
        RigEntry("arkit", "the 52 ARKit blendshapes, on the default head", len(ARKIT_NAMES), True),
        RigEntry("livelink", "ARKit and the nine rotations of Live Link Face", len(_livelink()), True),
        RigEntry("oculus", "the 15 visemes of Oculus Lipsync", len(VISEME_NAMES), False),
        *(
            RigEntry(name, str(_listed(name)["description"]), len(_channels(name)), False)
            for name in ("vrm0", "vrm1", "facegood", "unified")
        ),
    ]


def has_rig(name: str) -> bool:
    """Whether the catalogue has a rig of that name."""
    return name in _RIGS


def load_rig(name: str | Path) -> Rig:
    """The rig of that name, or the one in a file or folder: .glb, .gltf, .vrm, meshes, a list of names.

    Raises RigError with the known names when there is no such rig, and when a file cannot be right.
    """
    text = str(name)
    if text in _RIGS:
        return _RIGS[text]()
    path = Path(text)
    if not (path.suffix or path.exists() or len(path.parts) > 1):
        raise RigError(f"no rig named {text!r}; known rigs are {', '.join(_RIGS)}, or name a file")
    return load_file(path)


def _livelink() -> tuple[Channel, ...]:
    """Turns are taken to be in radians, which recordings suggest and nothing documents."""
    quarter = math.pi / 2
    turns = (Channel(name, -quarter, quarter) for name in ROTATION_NAMES)
    return (*map(Channel, ARKIT_NAMES), *turns)


def _listed(name: str) -> dict[str, object]:
    content: dict[str, object] = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content


def _channels(name: str) -> tuple[Channel, ...]:
    """A channel from 0 to 1 for each name; from -1 for those under `both_ways`."""
    listed = _listed(name)
    names, both = listed["channels"], listed.get("both_ways", [])
    assert isinstance(names, list) and isinstance(both, list)
    return tuple(Channel(channel, -1.0 if channel in both else 0.0) for channel in names)


_RIGS: dict[str, Callable[[], Rig]] = {
    "arkit": default_head,
    "livelink": lambda: Rig(_livelink(), default_head().mesh),
    "oculus": lambda: Rig(tuple(Channel(name) for name in VISEME_NAMES)),
    "vrm0": lambda: Rig(_channels("vrm0")),
    "vrm1": lambda: Rig(_channels("vrm1")),
    "facegood": lambda: Rig(_channels("facegood")),
    "unified": lambda: Rig(_channels("unified")),
}
