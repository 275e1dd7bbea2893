"""Latents of takes → groups of takes in one mood, found without being told the moods.

Source: Karras et al., SIGGRAPH 2017, section 4: of the learned vectors, drop those that spoil closures, drop
those that damp motion, group and name the rest by what they show. They did it by eye; here it is measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from audio2face.measures.closure import Closure
from audio2face.networks.network import FaceNetwork
from audio2face.teacher import EMOTIONS
from audio2face.training.grouping import k_means, unit
from audio2face.training.latents import Latents
from audio2face.training.scenes import Scenes, Shown, show, taught
from rigs.arrays import FloatArray

SAMPLE = 240
"""Takes whose vectors are played; the others are told by the nearest centre."""
LOST = 0.05
"""Share of p b m that may open, and of open vowels that may shut, under a vector."""
LEAST_SWING = 0.6
"""Of the lips, against no vector; the saddest face taught keeps about 0.75."""
CALM = 0.15
"""A vector that shows less than this share of any emotion shows none."""
ALIKE = 0.6
"""Least cosine between what a group shows and what the teacher shows in an emotion."""
GROUPS = 12
"""Twice the emotions: two groups of one name are joined, but one of two moods cannot be parted."""


@dataclass(frozen=True, eq=False)
class Group:
    """Takes that show the same.

    name       the emotion that it resembles most; "style1" and so on, where it resembles none
    direction  [width] of length 1, the mean of its takes'
    takes      of those played;  likeness  cosine with the teacher's face in that emotion
    purity     share of its takes that were really performed in it;  NaN for a style
    """

    name: str
    direction: FloatArray
    takes: int
    likeness: float
    purity: float


@dataclass(frozen=True, eq=False)
class Mined:
    """What was found: groups by name, and how many of the played takes went another way.

    played  takes tried;  opened  dropped for their closures;  damped  dropped for too little motion
    calm    showed no emotion;  calm_purity  share of those that were really performed in none
    """

    groups: dict[str, Group]
    played: int
    opened: int
    damped: int
    calm: int
    calm_purity: float


def mine(latents: Latents, network: FaceNetwork, scenes: Scenes, seed: int = 7) -> Mined:
    """Screens, groups and names the latents of takes; the same for the same seed."""
    means = latents.means()
    chosen = np.unique(np.linspace(0, len(means) - 1, min(SAMPLE, len(means))).astype(np.int64))
    shown = show(network, scenes, np.concatenate([means[chosen], np.zeros_like(means[:1])]))
    intact = closes_like(shown)[:-1]
    moving = shown.swing[:-1] >= LEAST_SWING
    faces = {name: taught(scenes, {name: 1.0}) for name in EMOTIONS[1:]}
    felt = strengths(shown.offsets[:-1], faces).max(axis=1) >= CALM
    kept = np.flatnonzero(intact & moving & felt)
    calm = np.flatnonzero(intact & moving & ~felt)
    moods = latents.moods[chosen]
    return Mined(
        groups=_groups(means[chosen][kept], shown.offsets[kept], moods[kept], faces, seed),
        played=len(chosen),
        opened=int((~intact).sum()),
        damped=int((intact & ~moving).sum()),
        calm=len(calm),
        calm_purity=float((moods[calm].max(axis=1) == 0).mean()) if len(calm) else float("nan"),
    )


def closes_like(shown: Shown) -> npt.NDArray[np.bool_]:
    """[n] whether closures and open vowels are as good as under the last vector, up to LOST."""
    last = shown.closure[-1]

    def good(one: Closure) -> bool:
        lost, shut = last.closed - one.closed, one.shut - last.shut
        return lost <= LOST * one.bilabials and shut <= LOST * one.vowels

    return np.array([good(one) for one in shown.closure])


def strengths(offsets: FloatArray, faces: dict[str, FloatArray]) -> FloatArray:
    """[n, emotions] how much of each face [52] there is in offsets [n, 52]; 1 is all of it."""
    shares = [offsets @ face / (face @ face) for face in faces.values()]
    stacked: FloatArray = np.stack(shares, axis=1)
    return stacked


def _groups(
    vectors: FloatArray, offsets: FloatArray, moods: FloatArray, faces: dict[str, FloatArray], seed: int
) -> dict[str, Group]:
    """{name: group} of vectors [n, width] that show offsets [n, 52]; those of one name are joined."""
    if not len(vectors):
        return {}
    directions = unit(vectors)
    labels = k_means(directions, GROUPS, seed)
    members: dict[str, list[int]] = {}
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        name, likeness = resembles(unit(offsets[rows]).mean(axis=0), faces)
        key = name if likeness >= ALIKE else f"style{sum(known.startswith('style') for known in members) + 1}"
        members.setdefault(key, []).extend(rows.tolist())
    found = {}
    for name in [*(e for e in EMOTIONS if e in members), *(key for key in members if key not in EMOTIONS)]:
        rows = np.array(sorted(members[name]))
        likeness = resembles(unit(offsets[rows]).mean(axis=0), faces)[1]
        group = Group(name, unit(directions[rows].sum(axis=0)), len(rows), likeness, float("nan"))
        found[name] = replace(group, purity=_purity(name, moods[rows])) if name in faces else group
    return found


def resembles(offset: FloatArray, faces: dict[str, FloatArray]) -> tuple[str, float]:
    """The emotion whose face is most like an offset [52], and the cosine between the two."""
    cosines = {name: float(unit(offset) @ unit(face)) for name, face in faces.items()}
    return max(cosines.items(), key=lambda pair: pair[1])


def _purity(name: str, moods: FloatArray) -> float:
    real = moods.argmax(axis=1) == EMOTIONS.index(name) - 1
    return float((real & (moods.max(axis=1) > 0)).mean())
