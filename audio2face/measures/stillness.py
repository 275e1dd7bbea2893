"""Does the mouth lie still when nobody speaks? The largest drift of a mouth channel over 2 s of room tone.

Room tone is noise that falls by 3 dB an octave with a hum of 50 Hz, at −60 dBFS. A system hears it twice:
from the start, and one second after speech, which is when it still remembers how loud that was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from audio2face.features import SAMPLE_RATE
from audio2face.measures import systems
from audio2face.measures.recordings import Recording, read_samples
from audio2face.measures.score import Scores
from audio2face.models import Model
from rigs import AnimationClip
from rigs.arrays import FloatArray

SECONDS, CALMING = 2.0, 1.0
LEVEL = -60.0
"""dBFS, root mean square."""
PEAK = 0.5
"""Of the speech before the tone."""
SPEAKERS = 6
"""Speakers after whose first recording a system is tried."""
MOUTH = ("mouth", "jaw", "tongue")


def score_stillness(
    scores: Scores, recordings: Sequence[Recording], network: Model, emotion: Mapping[str, float] | None
) -> None:
    """Adds the drift of loudness and of the model, with nothing before the tone and after some speakers."""
    firsts = {one.speaker: one for one in reversed(recordings)}
    for recording in [firsts[name] for name in sorted(firsts)][:SPEAKERS]:
        speech = read_samples(recording.audio)
        speech = speech * (PEAK / max(float(np.abs(speech).max()), 1e-6))
        after = np.concatenate([speech, room_tone(CALMING + SECONDS)]).astype(np.float32)
        for sound in (room_tone(SECONDS), after):
            spoken = systems.model(systems.hear(sound, network), network, emotion)
            for name, clip in (("loudness", systems.loudness(sound)), ("model", spoken)):
                scores.add(name, recording, {"drift": np.array([drift(clip)])})


def room_tone(seconds: float, seed: int = 1) -> FloatArray:
    """[samples] at 16 kHz; the same at every call."""
    count = round(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=count))
    frequencies = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 50.0)), count)
    hum = np.sin(2 * np.pi * 50 * np.arange(count) / SAMPLE_RATE)
    tone = noise / np.sqrt(np.mean(noise**2)) + hum
    scaled: FloatArray = (tone / np.sqrt(np.mean(tone**2)) * 10 ** (LEVEL / 20)).astype(np.float32)
    return scaled


def drift(clip: AnimationClip, seconds: float = SECONDS) -> float:
    """The widest range that a channel of mouth, jaw or tongue goes through in the last seconds of a clip."""
    columns = [number for number, name in enumerate(clip.names) if name.startswith(MOUTH)]
    if not columns:
        return float("nan")
    last = clip.weights[-round(seconds * clip.fps) :, columns]
    return float(np.ptp(last, axis=0).max())
