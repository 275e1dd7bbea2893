"""What looks wrong in a map without being impossible: sides exchanged, numbers beyond sense."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rigs.mesh import Mesh
from rigs.retargeting.matching import DIRECTIONS
from rigs.retargeting.retarget import Retarget
from rigs.retargeting.spelling import readings, side_of
from rigs.rig import Rig

STRONG = 4.0
"""Gain beyond which a share is more likely a slip, such as 10 for 1.0."""

OWN_SIDE = 0.35
"""Least share of a one-sided shape's motion on its own side of the face."""

_SIDE_WORDS = {"L": "left", "R": "right"}


def warnings(how: Retarget, rig: Rig) -> list[str]:
    """One line for each thing that looks wrong."""
    found = [*_exchanged(how), *_beyond(how)]
    if rig.mesh is not None:
        found += _wrong_half(rig.names, rig.mesh)
    return found


def _exchanged(how: Retarget) -> list[str]:
    """Left shapes that follow right ones."""
    lines = []
    effect = how.effect
    for column, target in enumerate(how.names):
        sources = [how.sources[row] for row in effect[:, column].nonzero()[0]]
        sides = {_half(source) for source in sources}
        own = _half(target)
        if own and len(sides) == 1 and sides == {"L" if own == "R" else "R"}:
            lines.append(f"{target} looks like a {_SIDE_WORDS[own]} shape and follows {sources[0]}")
    return lines


def _half(name: str) -> str:
    """L or R for a half of the face; nothing for a direction such as jawLeft, or the gaze of an eye."""
    if any(form.base in DIRECTIONS for form in readings(name)):
        return ""
    return side_of(name)


def _beyond(how: Retarget) -> list[str]:
    """Shares and offsets that no face needs."""
    assert how.gains is not None and how.offsets is not None
    lines = []
    strongest = np.abs(how.effect).max(axis=0, initial=0)
    for column, channel in enumerate(how.targets):
        offset = float(how.offsets[column])
        if strongest[column] > STRONG:
            lines.append(
                f"{channel.name} follows with a gain of {strongest[column]:g}; more than {STRONG:g} is rare"
            )
        if not channel.minimum <= offset <= channel.maximum:
            lines.append(
                f"{channel.name} rests at {offset:g}, outside its range "
                f"{channel.minimum:g} to {channel.maximum:g}"
            )
        if how.matrix[:, column].any() and not how.gains[column]:
            lines.append(f"{channel.name} has a gain of 0 and never moves")
    return lines


def _wrong_half(names: Sequence[str], mesh: Mesh) -> list[str]:
    """Left shapes that move the right half of the face; the character's left is at +x."""
    wrong, seen = [], 0
    for name in names:
        side, target = _half(name), mesh.targets.get(name)
        if not side or target is None or not len(target.indices):
            continue
        amount = np.linalg.norm(target.deltas.astype(np.float64), axis=1)
        x = mesh.vertices[target.indices, 0] - _middle(mesh)
        left = float(amount[x > 0].sum() / max(float(amount.sum()), 1e-12))
        seen += 1
        if (left if side == "L" else 1 - left) < OWN_SIDE:
            wrong.append(name)
    if seen > 1 and len(wrong) == seen:
        return ["every left shape moves the right half of the face: the mesh faces backwards or is mirrored"]
    other = {"L": "right", "R": "left"}
    return [f"{name} moves the {other[_half(name)]} half of the face" for name in wrong]


def _middle(mesh: Mesh) -> float:
    """x between the outermost vertices that any shape moves."""
    moved = [target.indices for target in mesh.targets.values() if len(target.indices)]
    x = mesh.vertices[np.concatenate(moved), 0]
    return float(x.min() + x.max()) / 2
