"""Does the sound say the text? Letters in their order against what kind of sound each moment is.

Six kinds of sound can be told without knowing the language. A path through the letters, each in turn, is laid
over the frames so that kinds fit as well as they can (Viterbi), for the text and for the same letters in
other orders. Where the text is not what is said, its own order fits no better than the others.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.batch.triage.spectra import RATE, Spectra
from audio2face.batch.triage.statistics import speech_statistics

Array = npt.NDArray[np.float64]

KINDS = ("silence", "vowel", "sibilant", "labial", "consonant", "sonorant")
_LETTERS = {
    **dict.fromkeys("aeiouy", "vowel"),
    **dict.fromkeys("sz", "sibilant"),
    **dict.fromkeys("pbm", "labial"),
    **dict.fromkeys("tdkgqcxhfv", "consonant"),
    **dict.fromkeys("nlrwj", "sonorant"),
}
_PAIRS = {
    "sch": "s",
    "sh": "s",
    "ch": "s",
    "ph": "f",
    "th": "t",
    "ck": "k",
    "ng": "n",
    "gh": "",
    "qu": "k",
    "wh": "w",
}
AROUND = 2
"""Frames before and after that are looked at with each."""
SKIP = 2.5
"""What it costs to leave a letter out: some are not spoken."""
LEAST = 8
"""Letters below which nothing can be told."""
ORDERS = 6
"""Other orders that the text is held against."""
MOST_FRAMES = 30 * RATE
"""Frames that are looked at."""


def spelled(text: str) -> list[int]:
    """Kinds of sound of a text in Latin letters, silence (0) between words; empty in other scripts."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign)
    )
    letters = [sign for sign in plain if sign.isalpha()]
    if not letters or sum(sign in _LETTERS for sign in letters) < 0.9 * len(letters):
        return []
    for pair, sound in _PAIRS.items():
        plain = plain.replace(pair, sound)
    kinds: list[int] = []
    for before, sign in zip(" " + plain, plain, strict=False):
        if sign in _LETTERS and sign != before:
            kinds.append(KINDS.index(_LETTERS[sign]))
        elif sign not in _LETTERS and kinds and kinds[-1] != 0:
            kinds.append(0)
    return kinds[:-1] if kinds and kinds[-1] == 0 else kinds


@dataclass(frozen=True)
class Fit:
    """How a text fits a sound.

    cost   mean over frames by which what is heard is less like the letters than like what it is most like
    order  by how much other orders of the letters fit worse, in their standard deviations
    rate   letters a second, from the first sound to the last
    """

    cost: float
    order: float
    rate: float


def fit_of(text: str, spectra: Spectra) -> Fit | None:
    """How the text fits; None where the script is not Latin, or there is too little to tell."""
    kinds = spelled(text)
    spoken = np.flatnonzero(spectra.speech)
    if sum(kind != 0 for kind in kinds) < LEAST or len(spoken) < LEAST:
        return None
    span = slice(spoken[0], min(spoken[-1] + 1, spoken[0] + MOST_FRAMES))
    costs = -likelihoods(spectra)[span]
    own, *others = _paths(costs, np.array(_orders(kinds))).tolist()
    order = (np.mean(others) - own) / max(float(np.std(others)), 0.25 * np.sqrt(len(costs)))
    return Fit(own / len(costs), float(order), len(kinds) * RATE / len(costs))


def features(spectra: Spectra) -> Array:
    """[frames, features] what kinds are told by: bands against their mean, level, voice, and those around."""
    bands = spectra.bands.astype(np.float64)
    mean = bands.mean(axis=1, keepdims=True)
    level = np.maximum(spectra.level - spectra.loud, -50.0)[:, None]
    voice = (spectra.pitch > 0).astype(np.float64)[:, None] * 10
    now = np.concatenate([bands - mean, level, voice], axis=1)
    around = np.pad(now, ((AROUND, AROUND), (0, 0)), mode="edge")
    return np.concatenate([now, around[: -2 * AROUND], around[2 * AROUND :]], axis=1)


def likelihoods(spectra: Spectra) -> Array:
    """[frames, KINDS] log likelihood of each kind, up to what all have in common."""
    known = speech_statistics()
    values: Array = features(spectra) @ known.weights + known.offsets
    return values - values.max(axis=1, keepdims=True)


def _orders(kinds: list[int]) -> list[list[int]]:
    """The text, reversed, and turned around several places."""
    count = len(kinds)
    turned = [kinds[at:] + kinds[:at] for at in (count * step // ORDERS for step in range(1, ORDERS))]
    return [kinds, kinds[::-1], *turned]


def _paths(costs: Array, orders: npt.NDArray[np.int64]) -> Array:
    """[orders] cost of the cheapest path through each order: stay, go on, or skip a letter."""
    rows, length = orders.shape
    far = np.full((rows, length + 2), np.inf)
    far[:, 2:4] = costs[0][orders[:, :2]] + [0.0, SKIP]
    for cost in costs[1:]:
        stay, one, two = far[:, 2:], far[:, 1:-1], far[:, :-2] + SKIP
        far[:, 2:] = np.minimum(np.minimum(stay, one), two) + cost[orders]
    return np.minimum(far[:, -1], far[:, -2] + SKIP)
