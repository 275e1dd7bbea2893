"""Where a rig came from, and what its file says beside names and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """The file of a rig.

    path    the file or folder it was read from
    groups  {expression: {channel: weight at 1}}, such as a VRM avatar's presets `aa` or `blink`
    rest    {channel: weight} of channels that the file does not leave at 0
    head    name of the node that turns with the head; empty when there is none
    """

    path: Path
    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rest: Mapping[str, float] = field(default_factory=dict)
    head: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name

    @property
    def gltf(self) -> bool:
        """Whether it is a glTF file, which can be given back with an animation in it."""
        return self.path.suffix.lower() in GLTF_SUFFIXES


GLTF_SUFFIXES = (".glb", ".gltf", ".vrm")
