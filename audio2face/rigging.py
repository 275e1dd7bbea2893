"""What `--rig` does: which rig, what drives it, and what is left over on either side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exporters.beside import beside
from livelink.channels import printable
from rigs import ROTATION_NAMES, AnimationClip, RigError, Target, load_target
from rigs.catalogue import has_rig
from rigs.origin import GLTF_SUFFIXES
from rigs.retargeting.checks import warnings
from rigs.retargeting.retarget_text import map_text

MOST_NAMES = 12
"""Names that a line tells before it says how many more there are."""


@dataclass(frozen=True)
class Coverage:
    """What a map leaves over.

    rig        the rig's name
    driven     how many of its channels follow something
    undriven   channels of the rig that nothing drives
    unreached  channels that come in and reach nothing
    warnings   what looks wrong, a line each
    """

    rig: str
    driven: int
    undriven: tuple[str, ...]
    unreached: tuple[str, ...]
    warnings: tuple[str, ...]

    def table(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), **{k: list(getattr(self, k)) for k in ("undriven", "unreached", "warnings")}}

    def lines(self) -> list[str]:
        """For people; nothing where everything reaches everything."""
        found = []
        if self.undriven:
            are = "is" if len(self.undriven) == 1 else "are"
            many = _many(self.undriven)
            found.append(f"{many} of {self.rig} {are} driven by nothing: {_some(self.undriven)}")
        if self.unreached:
            reach = "reaches" if len(self.unreached) == 1 else "reach"
            found.append(f"{_many(self.unreached)} of the face {reach} nothing: {_some(self.unreached)}")
        return found + [f"check {self.rig}: {printable(line)}" for line in self.warnings]


def open_target(rig: str, names: Sequence[str]) -> tuple[Target, Coverage]:
    """The rig by name, file or map, and what channels of `names` and of the rig are left over.

    Raises RigError, and when nothing of the rig is driven at all.
    """
    target = load_target(rig, names)
    found = coverage(target, names)
    if not found.driven or len(found.unreached) == len(names):
        raise RigError(
            f"no channel of {target.name} is a spelling of {names[0]}, {names[1 % len(names)]} …: "
            f"write a map with: audio2face rigs {rig} -o map.toml, fill it in, and name it with --rig"
        )
    return target, found


def coverage(target: Target, names: Sequence[str]) -> Coverage:
    """What the target's map leaves over of `names` and of the rig; angles are no part of it."""
    undriven = tuple(name for name in target.how.undriven if name not in ROTATION_NAMES)
    return Coverage(
        target.name,
        len(target.how.targets) - len(target.how.undriven),
        undriven,
        target.how.reach(names),
        tuple(warnings(target.how, target.rig)),
    )


def loses_head(target: Target, clip: AnimationClip, path: Path) -> bool:
    """Whether head motion has nowhere to go: the user's own file has no node called head."""
    origin = target.rig.origin
    own = origin is not None and origin.gltf and path.suffix.lower() in GLTF_SUFFIXES
    return clip.head is not None and own and origin is not None and not origin.head


def write_map(target: Target, rig: str, path: Path) -> Path:
    """Writes the target's map for people to change. Raises RigError when there is such a file already."""
    if path.exists():
        raise RigError(f"{path} is there already and may have been changed by hand; choose another name")
    if path.suffix.lower() != ".toml":
        raise RigError(f"{path}: maps are written as .toml; name it so")
    about = [
        f"Which channels drive those of {target.name}. Change it, and use it with: --rig {path.name}",
        'Each line is: channel = "source", or { from = "source", gain = 0.8 }, or',
        "{ from = { a = 0.5, b = 0.5 }, offset = 0, minimum = 0, maximum = 1 }; {} is driven by nothing.",
    ]
    unused = target.how.unused
    about += [f"Sources that reach nothing: {', '.join(unused)}"] if unused else []
    with beside(path) as temporary:
        temporary.write_text(map_text(target.how, _named(target, rig, path), about), "utf-8", newline="\n")
    return path


def _named(target: Target, rig: str, path: Path) -> str | None:
    """How the map names its rig: by name, or by the file's place seen from the map."""
    if has_rig(rig):
        return rig
    if target.rig.origin is None:
        return None
    file, folder = target.rig.origin.path.resolve(), path.resolve().parent
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return file.as_posix()


def _many(names: Sequence[str]) -> str:
    return "1 channel" if len(names) == 1 else f"{len(names)} channels"


def _some(names: Sequence[str]) -> str:
    left = len(names) - MOST_NAMES
    return ", ".join(map(printable, names[:MOST_NAMES])) + (f" and {left} more" if left > 0 else "")
