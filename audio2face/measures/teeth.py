"""Does the lower lip touch the upper teeth on every f and v, and only there?

A contact is a stretch of at least 30 ms in which the lower lip is at the edge of the upper teeth (0.5 mm
below it at most) while the lips are apart (by more than 0.5 mm): sealed lips hide the teeth, and are no f.
An f or v counts as made if a contact touches its interval ± 40 ms. A contact whose middle lies in speech is
right if it touches the interval ± 40 ms of an f or v.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio2face.teacher import LABIODENTALS, Segment
from audio2face.teacher.phones import SILENCE
from rigs import AnimationClip
from rigs.lips import lip_gap, lip_teeth_gap

TOUCHING = 0.5
"""mm from the lower lip up to the teeth's edge"""
APART = 0.5
"""mm between the lips"""
LASTING = 0.030
"""seconds"""
SLACK = 0.040
"""seconds"""

Span = tuple[float, float]


@dataclass(frozen=True)
class Teeth:
    """Counts for one clip: f v heard and made, contacts in speech and those of them that are right."""

    labiodentals: int = 0
    made: int = 0
    contacts: int = 0
    right: int = 0


def teeth(clip: AnimationClip, phones: Sequence[Segment]) -> Teeth:
    """Counts for one clip whose phones are known."""
    sounds = [(p.start - SLACK, p.end + SLACK) for p in phones if p.label in LABIODENTALS]
    spoken = [(p.start, p.end) for p in phones if p.label != SILENCE]
    touches = contacts(clip)
    heard = [touch for touch in touches if any(start <= _middle(touch) < end for start, end in spoken)]
    return Teeth(
        len(sounds),
        sum(any(_meet(sound, touch) for touch in touches) for sound in sounds),
        len(heard),
        sum(any(_meet(sound, touch) for sound in sounds) for touch in heard),
    )


def contacts(clip: AnimationClip) -> list[Span]:
    """Start and end in seconds of every contact of the lower lip with the upper teeth."""
    on_teeth = lip_teeth_gap(clip.weights, clip.names) <= TOUCHING
    apart = lip_gap(clip.weights, clip.names) > APART
    edges = np.diff(np.concatenate([[0], (on_teeth & apart).astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1) / clip.fps, np.flatnonzero(edges == -1) / clip.fps
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return [(start, end) for start, end in spans if end - start >= LASTING - 1e-9]


def _middle(span: Span) -> float:
    return (span[0] + span[1]) / 2


def _meet(first: Span, second: Span) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]
