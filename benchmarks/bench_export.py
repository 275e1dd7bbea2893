"""How fast a clip becomes a file: 10 minutes at 60 frames a second of 52 channels, in every format of the
table.

    python benchmarks/bench_export.py [--minutes 10] [--json FILE] [--check]

The clip is the bundled speech over and over, each time a little weaker. Beside each format stands what it
costs against writing the same floats with numpy.save, and reading back. Formats with sparse keys are timed
a second time with the fewest keys within an error of 0.005. --check ends with exit code 1 when writing
takes longer than the goal.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import machine, single_threaded, table

from audio2face import FileSource, animate, load_model
from audio2face.commands.demo import SAMPLE
from exporters import Format, formats, read_clip, write_clip
from rigs import AnimationClip, default_head

FPS = 60
ERROR = 0.005
RUNS = 3
GOAL = 10.0
"""Seconds for writing ten minutes."""


def main() -> int:
    """Measures, prints the table, returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--check", action="store_true", help="fail when writing takes longer than the goal")
    arguments = parser.parse_args()
    clip = speech(arguments.minutes)
    default_head()
    cases = [(entry, None) for entry in formats()] + [(entry, ERROR) for entry in formats() if entry.sparse]
    with tempfile.TemporaryDirectory() as folder:
        base = measured(lambda: np.save(Path(folder) / "plain.npy", clip.weights))
        rows = [case(clip, entry, reduce, Path(folder), base) for entry, reduce in cases]
        size = (Path(folder) / "plain.npy").stat().st_size / 1e6
    figures = {"machine": machine(), "frames": clip.frames, "save_s": base, "save_mb": size, "cases": rows}
    print(report(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    slow = [row["name"] for row in rows if row["write_s"] > GOAL * arguments.minutes / 10]
    for name in slow:
        print(f"missed: {name} takes longer than {GOAL} s for ten minutes", file=sys.stderr)
    return 1 if slow and arguments.check else 0


def speech(minutes: float) -> AnimationClip:
    """The bundled speech, repeated; each time a little weaker, as some formats store repeats once."""
    clip = animate(FileSource(SAMPLE, block_seconds=16.0), load_model("studio"), fps=FPS)
    frames = round(minutes * 60 * FPS)
    strength = 1 - 0.002 * (np.arange(frames) // clip.frames)
    weights = np.resize(clip.weights, (frames, len(clip.names))) * strength[:, None]
    return AnimationClip(clip.names, weights, FPS)


def measured(call: Callable[[], object]) -> float:
    """Seconds, the median of a few runs."""
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def case(
    clip: AnimationClip, entry: Format, reduce: float | None, folder: Path, base: float
) -> dict[str, Any]:
    """One format: seconds to write and to read, MB, times numpy.save."""
    file = folder / f"clip{entry.suffix}"
    write = measured(lambda: write_clip(clip, file, entry.name, reduce=reduce))
    begin = time.perf_counter()
    if entry.readable:
        assert read_clip(file, entry.name).frames == clip.frames
    read = time.perf_counter() - begin if entry.readable else None
    size = sum(path.stat().st_size for path in folder.glob("clip*")) / 1e6
    for path in folder.glob("clip*"):
        path.unlink()
    name = entry.name if reduce is None else f"{entry.name}, --reduce {reduce}"
    return {"name": name, "write_s": write, "read_s": read, "mb": size, "ratio": write / base}


def report(figures: dict[str, Any]) -> str:
    """The table in Markdown."""
    rows = [
        [
            row["name"],
            f"{row['write_s']:.2f}",
            "–" if row["read_s"] is None else f"{row['read_s']:.2f}",
            f"{row['mb']:.1f}",
            f"{row['ratio']:.0f}",
        ]
        for row in figures["cases"]
    ]
    plain = ["numpy.save of the weights", f"{figures['save_s']:.3f}", "–", f"{figures['save_mb']:.1f}", "1"]
    head = f"{figures['machine']}; {figures['frames']} frames of 52 channels"
    return f"{head}\n\n" + table(["format", "write s", "read s", "MB", "× numpy.save"], [*rows, plain])


if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
