"""How long sound in and features take, against a plain Python loop over frames around librosa.lpc.

Prints seconds for a minute of sound, how many times faster than real time that is, and the ratio to the
loop, all measured in the same run on one thread.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import librosa
import numpy as np
import soundfile
from common import Timing, measure_together, single_threaded, table

from audio2face.features import FRAME_RATE, FRONT_ENDS, ORDER, SAMPLE_RATE, WINDOW, FrontEnd, centres
from audio2face.sources import FileSource

SECONDS = 60
LOOP_SECONDS = 10
"""The loop is timed on less sound and its time scaled up: each frame costs it the same."""
HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def make_sound(seconds: int) -> np.ndarray:
    """[samples] float32 noise in bursts: neither silent nor flat."""
    time = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    noise = np.random.default_rng(0).standard_normal(len(time))
    return np.asarray(noise * 0.1 * (1.1 + np.sin(2 * np.pi * 3 * time)), np.float32)


def librosa_loop(sound: np.ndarray) -> np.ndarray:
    """[frames, ORDER + 1] what most scripts do: window, librosa.lpc, append."""
    padded = np.pad(sound, WINDOW // 2)
    starts = centres(0, len(sound) * FRAME_RATE // SAMPLE_RATE)
    return np.stack([librosa.lpc(padded[at : at + WINDOW] * HANN, order=ORDER) for at in starts])


def front_end(name: str, sound: np.ndarray, block: int) -> None:
    """Pushes `sound` in blocks of that many samples."""
    features = FrontEnd(name)
    for at in range(0, len(sound), block):
        features.push(sound[at : at + block])


def read(path: Path) -> None:
    """Reads a file to its end."""
    for _ in FileSource(path):
        pass


def rows(timings: dict[str, Timing]) -> list[list[str]]:
    """One row for each case; the last is what the others are compared with."""
    base = list(timings.values())[-1].best
    return [
        [
            name,
            f"{1e3 * timing.best:.1f}",
            f"{1e3 * timing.median:.1f}",
            f"{SECONDS / timing.best:.0f}",
            f"{base / timing.best:.1f}",
        ]
        for name, timing in timings.items()
    ]


def main() -> None:
    """Measures everything in turn and prints the table."""
    sound = make_sound(SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        soundfile.write(path, np.repeat(make_sound(SECONDS * 3)[:, None], 2, axis=1), SAMPLE_RATE * 3)
        cases = {"read and resample wav, 48 kHz stereo": lambda: read(path)}
        for name in FRONT_ENDS:
            cases[f"{name}, blocks of 1 s"] = lambda name=name: front_end(name, sound, SAMPLE_RATE)
        for name in FRONT_ENDS:
            cases[f"{name}, live blocks of 10 ms"] = lambda name=name: front_end(name, sound, 160)
        short = sound[: LOOP_SECONDS * SAMPLE_RATE]
        cases["Python loop around librosa.lpc"] = lambda: librosa_loop(short)
        timings = dict(zip(cases, measure_together(list(cases.values()), runs=5), strict=True))
    scale = SECONDS / LOOP_SECONDS
    loop = timings.popitem()
    timings[loop[0]] = Timing(loop[1].best * scale, loop[1].median * scale, loop[1].cpu * scale)
    heads = [f"{SECONDS} s of sound, one thread", "best ms", "median ms", "× real time", "× loop"]
    print(table(heads, rows(timings)))


if __name__ == "__main__":
    single_threaded()
    main()
