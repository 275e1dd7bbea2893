"""Scores all systems on recordings: what each measure finds in each clip, for each system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from audio2face.measures import systems
from audio2face.measures.amplitude import relative_opening, variances
from audio2face.measures.closure import closure
from audio2face.measures.jitter import fast_energy
from audio2face.measures.recordings import Recording, read_samples
from audio2face.measures.rig_motion import channels_r, jaw_r
from audio2face.measures.rounding import clear_rounding, rounding
from audio2face.measures.statistics import Array
from audio2face.measures.teeth import teeth
from audio2face.measures.timing import offset
from audio2face.measures.tracking import Tracked, at_rate, follow
from audio2face.models import Model
from audio2face.teacher import Segment
from rigs import AnimationClip

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Evidence = dict[str, Array]
"""{measure: what it found in one clip}, in the form that its statistic takes."""


@dataclass(eq=False)
class Scores:
    """{system: {measure: one array for each clip that has it}}, and the speaker and emotion of each clip."""

    found: dict[str, list[tuple[Recording, Evidence]]] = field(default_factory=dict)

    def add(self, system: str, recording: Recording, evidence: Evidence) -> None:
        """Files what was found in one clip."""
        self.found.setdefault(system, []).append((recording, evidence))

    def of(self, system: str, key: str) -> tuple[list[Recording], list[Array]]:
        """The clips in which a measure could be taken, and what it found there."""
        rows = [(one, evidence[key]) for one, evidence in self.found.get(system, ()) if key in evidence]
        return [one for one, _ in rows], [values for _, values in rows]


def score(
    recordings: Sequence[Recording],
    network: Model,
    emotion: Mapping[str, float] | None = None,
    progress: Progress = iter,
) -> Scores:
    """Scores mean pose, loudness, the teacher (where phones are known) and the model. Raises FaceError."""
    scores = Scores()
    for recording in progress(recordings):
        clips = perform(recording, network, emotion)
        for name, clip in clips.items():
            scores.add(name, recording, examine(clip, recording, clips.get("teacher")))
    return scores


def perform(
    recording: Recording, network: Model, emotion: Mapping[str, float] | None = None
) -> dict[str, AnimationClip]:
    """{system: what it does} to one recording, features computed once."""
    heard = systems.hear(read_samples(recording.audio), network)
    spoken = systems.model(heard, network, emotion)
    clips = {"mean pose": systems.mean_pose(spoken), "loudness": systems.loudness(heard.samples)}
    if recording.phones:
        clips["teacher"] = systems.teacher(heard, recording.phones, emotion)
    return {**clips, "model": spoken}


def examine(clip: AnimationClip, recording: Recording, taught: AnimationClip | None) -> Evidence:
    """All that can be measured in one clip."""
    found: Evidence = {}
    if recording.phones:
        found |= _against_phones(clip, recording.phones)
    if recording.seen:
        found |= _against_film(clip, recording.seen)
    elif taught and taught is not clip:
        found["offset to teacher"] = np.array([offset(_opening(clip), _opening(taught))])
    if recording.rig:
        found |= {"jaw r": np.array([jaw_r(clip, recording.rig)])}
        found |= {"channels r": np.array([channels_r(clip, recording.rig)])}
    return found


def _against_phones(clip: AnimationClip, phones: Sequence[Segment]) -> Evidence:
    lips, contact = closure(clip, phones), teeth(clip, phones)
    return {
        "recall": np.array([lips.closed, lips.bilabials], np.float64),
        "false closure": np.array([lips.shut, lips.vowels], np.float64),
        "other closure": np.array([lips.shut_consonants, lips.consonants], np.float64),
        "teeth recall": np.array([contact.made, contact.labiodentals], np.float64),
        "teeth precision": np.array([contact.right, contact.contacts], np.float64),
        "rounding": rounding(clip, phones),
        "clear rounding": clear_rounding(clip, phones),
    }


def _against_film(clip: AnimationClip, seen: Tracked) -> Evidence:
    opening, width = follow(clip, seen)
    shown, filmed = _opening(clip), at_rate(seen.opening, seen.fps)
    return {
        "opening r": np.array([opening]),
        "width r": np.array([width]),
        "offset": np.array([offset(shown, filmed)]),
        "amplitude": np.array(variances(shown, filmed)),
        "jitter": np.array([fast_energy(shown), fast_energy(filmed)]),
    }


def _opening(clip: AnimationClip) -> Array:
    """[frames] relative lip opening at 100 Hz."""
    return at_rate(relative_opening(clip), clip.fps)
