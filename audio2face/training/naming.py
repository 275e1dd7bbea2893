"""Groups of takes → the named emotion vectors of a bundle, each the better of two: mined, or asked for.

The network learns every emotion twice: from a table, whose rows are heard when an emotion is asked for, and
from the latents of takes that were performed in it. Both are tried out on the same scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audio2face.corpus import Take
from audio2face.networks.network import FaceNetwork
from audio2face.teacher import EMOTIONS
from audio2face.training.grouping import unit
from audio2face.training.latents import Latents
from audio2face.training.mining import LOST, Group, Mined, mine
from audio2face.training.scenes import Scenes, cut, taught
from audio2face.training.settings import Settings
from audio2face.training.trials import Trial, at_full, attempt
from rigs.arrays import FloatArray

AS_GOOD = 1.1
"""A mined vector ships if it errs no more than this against the table's."""


@dataclass(frozen=True, eq=False)
class Naming:
    """Both vectors of one emotion; `mined` is None where no group has the name."""

    name: str
    table: Trial
    mined: Trial | None
    group: Group | None

    @property
    def takes_mined(self) -> bool:
        """Whether the mined vector is as good as the table's."""
        if self.mined is None:
            return False
        ours, other = self.mined, self.table
        closes = other.closure.closed - ours.closure.closed <= LOST / 2 * ours.closure.bilabials
        opens = ours.closure.shut - other.closure.shut <= LOST / 2 * ours.closure.vowels
        return bool(closes and opens and ours.error <= AS_GOOD * other.error)

    @property
    def best(self) -> Trial:
        """The one that ships."""
        return self.mined if self.mined is not None and self.takes_mined else self.table

    @property
    def angle(self) -> float:
        """Degrees between the two vectors; NaN without a mined one."""
        if self.mined is None:
            return float("nan")
        cosine = unit(self.mined.vector) @ unit(self.table.vector)
        return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def name_emotions(
    table: FloatArray, mined: Mined, network: FaceNetwork, scenes: Scenes
) -> tuple[Naming, ...]:
    """Tries both vectors of every emotion but neutral; table [6, width] has the rows for those."""
    return tuple(
        _naming(name, row, mined.groups.get(name), network, scenes)
        for name, row in zip(EMOTIONS[1:], np.asarray(table, np.float32), strict=True)
    )


def _naming(name: str, row: FloatArray, group: Group | None, network: FaceNetwork, scenes: Scenes) -> Naming:
    asked = attempt(name, row, network, scenes)
    if group is None:
        return Naming(name, asked, None, None)
    vector = at_full(group.direction, taught(scenes, {name: 1.0}), network, scenes)
    return Naming(name, asked, attempt(name, vector, network, scenes), group)


def find_emotions(
    network: FaceNetwork,
    table: npt.ArrayLike,
    latents: Latents | None,
    takes: Sequence[Take],
    settings: Settings,
) -> tuple[dict[str, FloatArray], dict[str, Any] | None]:
    """{name: [width]} the vectors that ship, neutral being exactly zero, and the card's account of them.

    table    [6, width] vectors of EMOTIONS without neutral
    latents  of the takes; None where a run kept none, and then the table ships
    network  with its operating point set;  takes  to try vectors on, heard by nobody in training
    """
    rows = np.asarray(table, np.float32)
    found = dict(zip(EMOTIONS, [np.zeros_like(rows[0]), *rows], strict=True))
    if latents is None:
        return found, None
    scenes = cut(takes, settings.front_end, settings.look_ahead)
    mined = mine(latents, network, scenes, settings.seed)
    namings = name_emotions(rows, mined, network, scenes)
    return {**found, **{naming.name: naming.best.vector for naming in namings}}, account(mined, namings)


def account(mined: Mined, namings: Sequence[Naming]) -> dict[str, Any]:
    """What a card says of how its emotions were found."""
    return {
        "takes_played": mined.played,
        "dropped_for_closures": mined.opened,
        "dropped_for_damped_motion": mined.damped,
        "calm": {"takes": mined.calm, "purity": _number(mined.calm_purity)},
        "emotions": {naming.name: _row(naming) for naming in namings},
        "unnamed_groups": {
            name: {"takes": group.takes} for name, group in mined.groups.items() if name not in EMOTIONS
        },
    }


def _row(naming: Naming) -> dict[str, Any]:
    row: dict[str, Any] = {
        "ships": "mined" if naming.takes_mined else "table",
        "table": _trial(naming.table),
    }
    if naming.mined is not None and naming.group is not None:
        row["mined"] = _trial(naming.mined)
        row |= {"takes": naming.group.takes, "purity": _number(naming.group.purity)}
        row |= {"degrees_between": _number(naming.angle)}
    return row


def _trial(trial: Trial) -> dict[str, Any]:
    names = ("error", "likeness", "share", "swing")
    row = {name: _number(getattr(trial, name)) for name in names}
    return {**row, "closed": trial.closure.closed, "p_b_m": trial.closure.bilabials}


def _number(value: float) -> float | None:
    """Rounded for a card; JSON knows no NaN."""
    return round(value, 3) if np.isfinite(value) else None
