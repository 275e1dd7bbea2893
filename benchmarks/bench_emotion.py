"""What emotion heard from the voice costs: python benchmarks/bench_emotion.py

A minute of the bundled speech through the recogniser alone, by `studio` in a file with and without it, and in
live blocks of 10 ms. Processor time in percent of the sound's length, the median of three; one thread.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from common import machine, measure, single_threaded, table

from audio2face import ArraySource, animate, load_model
from audio2face.emotion import AutoSettings, Emotion
from audio2face.emotion.hearing import Hearing
from audio2face.emotion.recogniser import read_recogniser
from audio2face.features import SAMPLE_RATE
from audio2face.live import LiveFace
from audio2face.measures.recordings import read_samples
from rigs.arrays import FloatArray

SAMPLE = Path(__file__).resolve().parents[1] / "audio2face" / "data" / "sample.ogg"
SECONDS, BLOCK, RUNS = 60, SAMPLE_RATE // 100, 3
EMOTIONS = {"neutral": Emotion(), "auto": Emotion(auto=AutoSettings())}


def main() -> int:
    """Measures and prints the table."""
    single_threaded()
    sound = np.resize(read_samples(SAMPLE), SECONDS * SAMPLE_RATE).astype(np.float32)
    rows = [["the recogniser alone, blocks of 10 ms", share(lambda: hear(sound))]]
    for name, emotion in EMOTIONS.items():
        rows.append([f"studio, a file, {name}", share(lambda e=emotion: speak(sound, e))])
    for name, emotion in EMOTIONS.items():
        rows.append([f"live, blocks of 10 ms, {name}", share(lambda e=emotion: perform(sound, e))])
    print(f"{machine()}\n\n{table(['a minute of speech, one thread', '% of real time'], rows)}")
    return 0


def share(work: Callable[[], object]) -> str:
    """Processor time in percent of the sound's length."""
    return f"{100 * measure(work, RUNS).cpu / SECONDS:.2f}"


def hear(sound: FloatArray) -> None:
    """Listens to sound [samples] at 16 kHz, block by block."""
    hearing = Hearing(read_recogniser())
    for start in range(0, len(sound), BLOCK):
        list(hearing.push(sound[start : start + BLOCK]))


def speak(sound: FloatArray, emotion: Emotion) -> None:
    """Animates sound [samples] at 16 kHz as a file."""
    animate(ArraySource(sound, SAMPLE_RATE), load_model("studio"), 60.0, emotion)


def perform(sound: FloatArray, emotion: Emotion) -> None:
    """The same as it comes."""
    face = LiveFace(load_model("live"), 60.0, emotion, {})
    for start in range(0, len(sound), BLOCK):
        face.push(sound[start : start + BLOCK])


if __name__ == "__main__":
    sys.exit(main())
