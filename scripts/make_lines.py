"""Makes a studio's lines out of recorded speech, a few of them faulty, to try `audio2face batch` on.

    python scripts/make_lines.py SPEECH OUT --count 2000 --seed 1 [--faults 0.05] [--part
    score]

SPEECH has a manifest.jsonl with id, text, words and audio/<id>.ogg. OUT gets lines.csv (id, file, text,
emotion), the sounds in a folder for each voice, and truth.csv, which says what is wrong with which line.
Lines are 2 to 6 s, cut between words; every one has a level and a quiet noise floor of its own. The same
arguments give the same files. --part takes one half of the speech: thresholds are tuned on `tune` and scored
on `score`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Array = npt.NDArray[np.float64]
RATE = 16_000
SHORTEST, LONGEST = 2.0, 6.0
"""Seconds."""
MOODS = ("", "", "joy", "sadness", "anger=0.6", "fear=0.5,surprise=0.3")
PARTS = {"all": (0, 1), "tune": (0,), "score": (1,)}


@dataclass(frozen=True)
class Speech:
    """A stretch of a recording: who speaks, what is said, and the samples."""

    voice: str
    text: str
    samples: Array


def main() -> int:
    """Writes the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("speech", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=float, default=0.05, help="share of faulty lines")
    parser.add_argument("--part", choices=PARTS, default="all")
    parser.add_argument("--seconds", type=float, help="cut every line to this")
    how = parser.parse_args()
    count = make_lines(how.speech, how.output, how.count, how.seed, how.faults, how.part, how.seconds)
    print(f"{how.output / 'lines.csv'}: {how.count} lines, {count} of them faulty", file=sys.stderr)
    return 0


def make_lines(
    speech: Path,
    output: Path,
    count: int,
    seed: int,
    faults: float = 0.05,
    part: str = "all",
    seconds: float | None = None,
) -> int:
    """Writes lines.csv, truth.csv and the sounds; gives the number of faulty lines."""
    rows = [json.loads(line) for line in (speech / "manifest.jsonl").read_text("utf-8").splitlines()]
    rows = [row for number, row in enumerate(rows) if number // 2 % 2 in PARTS[part]]
    random = np.random.default_rng(seed)
    stretches = _stretches(speech, rows, random)
    faulty = _faulty(count, faults, random)
    lines, truth = [], []
    for number in range(count):
        one = next(stretches)
        kind = faulty.get(number, "")
        samples = one.samples if seconds is None else one.samples[: round(seconds * RATE)]
        samples = _recorded(samples, random)
        if kind == "wrong file":
            samples = _recorded(next(stretches).samples, random)
        elif kind:
            samples = FAULTS[kind](samples, random)
        name = f"line_{number:05d}"
        file = output / one.voice / f"{name}.flac"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, samples, RATE, subtype="PCM_16")
        mood = MOODS[int(random.integers(len(MOODS)))]
        lines.append((name, f"{one.voice}/{name}.flac", one.text, mood))
        truth.append((f"{one.voice}/{name}", kind))
    _write(output / "lines.csv", ("id", "file", "text", "emotion"), lines)
    _write(output / "truth.csv", ("place", "fault"), truth)
    return len(faulty)


def _write(file: Path, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])


def _faulty(count: int, share: float, random: np.random.Generator) -> dict[int, str]:
    """{number of a line: its fault}, every kind as often as the others."""
    kinds = [*FAULTS, "wrong file"]
    chosen = random.permutation(count)[: round(share * count)].tolist()
    return {number: kinds[at % len(kinds)] for at, number in enumerate(chosen)}


def _stretches(speech: Path, rows: list[dict[str, object]], random: np.random.Generator) -> Iterator[Speech]:
    """Without end: recordings in random order, each time cut elsewhere."""
    while True:
        for place in random.permutation(len(rows)).tolist():
            row = rows[place]
            samples, rate = soundfile.read(speech / "audio" / f"{row['id']}.ogg", dtype="float64")
            assert rate == RATE
            cut = _cut(row, len(samples) / RATE, random)
            if cut is not None:
                begin, end, text = cut
                voice = max(dict(row["voice"]).items(), key=lambda each: each[1])[0]  # type: ignore[call-overload]
                yield Speech(voice, text, samples[round(begin * RATE) : round(end * RATE)])


def _cut(
    row: dict[str, object], duration: float, random: np.random.Generator
) -> tuple[float, float, str] | None:
    """Begin, end and text of some words that take 2 to 6 s; None where there are none."""
    words = [(str(word), float(start), float(end)) for word, start, end in row["words"]]  # type: ignore[attr-defined]
    spoken = [at for at, (word, _, _) in enumerate(words) if not word.startswith("<")]
    if duration <= LONGEST:
        return (0.0, duration, str(row["text"])) if duration >= SHORTEST else None
    first = int(random.integers(len(spoken)))
    last = first
    wanted = random.uniform(SHORTEST + 0.3, LONGEST - 0.4)
    while last + 1 < len(spoken) and words[spoken[last]][2] - words[spoken[first]][1] < wanted:
        last += 1
    begin, end = words[spoken[first]][1], words[spoken[last]][2]
    if not SHORTEST <= end - begin <= LONGEST - 0.3:
        return None
    text = " ".join(words[at][0] for at in spoken[first : last + 1])
    return begin, end, text


def _recorded(samples: Array, random: np.random.Generator) -> Array:
    """As a studio has it: silence around, 20 ms of fades, a level and a noise floor of its own."""
    fade = min(RATE // 50, len(samples) // 4)
    shaped = samples.copy()
    shaped[:fade] *= np.linspace(0, 1, fade)
    shaped[-fade:] *= np.linspace(1, 0, fade)
    before, after = (random.uniform(0.08, 0.25, 2) * RATE).astype(int)
    shaped = np.concatenate([np.zeros(before), shaped, np.zeros(after)])
    shaped *= 10 ** (random.uniform(-14, -3) / 20) / max(np.abs(shaped).max(), 1e-6)
    return shaped + _pink(len(shaped), random) * 10 ** (random.uniform(-75, -58) / 20)


def _pink(count: int, random: np.random.Generator) -> Array:
    """Noise that falls by 3 dB an octave, of RMS 1."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / RATE), 50.0)), count)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def _level(samples: Array) -> float:
    """RMS of the louder half, in pieces of 20 ms."""
    pieces = samples[: len(samples) // 320 * 320].reshape(-1, 320)
    powers = np.sort(np.mean(pieces**2, axis=1))
    return float(np.sqrt(powers[len(powers) // 2 :].mean()))


def _mixed(samples: Array, other: Array) -> Array:
    """Both at the same level, without clipping."""
    total = samples + other * _level(samples) / max(_level(other), 1e-9)
    return np.asarray(total * min(1.0, 0.9 / np.abs(total).max()))


def noise(samples: Array, random: np.random.Generator) -> Array:
    """Noise at 0 dB, white, pink or babbling."""
    kind = random.integers(3)
    flat = random.standard_normal(len(samples))
    if kind == 1:
        flat = _pink(len(samples), random)
    elif kind == 2:  # the envelope of a crowd
        flat = _pink(len(samples), random) * (
            1 + 0.4 * np.sin(np.arange(len(samples)) * 2 * np.pi * 4 / RATE)
        )
    return _mixed(samples, flat)


def clipping(samples: Array, random: np.random.Generator) -> Array:
    """12 to 24 dB too loud, perhaps turned down afterwards."""
    loud = samples / np.abs(samples).max() * 10 ** (random.uniform(12, 24) / 20)
    return np.asarray(np.clip(loud, -1, 1) * random.choice([1.0, 1.0, 0.7]))


def music(samples: Array, random: np.random.Generator) -> Array:
    """Music below the speech at the same level, or nothing but music."""
    tune = _tune(len(samples), random)
    return _mixed(samples, tune) if random.random() < 0.5 else tune * 0.5 / np.abs(tune).max()


def _tune(count: int, random: np.random.Generator) -> Array:
    """Chords and a melody with overtones, and a beat on every second note."""
    total = np.zeros(count)
    beat = int(RATE * random.uniform(0.22, 0.5))
    root = random.integers(40, 55)
    decay = random.uniform(1.0, 6.0)
    for number, start in enumerate(range(0, count, beat)):
        time = np.arange(min(count - start, beat * 2)) / RATE
        chord = root + np.array([0, 4, 7]) + random.choice([0, 5, 7, -3])
        notes = (
            [*chord, root + 12 + random.choice([0, 2, 4, 7, 9, 12])]
            if number % 2 == 0
            else [root + 12 + random.choice([0, 2, 4, 7, 9])]
        )
        for note in notes:
            pitch = 440 * 2 ** ((note - 69) / 12)
            partials = sum(
                np.sin(2 * np.pi * pitch * k * time) / k**1.2 for k in range(1, 9) if pitch * k < RATE / 2
            )
            total[start : start + len(time)] += partials * np.exp(-decay * time) * np.minimum(1, time / 0.01)
        if number % 2 == 0:
            hit = np.exp(-40 * time) * random.standard_normal(len(time))
            total[start : start + len(time)] += hit
    return total


def truncated(samples: Array, random: np.random.Generator) -> Array:
    """Ends at 40 to 70 % of its length, where somebody speaks."""
    end = int(len(samples) * random.uniform(0.4, 0.7))
    step = RATE // 50
    around = [
        (float(np.mean(samples[at : at + step] ** 2)), at)
        for at in range(max(0, end - RATE // 3), min(len(samples) - step, end + RATE // 3), step)
    ]
    return samples[: max(around)[1] + step]


def silence(samples: Array, random: np.random.Generator) -> Array:
    """Nothing, or nothing but the noise of the room."""
    if random.random() < 0.3:
        return np.zeros_like(samples)
    return _pink(len(samples), random) * 10 ** (random.uniform(-75, -45) / 20)


FAULTS: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    **{"noise": noise, "clipping": clipping, "music": music, "truncated": truncated, "silence": silence},
}
"""{what is wrong: what makes it so}; a wrong file needs another line and is made in `make_lines`."""


if __name__ == "__main__":
    sys.exit(main())
