"""How fast a clip becomes a film: 150 frames of the bundled speech at 512 by 512, as an mp4 with its sound.

    python benchmarks/bench_render.py [--frames 150] [--size 512] [--software N] [--runs 3] [--check]

Beside OpenGL, the processor's own renderer, of which only N frames are drawn and the rest reckoned, and what
no renderer can be faster than: the same pictures, drawn before, through FFmpeg. --check ends with exit code 1
when OpenGL's film takes longer than the goal.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from common import Timing, machine, measure_together, table

from audio2face import FileSource, animate, load_model
from audio2face.commands.demo import SAMPLE
from audio2face.life import LifeSettings
from exporters.picture import Drawing, Renderer, draw_frame
from exporters.video import opened, write_film
from rigs import AnimationClip, default_head

FPS = 30.0
GOAL = 10.0
"""Seconds of 150 frames at 512 by 512."""
RUNS = 3


class Ready:
    """Gives pictures that were drawn before."""

    name = "nothing"

    def __init__(self, drawing: Drawing, clip: AnimationClip, size: int) -> None:
        self._pictures = [draw_frame(drawing, clip, frame, "front", size) for frame in range(clip.frames)]
        self._next = 0

    def draw(self, *_: object) -> np.ndarray:
        """The next one."""
        self._next += 1
        return self._pictures[self._next % len(self._pictures)]


def main() -> int:
    """Measures, prints the table, returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--software", type=int, default=15, metavar="N", help="frames drawn by the processor")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--check", action="store_true", help="fail when a film takes longer than the goal")
    arguments = parser.parse_args()
    clip, size = speech(arguments.frames), arguments.size
    with tempfile.TemporaryDirectory() as folder, opened(default_head(), "gl") as (drawing, _):
        film = Path(folder) / "film.mp4"
        ready, processor = Ready(drawing, clip, size), Renderer(default_head())

        def made(by: Drawing) -> Callable[[], object]:
            return lambda: write_film(clip, by, film, size=(size, size), sound=SAMPLE)

        def drawn(by: Drawing, frames: int) -> Callable[[], object]:
            return lambda: [draw_frame(by, clip, frame, "front", size) for frame in range(frames)]

        calls = [
            made(drawing),
            drawn(drawing, clip.frames),
            made(ready),
            drawn(processor, arguments.software),
        ]
        gl, only, bound, software = measure_together(calls, arguments.runs)
        name = drawing.name
    share = clip.frames / arguments.software
    slow = Timing(software.best * share, software.median * share, software.cpu * share)
    cases = [(f"film, {name}", gl), ("its pictures alone", only), ("its encoding alone", bound)]
    print(report([*cases, ("pictures by the processor", slow)], clip.frames, size, bound))
    goal = GOAL * clip.frames / 150 * (size / 512) ** 2
    if gl.best > goal:
        print(f"missed: the film takes longer than {goal:.1f} s", file=sys.stderr)
    return 1 if gl.best > goal and arguments.check else 0


def speech(frames: int) -> AnimationClip:
    """That many frames of the bundled speech, alive, over and over."""
    clip = animate(FileSource(SAMPLE, block_seconds=16.0), load_model("studio"), FPS, life=LifeSettings())
    rows = np.arange(frames) % clip.frames
    head = None if clip.head is None else clip.head[rows]
    return AnimationClip(clip.names, clip.weights[rows], FPS, head)


def report(cases: list[tuple[str, Timing]], frames: int, size: int, bound: Timing) -> str:
    """The table in Markdown."""
    rows = [
        [
            name,
            f"{took.best:.2f}",
            f"{took.median:.2f}",
            f"{took.cpu:.2f}",
            f"{frames / took.best:.0f}",
            f"{took.cpu / bound.cpu:.1f}",
        ]
        for name, took in cases
    ]
    heads = [f"{frames} frames, {size}x{size}", "best s", "median s", "CPU s", "frames/s", "× encoding, CPU"]
    return f"{machine()}\n\n{table(heads, rows)}"


if __name__ == "__main__":
    sys.exit(main())
