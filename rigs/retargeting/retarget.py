"""From the channels of one rig to those of another: one matrix with names, gains, offsets and clamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rigs.arkit import ROTATION_NAMES
from rigs.arrays import FloatArray, lock
from rigs.channel import Channel
from rigs.clip import AnimationClip
from rigs.errors import RigError

HEAD_NAMES = ROTATION_NAMES[:3]

Share = Mapping[str, float]
"""{source channel: how much of it}."""


@dataclass(frozen=True, eq=False)
class Retarget:
    """How each target channel follows the source channels.

    target = clamp(gain × Σ matrix × source + offset), with the largest term for the sum where `largest`

    sources  names of the channels that come in
    targets  the channels that go out, with the ranges that they are clamped to
    matrix   [sources, targets] float32
    gains    [targets] float32, 1 where left out
    offsets  [targets] float32, 0 where left out
    largest  names of targets that follow the largest of their sources instead of the sum

    Raises RigError on repeated names, wrong shapes, NaN, and names in `largest` that are no targets.
    """

    sources: tuple[str, ...]
    targets: tuple[Channel, ...]
    matrix: FloatArray
    gains: FloatArray | None = None
    offsets: FloatArray | None = None
    largest: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", tuple(self.sources))
        object.__setattr__(self, "targets", tuple(self.targets))
        for what, names in (("source", self.sources), ("target", self.names)):
            if len(set(names)) != len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise RigError(f"a map has the {what} channel {twice[:60]!r} twice; keep one")
        shape = (len(self.sources), len(self.targets))
        object.__setattr__(self, "matrix", lock(self.matrix, "the map's matrix", shape, RigError))
        for name, usual in (("gains", 1.0), ("offsets", 0.0)):
            given = getattr(self, name)
            values = np.full(shape[1], usual) if given is None else given
            object.__setattr__(self, name, lock(values, f"the map's {name}", shape[1:], RigError))
        strangers = set(self.largest) - set(self.names)
        if strangers:
            raise RigError(f"the map has no target {sorted(strangers)[0][:60]!r} to take the largest of")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the targets, in order."""
        return tuple(channel.name for channel in self.targets)

    @property
    def undriven(self) -> tuple[str, ...]:
        """Targets that no source moves."""
        moved = np.any(self.effect, axis=0).tolist()
        return tuple(name for name, moves in zip(self.names, moved, strict=True) if not moves)

    @property
    def unused(self) -> tuple[str, ...]:
        """Sources that move no target."""
        moves = np.any(self.effect, axis=1).tolist()
        return tuple(name for name, any_ in zip(self.sources, moves, strict=True) if not any_)

    @property
    def effect(self) -> FloatArray:
        """[sources, targets] float32, matrix × gains."""
        assert self.gains is not None
        product: FloatArray = self.matrix * self.gains
        return product

    def apply(self, weights: npt.ArrayLike, names: Sequence[str]) -> FloatArray:
        """[frames, names] → [frames, targets] float32. Sources that `names` lacks count as 0.

        Names that are no sources move nothing; `reach` tells which those are.
        """
        ordered = self._ordered(np.asarray(weights, np.float32), names)
        moved = ordered @ self.effect
        for name in self.largest:
            column = self.names.index(name)
            moved[:, column] = (ordered * self.effect[:, column]).max(axis=1)
        low = np.array([channel.minimum for channel in self.targets], np.float32)
        high = np.array([channel.maximum for channel in self.targets], np.float32)
        assert self.offsets is not None
        clamped: FloatArray = np.clip(moved + self.offsets, low, high)
        return clamped

    def reach(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of `names` that reach no target."""
        useful = set(self.sources) - set(self.unused)
        return tuple(name for name in names if name not in useful)

    def _ordered(self, weights: FloatArray, names: Sequence[str]) -> FloatArray:
        """[frames, sources]."""
        ordered = np.zeros((len(weights), len(self.sources)), np.float32)
        places = {name: place for place, name in enumerate(self.sources)}
        for column, name in enumerate(names):
            if name in places:
                ordered[:, places[name]] = weights[:, column]
        return ordered


def from_shares(
    sources: Sequence[str],
    targets: Sequence[Channel],
    shares: Mapping[str, Share],
    offsets: Mapping[str, float] | None = None,
) -> Retarget:
    """A map written as {target: {source: share}}. Raises RigError for names that are in neither list."""
    rows = {name: place for place, name in enumerate(sources)}
    columns = {channel.name: place for place, channel in enumerate(targets)}
    matrix = np.zeros((len(rows), len(columns)), np.float32)
    shifts = np.zeros(len(columns), np.float32)
    for target, parts in shares.items():
        for source, share in parts.items():
            if source not in rows or target not in columns:
                raise RigError(f"the map has no channel {source[:60]!r} for {target[:60]!r}")
            with np.errstate(over="ignore"):  # becomes infinite, and is refused
                matrix[rows[source], columns[target]] = share
    for target, offset in (offsets or {}).items():
        shifts[columns[target]] = offset
    return Retarget(tuple(sources), tuple(targets), matrix, offsets=shifts)


def identity(channels: Sequence[Channel]) -> Retarget:
    """Every channel to itself."""
    names = tuple(channel.name for channel in channels)
    return Retarget(names, tuple(channels), np.eye(len(names), dtype=np.float32))


def chain(first: Retarget, then: Retarget) -> Retarget:
    """Both maps as one, `then` reading the targets of `first` by name, without the clamps in between."""
    rows = [then.sources.index(name) if name in then.sources else None for name in first.names]
    middle = np.stack([np.zeros(len(then.names)) if row is None else then.effect[row] for row in rows])
    return Retarget(first.sources, then.targets, first.effect @ middle, offsets=then.offsets)


def retarget(clip: AnimationClip, how: Retarget) -> AnimationClip:
    """The clip on the other rig: all its channels, also those that nothing drives.

    Head motion stays in `head`, in degrees; where the clip has some, head angles among the targets are left
    out, as they would say it twice.
    """
    weights = how.apply(clip.weights, clip.names)
    keep = [place for place, name in enumerate(how.names) if clip.head is None or name not in HEAD_NAMES]
    names = tuple(how.names[place] for place in keep)
    return AnimationClip(names, weights[:, keep], clip.fps, head=clip.head, audio=clip.audio)
