"""What a live page shows: a mesh, and how the channels of a performance get there."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.rigging import open_target
from exporters.page import LivePage, live_page
from rigs import ROTATION_NAMES, Retarget, Rig, Target, WeightFrame, default_head
from rigs.loading import with_pictures


@dataclass(frozen=True, eq=False)
class Shown:
    """A rig with a mesh.

    rig  what is drawn
    how  the map to its channels; None when they are those that come in
    """

    rig: Rig
    how: Retarget | None = None

    def names(self, incoming: Sequence[str]) -> tuple[str, ...]:
        """The channels of the page, for those that come in."""
        if self.how is None:
            return tuple(incoming)
        turns = tuple(name for name in ROTATION_NAMES if name in incoming and name not in self.how.names)
        return (*self.how.names, *turns)

    def frame(self, frame: WeightFrame, incoming: Sequence[str]) -> WeightFrame:
        """A frame in the channels of the page."""
        if self.how is None:
            return frame
        mapped = self.how.apply(frame.weights[None], incoming)[0]
        values = dict(zip(incoming, frame.weights, strict=True)) | dict(
            zip(self.how.names, mapped, strict=True)
        )
        return WeightFrame(frame.time, np.array([values[name] for name in self.names(incoming)], np.float32))

    @functools.cached_property
    def _page(self) -> LivePage:
        return live_page(self.rig, "audio2face live")

    def page(self) -> LivePage:
        """The page, made when it is first asked for."""
        return self._page


def shown(target: Target | None) -> Shown:
    """The target's own mesh, or the default head, to which the channels of rigs without one are mapped.

    Raises RigError when nothing of the head would move.
    """
    if target is None:
        return Shown(default_head())
    if target.rig.mesh is not None:
        return Shown(with_pictures(target.rig))
    back, _ = open_target("arkit", target.how.names)
    return Shown(default_head(), back.how)
