"""How lifelike an hour of life is: python scripts/life_report.py FOLDER [--seed N] [--minutes N] [-o FOLDER]

FOLDER holds speech in audio/; the clips are joined, in the order of their names, to the length asked for, and
silence of the same length is the face at rest. With -o there is a picture. Needs the test and plot extras.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib import pyplot as plt
from scipy import stats

from audio2face.features.clock import FRAME_RATE, SAMPLE_RATE
from audio2face.life import Life
from audio2face.life.motion import LIFE_NAMES
from audio2face.sources import FileSource

Array = npt.NDArray[np.float64]

FPS = 60
REST_RATE, TALK_RATE = 17.0, 26.0
"""Blinks a minute that were asked for."""
NEAR_END = 0.5
"""Seconds after a phrase was heard to end that count as at its end."""
SMOOTHING = 0.25
"""Seconds over which pitch and loudness are averaged before heads are compared with them."""
LAGS = np.arange(0, 0.45, 0.05)
"""Seconds by which the head may follow."""


@dataclass
class Hour:
    """What happened: events in seconds, and frames."""

    seconds: float
    blinks: Array
    ends: Array
    brows: Array
    saccades: Array
    """[events, 3] start and duration in seconds, size in degrees."""
    aversions: Array
    """[events, 2] seconds of each look away, and of the look before it."""
    head: Array
    prosody: Array
    """[clock frames, 3] pitch, loudness, whether somebody talks."""
    lids: Array


def sound(folder: Path, seconds: float) -> Iterator[npt.NDArray[np.float32]]:
    """Blocks of the joined clips."""
    left = round(seconds * SAMPLE_RATE)
    for file in sorted((folder / "audio").iterdir()):
        for block in FileSource(file, block_seconds=16.0):
            yield block.samples[:left]
            left -= len(block.samples)
            if left <= 0:
                return
    raise SystemExit(f"{folder} has too little sound; {left / SAMPLE_RATE:.0f} s more are needed")


def silence(seconds: float) -> Iterator[npt.NDArray[np.float32]]:
    """Blocks of nothing."""
    for _ in range(round(seconds / 4)):
        yield np.zeros(4 * SAMPLE_RATE, np.float32)


def live_through(blocks: Iterator[npt.NDArray[np.float32]], seed: int) -> Hour:
    """All that happens, the events seen at each clock frame."""
    life, seen = Life(seed, FPS), Seen()
    seen.watch(life)
    parts = [life.push(block) for block in blocks]
    parts.append(life.finish())
    head = np.concatenate([part.head for part in parts]).astype(float)
    lids = np.concatenate([part.channels[:, LIFE_NAMES.index("eyeBlinkLeft")] for part in parts])
    return seen.told(len(head) / FPS, head, lids.astype(float))


class Seen:
    """Looks at the parts after each clock frame."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, float]] = []
        self.lists: dict[str, list[float]] = {name: [] for name in ("blinks", "ends", "brows", "turns")}
        self.saccades: list[tuple[float, float, float]] = []

    def watch(self, life: Life) -> None:
        step = life._step

        def stepped(moment):  # type: ignore[no-untyped-def]
            before = life.blinks.count, life.brows.count, life.gaze.count, life.gaze.away
            step(moment)
            now = len(self.rows) / FRAME_RATE
            after = life.blinks.count, life.brows.count, life.gaze.count, life.gaze.away
            for name, changed in (
                ("blinks", before[0] != after[0]),
                ("brows", before[1] != after[1]),
                ("turns", before[3] != after[3]),
                ("ends", moment.ended),
            ):
                if changed:
                    self.lists[name].append(life.blinks.last if name == "blinks" else now)
            if before[2] != after[2]:
                one = life.gaze.saccade
                self.saccades.append((one.start, one.duration, one.size))
            self.rows.append((moment.pitch, moment.loud, float(moment.talking)))

        life._step = stepped  # type: ignore[method-assign]

    def told(self, seconds: float, head: Array, lids: Array) -> Hour:
        turns = np.array(self.lists["turns"])
        lasted = np.diff(turns)
        pairs = lasted[: len(lasted) // 2 * 2].reshape(-1, 2)
        return Hour(
            seconds,
            np.array(self.lists["blinks"]),
            np.array(self.lists["ends"]),
            np.array(self.lists["brows"]),
            np.array(self.saccades),
            pairs,
            head,
            np.array(self.rows),
            lids,
        )


def blinking(hour: Hour) -> list[str]:
    rate = len(hour.blinks) / hour.seconds * 60
    wanted = REST_RATE + (TALK_RATE - REST_RATE) * hour.prosody[:, 2].mean()
    waits = np.log(np.diff(hour.blinks))
    p = stats.kstest(waits, "norm", args=(waits.mean(), waits.std(ddof=1))).pvalue
    lines = [
        f"blinks: {rate:.2f} a minute, {100 * (rate / wanted - 1):+.1f} % of {wanted:.2f}; "
        f"log-normal by KS: p = {p:.3f} (n = {len(waits)}); shut on {int((hour.lids == 1).sum())} frames"
    ]
    if len(hour.ends):
        near = np.zeros(int(hour.seconds * 1000) + 2000, bool)
        for end in hour.ends:
            near[int(end * 1000) : int((end + NEAR_END) * 1000)] = True
        at_end = near[(hour.blinks * 1000).astype(int)]
        here = at_end.sum() / near.sum() * 60_000
        there = (~at_end).sum() / (~near[: int(hour.seconds * 1000)]).sum() * 60_000
        lines.append(
            f"  {here:.1f} a minute in the {NEAR_END:g} s after {len(hour.ends)} phrases, {there:.1f} "
            f"elsewhere: {here / there:.2f}×"
        )
    return lines


def looking(hour: Hour) -> list[str]:
    _, duration, size = hour.saccades.T
    large = size >= 1
    slope, base = np.polyfit(size, duration * 1000, 1)
    inside = (duration * 1000 >= 20 + 2.2 * size - 1e-6) & (duration * 1000 <= 30 + 2.7 * size + 1e-6)
    return [
        f"saccades: {base:.1f} ms + {slope:.2f} ms/°; {100 * inside.mean():.1f} % within the bounds; "
        f"{100 * (size[large] < 15).mean():.1f} % of {large.sum()} under 15°",
        f"  looks at the other last {hour.aversions[:, 1].mean():.2f} s, away "
        f"{hour.aversions[:, 0].mean():.2f} s; "
        f"{(~large).sum() / hour.seconds:.2f} microsaccades a second",
    ]


def turning(hour: Hour) -> list[str]:
    head = hour.head
    means = np.array([part.mean(0) for part in np.array_split(head, max(1, round(hour.seconds / 60)))])
    trend = [np.polyfit(np.arange(len(means)) / 60, means[:, axis], 1)[0] for axis in range(3)]
    speed = np.abs(np.diff(head, axis=0)).max() * FPS
    return [
        "head: SD of yaw, pitch, roll "
        + ", ".join(f"{sd:.2f}°" for sd in head.std(0))
        + "; mean "
        + ", ".join(f"{mean:+.2f}°" for mean in head.mean(0))
        + "; largest "
        + ", ".join(f"{most:.1f}°" for most in np.abs(head).max(0)),
        "  trend an hour " + ", ".join(f"{one:+.2f}°" for one in trend) + f"; fastest {speed:.0f}°/s",
    ]


def following(hour: Hour) -> tuple[Array, float]:
    """The multiple correlation of yaw, pitch, roll with pitch and loudness, at the best lag of pitch."""
    width = round(SMOOTHING * FRAME_RATE)
    kernel = np.hanning(2 * width + 1) / np.hanning(2 * width + 1).sum()
    smooth = [np.convolve(hour.prosody[:, column], kernel, "same") for column in (0, 1)]
    found = []
    for lag in LAGS:
        places = np.arange(len(hour.head)) * 2 - round(lag * FRAME_RATE)
        keep = (places >= 0) & (places < len(smooth[0]))
        keep[keep] &= hour.prosody[places[keep], 2] > 0
        known = np.stack([np.ones(keep.sum()), *(one[places[keep]] for one in smooth)], axis=1)
        rest = hour.head[keep] - known @ np.linalg.lstsq(known, hour.head[keep], rcond=None)[0]
        found.append(np.sqrt(1 - rest.var(0) / hour.head[keep].var(0)))
    best = int(np.argmax([one[1] for one in found]))
    return found[best], float(LAGS[best])


def repeating(hour: Hour, span: float = 90.0) -> float:
    """The largest correlation between a stretch of 10 s of head motion and another within `span` after it."""
    step, length = 6, 100
    head = hour.head[::step]
    rows = np.lib.stride_tricks.sliding_window_view(head, (length, 3))[:, 0].reshape(-1, length * 3)
    rows = rows - rows.mean(1, keepdims=True)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    most, reach = -1.0, int(span * FPS / step)
    for place in range(0, len(rows) - length - 1, 97):
        other = rows[place + length : place + reach]
        if len(other):
            most = max(most, float((other @ rows[place]).max()))
    return most


def draw(talk: Hour, folder: Path) -> None:
    plt.switch_backend("Agg")
    figure, axes = plt.subplots(2, 2, figsize=(11, 8))
    waits = np.diff(talk.blinks)
    axes[0, 0].hist(np.log(waits), 40, density=True)
    places = np.linspace(*np.log([waits.min(), waits.max()]), 200)
    mean, sd = np.log(waits).mean(), np.log(waits).std()
    axes[0, 0].plot(places, np.exp(-(((places - mean) / sd) ** 2) / 2) / sd / np.sqrt(2 * np.pi))
    axes[0, 0].set_title("log of seconds between blinks")
    offsets = np.concatenate([talk.blinks[np.abs(talk.blinks - end) < 2] - end for end in talk.ends])
    axes[0, 1].hist(offsets, 40)
    axes[0, 1].set_title("blinks about the ends of phrases, s")
    axes[1, 0].plot(talk.saccades[:, 2], talk.saccades[:, 1] * 1000, ".", markersize=2)
    axes[1, 0].set_title("saccades: ms against degrees")
    axes[1, 1].plot(np.arange(len(talk.head))[::60] / FPS / 60, talk.head[::60], linewidth=0.3)
    axes[1, 1].set_title("yaw, pitch, roll in degrees over minutes")
    folder.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(folder / "life.png", dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    talk = live_through(sound(asked.folder, asked.minutes * 60), asked.seed)
    rest = live_through(silence(asked.minutes * 60), asked.seed)
    for name, hour in (("talking", talk), ("at rest", rest)):
        print(f"{name}, {hour.seconds / 60:.1f} minutes, seed {asked.seed}")
        for line in [*blinking(hour), *looking(hour), *turning(hour)]:
            print(f"  {line}")
        print(f"    most alike 10 s of head motion within 90 s: r = {repeating(hour):.3f}")
    correlation, lag = following(talk)
    print(
        "  multiple correlation with pitch and loudness, yaw, pitch, roll: "
        + ", ".join(f"{one:.2f}" for one in correlation)
        + f", {lag:.2f} s later"
    )
    print(
        f"  brows: {len(talk.brows) / talk.seconds * 60:.1f} rises a minute; "
        f"talking {100 * talk.prosody[:, 2].mean():.1f} % of the time"
    )
    if asked.output:
        draw(talk, asked.output)


if __name__ == "__main__":
    main()
