"""A rig: the channels a face has, and its mesh if there is one."""

from __future__ import annotations

from dataclasses import dataclass

from rigs.channel import Channel
from rigs.errors import RigError
from rigs.mesh import Mesh
from rigs.origin import Origin


@dataclass(frozen=True, eq=False)
class Rig:
    """Channels in order, a mesh or none, and the file it came from, if any.

    Raises RigError when there are no channels or a name repeats.
    """

    channels: tuple[Channel, ...]
    mesh: Mesh | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        if not self.channels:
            raise RigError("a rig needs at least one channel")
        if len(set(self.names)) != len(self.channels):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise RigError(f"two channels of a rig have the same name, {twice[:60]!r}; rename one")

    @property
    def names(self) -> tuple[str, ...]:
        """Channel names in order."""
        return tuple(channel.name for channel in self.channels)
