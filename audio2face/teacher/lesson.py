"""The teacher: true phones and loudness in, the motion a good actor would make out.

What the network learns from sound alone, the teacher knows from the phone labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio2face.features import FRAME_RATE
from audio2face.teacher.coarticulation import blend, interval_gate, middles, times
from audio2face.teacher.emotions import jaw_gain, offsets
from audio2face.teacher.phones import (
    ARTICULATORS,
    BILABIALS,
    LABIODENTALS,
    OPEN_VOWELS,
    SILENCE,
    TARGETS,
    Segment,
)
from rigs import ARKIT_NAMES
from rigs.arrays import FloatArray
from rigs.contacts import part, seal, touch
from rigs.lips import lip_gap, lip_gap_row

Array = npt.NDArray[np.float64]

SEALED_FROM = {"P": (0.0, -0.03), "B": (-0.02, -0.025), "M": (0.01, 0.01)}
"""Seconds from the aligned start and end at which lips close and part, as filmed (GRID, speaker 1)."""
ON_TEETH_FROM = {"F": (0.0, 0.0), "V": (0.01, 0.01)}
SIGMA = 0.018
"""Seconds; how fast lips close before, and part after, a contact."""
ONSET, OFFSET = 0.16, 0.25
"""Seconds that the mouth moves before speech begins and after it ends."""
OPENERS = ("jaw", "lower", "upper")
"""Articulators that loudness and mood scale."""
SPEAKING = 0.45
"""Share of an emotion's offsets that remains on the mouth while speaking."""


NO_CONTACT = TARGETS.keys() - BILABIALS - LABIODENTALS - {SILENCE}
"""Phones whose middle no neighbour's contact may reach."""
LEAST_OPEN = 2.5
"""mm of lip gap that the middle of an open vowel has, however quiet or sad."""
JAW = ARKIT_NAMES.index("jawOpen")


@dataclass(frozen=True, eq=False)
class Lesson:
    """What the face does during one clip, on the 120 Hz clock.

    free    [frames, 52] the motion before contacts are enforced
    weights [frames, 52] the motion with lips sealed on p b m and on the teeth for f v
    closed  [frames] 0…1 lips sealed;  teeth [frames] 0…1 lower lip on teeth
    active  [frames] 0…1 the mouth is engaged in speech
    """

    free: FloatArray
    weights: FloatArray
    closed: FloatArray
    teeth: FloatArray
    active: FloatArray


@dataclass(frozen=True, eq=False)
class Script:
    """What the phones alone ask for, before any emotion: made once a clip, performed in many moods.

    moved   {articulator: [frames]};  closed, teeth, active  [frames] as in Lesson
    opened  [frames] 0…1: 1 in the middle of every open vowel
    """

    moved: Mapping[str, Array]
    closed: Array
    teeth: Array
    active: Array
    opened: Array


def script(phones: Sequence[Segment], frames: int, loudness: npt.ArrayLike | None = None) -> Script:
    """Reads the phones of a clip.

    loudness  [frames] dB against the speech level (0 is the loudest), scales how wide the mouth opens
    """
    active = activity(phones, frames)
    moved = blend(phones, frames)
    for name in OPENERS:
        moved[name] = moved[name] * opening_gain(loudness, frames)
    bound = 1.0 - middles(phones, NO_CONTACT, frames)
    closed = np.minimum(interval_gate(phones, SEALED_FROM, frames, SIGMA), bound) * active
    teeth = np.minimum(interval_gate(phones, ON_TEETH_FROM, frames, SIGMA), bound) * active
    return Script(moved, closed, teeth, active, middles(phones, OPEN_VOWELS, frames))


def perform(
    lines: Script, emotion: Mapping[str, float] | None = None, beyond: FloatArray | None = None
) -> Lesson:
    """Plays a script in a mood, a mix such as {"joy": 0.6}.

    beyond  [frames, 52] added to the free motion: what a film of the speaker shows beyond the phones
    """
    mix = dict(emotion or {})
    gain = jaw_gain(mix)
    moved = {name: values * gain if name in OPENERS else values for name, values in lines.moved.items()}
    free = _spread(moved) * lines.active[:, None]
    if beyond is not None:
        free = free + beyond
    free32 = _kept_open((free + _mood(mix, lines.active)).astype(np.float32), lines.opened)
    weights: FloatArray = np.clip(
        seal(touch(part(free32, lines.active), lines.teeth), lines.closed), 0.0, 1.0
    )
    gates = (gate.astype(np.float32) for gate in (lines.closed, lines.teeth, lines.active))
    return Lesson(free32, weights, *gates)


def teach(
    phones: Sequence[Segment],
    frames: int,
    loudness: npt.ArrayLike | None = None,
    emotion: Mapping[str, float] | None = None,
) -> Lesson:
    """The lesson for one clip: its script, performed."""
    return perform(script(phones, frames, loudness), emotion)


def activity(phones: Sequence[Segment], frames: int) -> Array:
    """[frames] 0…1: 1 in speech, opening ONSET before it and closing OFFSET after it, smoothly."""
    at = times(frames)
    engaged = np.zeros(frames)
    for phone in phones:
        if phone.label != SILENCE:
            rise = np.clip((at - phone.start + ONSET) / ONSET, 0.0, 1.0)
            fall = np.clip((phone.end + OFFSET - at) / OFFSET, 0.0, 1.0)
            engaged = np.maximum(engaged, np.minimum(rise, fall))
    return engaged * engaged * (3.0 - 2.0 * engaged)


def opening_gain(loudness: npt.ArrayLike | None, frames: int) -> Array:
    """[frames] how wide to open: 1.2 at the speech level, 0.7 some 25 dB below it, over about a syllable."""
    if loudness is None:
        return np.ones(frames)
    quiet = np.clip(np.asarray(loudness, np.float64)[:frames], -25.0, 0.0)
    quiet = np.pad(quiet, (0, frames - len(quiet)), mode="edge")
    syllable = np.hanning(round(0.15 * FRAME_RATE) + 2)[1:-1]
    smooth = np.convolve(np.pad(quiet, len(syllable), mode="edge"), syllable / syllable.sum(), "same")
    return 1.2 + 0.02 * smooth[len(syllable) : len(syllable) + frames]


def _spread(moved: Mapping[str, Array]) -> Array:
    """Articulators → the 52 channels."""
    weights = np.zeros((len(next(iter(moved.values()))), len(ARKIT_NAMES)))
    for name, values in moved.items():
        for channel in ARTICULATORS[name]:
            weights[:, ARKIT_NAMES.index(channel)] = values
    return weights


def _kept_open(weights: FloatArray, opened: Array) -> FloatArray:
    """Weights [frames, 52] in 0…1, the jaw opened so far that no open vowel comes out shut."""
    kept: FloatArray = np.clip(weights, 0.0, 1.0)
    missing = np.maximum(0.0, LEAST_OPEN - lip_gap(kept, ARKIT_NAMES))
    kept[:, JAW] += (opened * missing / lip_gap_row(ARKIT_NAMES)[JAW]).astype(np.float32)
    return np.clip(kept, 0.0, 1.0)


def _mood(mix: Mapping[str, float], active: Array) -> Array:
    """[frames, 52] the emotion's offsets; those of the mouth step back while it speaks."""
    still = offsets(mix)
    mouth = np.array([name.startswith(("mouth", "jaw")) for name in ARKIT_NAMES])
    share = np.where(mouth, 1.0 - (1.0 - SPEAKING) * active[:, None], 1.0)
    mood: Array = still.astype(np.float64) * share
    return mood
