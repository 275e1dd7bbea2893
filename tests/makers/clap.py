"""A clap: a clip whose jaw falls from one frame to the next, a click at the same moment, and when a film
shows the one and lets the other be heard, as PyAV reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from rigs import AnimationClip

MOMENT = 0.8
"""Seconds."""
RATE = 44_100


def clap_clip(fps: float = 30.0, seconds: float = 1.4) -> AnimationClip:
    """The jaw is shut before MOMENT, and wide open from the first frame at or after it."""
    frames = round(seconds * fps)
    opened = np.arange(frames) / fps >= MOMENT - 1e-9
    return AnimationClip(("jawOpen",), opened[:, None].astype(np.float32), fps)


def clap_sound(path: Path, seconds: float = 1.4) -> Path:
    """Silence, and at MOMENT a loud, short burst of noise."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    first = round(MOMENT * RATE)
    burst = np.random.default_rng(3).uniform(-0.9, 0.9, 900)
    samples[first : first + 900] = burst * np.linspace(1, 0, 900)
    soundfile.write(path, samples, RATE)
    return path


def seen_at(film: Path) -> float:
    """Seconds of the first frame that differs most from the one before."""
    import av  # noqa: PLC0415  the extra video

    times, pictures = [], []
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            times.append(float(frame.time))
            pictures.append(frame.to_ndarray(format="gray").astype(np.int16))
    change = [np.abs(one - other).mean() for one, other in zip(pictures[1:], pictures, strict=False)]
    return times[int(np.argmax(change)) + 1]


def heard_at(film: Path) -> float:
    """Seconds of the first sample that is louder than a tenth of the loudest."""
    import av  # noqa: PLC0415

    pieces, first = [], None
    with av.open(str(film)) as container:
        for frame in container.decode(audio=0):
            first = float(frame.time) if first is None else first
            pieces.append(frame.to_ndarray().astype(np.float64).reshape(len(frame.layout.channels), -1)[0])
            rate = frame.sample_rate
    samples = np.abs(np.concatenate(pieces))
    assert first is not None
    return first + int(np.argmax(samples > 0.1 * samples.max())) / rate
