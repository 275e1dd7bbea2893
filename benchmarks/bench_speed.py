"""How fast the program is: features, network, the whole program, live blocks, start-up, memory.

    python benchmarks/bench_speed.py [--json FILE] [--check]

Everything runs on one thread, a plain Python frame loop around librosa.lpc in the same run beside it.
--check ends with exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from bench_features import LOOP_SECONDS, front_end, librosa_loop, make_sound
from common import Timing, machine, measure_together, single_threaded, table

from audio2face import LiteRTModel, load_model
from audio2face.features import FRAME_RATE, SAMPLE_RATE

SHORT, LONG = 60, 600
"""Seconds of sound."""
HERE = Path(__file__).parent
GOALS = {
    "whole program, × real time": (50.0, "at least"),
    "start to first weights, s": (1.5, "at most"),
}


def main() -> int:
    """Measures, prints three tables, returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    arguments = parser.parse_args()
    figures = {"machine": machine(), "batch": batch(), "live": live(), "start": start_up()}
    print(report(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    missed = misses(figures)
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed and arguments.check else 0


def batch() -> dict[str, dict[str, float]]:
    """{case: best and median seconds, × real time, × the loop}, the cases in turn."""
    model, sound = load_model("studio"), make_sound(SHORT)
    short = sound[: LOOP_SECONDS * SAMPLE_RATE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seconds in (SHORT, LONG):
            soundfile.write(folder / f"{seconds}.wav", make_sound(seconds), SAMPLE_RATE)
        cases = {
            f"features ({model.front_end})": (
                SHORT,
                lambda: front_end(model.front_end, sound, 16 * SAMPLE_RATE),
            ),
            "network (studio, LiteRT)": (SHORT, lambda: run_network(model, SHORT)),
            f"whole program, {SHORT} s file → json": (SHORT, lambda: run_program(folder, SHORT)),
            f"whole program, {LONG} s file → json": (LONG, lambda: run_program(folder, LONG)),
            "Python loop around librosa.lpc": (LOOP_SECONDS, lambda: librosa_loop(short)),
        }
        timings = measure_together([call for _, call in cases.values()], runs=3)
    lengths = {case: seconds for case, (seconds, _) in cases.items()}
    return compared(lengths, dict(zip(cases, timings, strict=True)))


def compared(lengths: dict[str, int], timings: dict[str, Timing]) -> dict[str, dict[str, float]]:
    """Each case beside real time and the last case."""
    *_, base = (timings[case].best / lengths[case] for case in timings)
    return {
        case: {
            "best": timing.best,
            "median": timing.median,
            "rtf": timing.best / lengths[case],
            "realtime": lengths[case] / timing.best,
            "loop": base * lengths[case] / timing.best,
        }
        for case, timing in timings.items()
    }


def run_network(model: LiteRTModel, seconds: int) -> None:
    """The network alone, over random features."""
    width = 32 * len(model.front_end.split("+")) + 1
    features = np.random.default_rng(0).standard_normal((seconds * FRAME_RATE, width)).astype(np.float32)
    model.predict(features, model.feel({}), model.start())


def run_program(folder: Path, seconds: int) -> None:
    """`audio2face animate` in a process of its own, from its start to its end."""
    words = ["animate", str(folder / f"{seconds}.wav"), "-o", str(folder / "out.json")]
    command = [sys.executable, "-m", "audio2face", *words]
    subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)


def live() -> dict[str, Any]:
    """Cost of each block of 10 ms, and memory, from a process of its own."""
    command = [sys.executable, str(HERE / "live_probe.py"), str(SHORT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def start_up(runs: int = 5) -> dict[str, dict[str, float]]:
    """{model: best and median seconds from the start of a process to its first weights}."""
    found = {}
    for model in ("studio", "live"):
        times = sorted(seconds_to_first_weights(model) for _ in range(runs))
        found[model] = {"best": times[0], "median": times[runs // 2]}
    return found


def seconds_to_first_weights(model: str) -> float:
    """Starts a Python that says a line when it has weights."""
    program = (
        "import numpy, audio2face as a; "
        f"s = a.WeightStream(a.load_model({model!r}), 60); "
        "w = s.push(numpy.ones(16000, numpy.float32)); print(len(w), flush=True)"
    )
    begin = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        taken = time.perf_counter() - begin
    if not line.strip() or int(line) == 0:
        raise RuntimeError(f"no weights came: {line!r}")
    return taken


def report(figures: dict[str, Any]) -> str:
    """The three tables in Markdown."""
    columns = {"best": 3, "median": 3, "rtf": 4, "realtime": 0, "loop": 1}
    rows = [
        [case, *(f"{row[name]:.{digits}f}" for name, digits in columns.items())]
        for case, row in figures["batch"].items()
    ]
    heads = ["one thread", "best s", "median s", "RTF", "× real time", "× loop"]
    live = figures["live"]
    memory = f"{live['peak_mb']:.0f} MB" if live["peak_mb"] else "not measured on Windows"
    others = [
        ["live, cost of a 10 ms block, mean", f"{live['mean_ms']:.3f} ms"],
        ["live, cost of a 10 ms block, 99th percentile", f"{live['p99_ms']:.3f} ms"],
        ["live, peak resident memory", memory],
        *(
            [
                f"process start → first weights, {model}, best (median)",
                f"{t['best']:.2f} s ({t['median']:.2f} s)",
            ]
            for model, t in figures["start"].items()
        ),
    ]
    return f"{figures['machine']}\n\n{table(heads, rows)}\n\n{table(['otherwise', ''], others)}"


def misses(figures: dict[str, Any]) -> list[str]:
    """The goals that were not reached."""
    whole = min(row["realtime"] for case, row in figures["batch"].items() if case.startswith("whole"))
    first = max(times["best"] for times in figures["start"].values())
    lines = []
    for (name, (goal, way)), value in zip(GOALS.items(), (whole, first), strict=True):
        if value < goal if way == "at least" else value > goal:
            lines.append(f"{name} is {value:.2f}; the goal is {way} {goal:g}")
    return lines


if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
