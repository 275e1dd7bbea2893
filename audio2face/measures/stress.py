"""How many closures a model loses when the sound is worse, and how many vowels it shuts that it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from audio2face.measures import systems
from audio2face.measures.alterations import ALTERATIONS
from audio2face.measures.closure import Closure, closure
from audio2face.measures.recordings import Recording, read_samples
from audio2face.measures.score import Evidence, Progress, Scores
from audio2face.models import Model
from rigs.arrays import FloatArray


def score_stress(
    scores: Scores,
    recordings: Iterable[Recording],
    network: Model,
    emotion: Mapping[str, float] | None = None,
    progress: Progress = iter,
) -> None:
    """Adds the model's losses under every one of ALTERATIONS, over recordings whose phones are known."""
    known: list[Any] = [one for one in recordings if one.phones]
    for recording in progress(known):
        samples = read_samples(recording.audio)
        plain = _closure(samples, recording, network, emotion)
        for name, change in ALTERATIONS.items():
            changed = _closure(change(samples), recording, network, emotion)
            scores.add("model", recording, losses(name, plain, changed))


def losses(name: str, plain: Closure, changed: Closure) -> Evidence:
    """Closures lost of p b m heard, and vowels newly shut of vowels heard, in one clip."""
    return {
        f"{name}, lost": np.array([plain.closed - changed.closed, plain.bilabials], np.float64),
        f"{name}, shut": np.array([changed.shut - plain.shut, plain.vowels], np.float64),
    }


def _closure(
    samples: FloatArray, recording: Recording, network: Model, emotion: Mapping[str, float] | None
) -> Closure:
    clip = systems.model(systems.hear(samples, network), network, emotion)
    return closure(clip, recording.phones)
