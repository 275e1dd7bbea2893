"""How fast the program is: features, network, the whole program, live blocks, start-up, memory.

    python benchmarks/bench_speed.py [--json FILE] [--check]

Everything runs on one thread. Beside each figure stands what was measured in the same run to compare it with:
a plain Python frame loop around librosa.lpc, the network alone, or a Python that only imports numpy.
--check ends with exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
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
RUNS = 5
HERE = Path(__file__).parent
MODELS = ("studio", "live")
GOALS = {"features": 0.002, "network": 0.003, "whole": 0.01}
"""Seconds of work for a second of sound, at most, by the first word of the case."""
LIVE_GOALS = {"mean_ms": 0.2, "p99_ms": 1.0, "peak_mb": 150.0}
START_GOAL = 1.0
"""Seconds."""


def main() -> int:
    """Measures, prints three tables, returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
    """{case: seconds (best, median, processor), × real time, × the loop}, the cases in turn."""
    models, sound = {name: load_model(name) for name in MODELS}, make_sound(SHORT)
    heard = models["studio"].front_end
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seconds in (SHORT, LONG):
            soundfile.write(folder / f"{seconds}.wav", make_sound(seconds), SAMPLE_RATE)
        cases = {
            f"features ({heard})": (SHORT, lambda: front_end(heard, sound, 16 * SAMPLE_RATE)),
            "network (studio, LiteRT)": (SHORT, lambda: run_network(models["studio"], SHORT)),
            "network (live, LiteRT)": (SHORT, lambda: run_network(models["live"], SHORT)),
            f"whole program, {SHORT} s file → json": (SHORT, lambda: run_program(folder, SHORT)),
            f"whole program, {LONG} s file → json": (LONG, lambda: run_program(folder, LONG)),
            "Python loop around librosa.lpc": (
                LOOP_SECONDS,
                lambda: librosa_loop(sound[: LOOP_SECONDS * SAMPLE_RATE]),
            ),
        }
        timings = measure_together([call for _, call in cases.values()], RUNS)
    lengths = {case: seconds for case, (seconds, _) in cases.items()}
    return compared(lengths, dict(zip(cases, timings, strict=True)))


def compared(lengths: dict[str, int], timings: dict[str, Timing]) -> dict[str, dict[str, float]]:
    """Each case beside real time and the last case."""
    *_, base = (timings[case].best / lengths[case] for case in timings)
    return {
        case: {
            "best": timing.best,
            "median": timing.median,
            "cpu": timing.cpu,
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


def live() -> dict[str, dict[str, Any]]:
    """{model: what blocks of 10 ms cost}: of several processes, each figure's median."""
    found = {}
    for model in MODELS:
        probes = [probe(model) for _ in range(RUNS)]
        found[model] = {name: middle([run[name] for run in probes]) for name in probes[0]}
    return found


def probe(model: str) -> dict[str, Any]:
    """The figures of live_probe.py."""
    command = [sys.executable, str(HERE / "live_probe.py"), model, str(SHORT // 2)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def middle(values: list[Any]) -> Any:
    """The median; None where there is nothing to measure with."""
    return None if None in values else statistics.median(values)


def start_up() -> dict[str, dict[str, Any]]:
    """{model: seconds from the start of a process to its first weights}, and `bare`, numpy alone."""
    first_weights = (
        "import numpy, audio2face as a; s = a.WeightStream(a.load_model({!r}), 60); "
        "w = s.push(numpy.ones(16000, numpy.float32)); print(len(w), flush=True)"
    )
    bare = f"import sys; sys.path.insert(0, {str(HERE)!r}); import numpy, common; print("
    programs = {model: first_weights.format(model) for model in MODELS}
    programs["bare"] = bare + "common.peak_megabytes() or 0, flush=True)"
    found = {}
    for name, program in programs.items():
        times, said = zip(*(seconds_to_a_line(program) for _ in range(RUNS)), strict=True)
        found[name] = {"best": min(times), "median": statistics.median(times), "said": said[0]}
    return found


def seconds_to_a_line(program: str) -> tuple[float, float]:
    """Runs a Python program; seconds until it says a number, and the number."""
    begin = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        return time.perf_counter() - begin, float(line)


def report(figures: dict[str, Any]) -> str:
    """The tables in Markdown."""
    columns = {"best": 3, "median": 3, "cpu": 3, "rtf": 4, "realtime": 0, "loop": 1}
    rows = [
        [case, *(f"{row[name]:.{digits}f}" for name, digits in columns.items())]
        for case, row in figures["batch"].items()
    ]
    heads = ["one thread", "best s", "median s", "CPU s", "RTF", "× real time", "× loop"]
    others = table(
        ["live, and from the start", *MODELS, "beside it"], [*live_rows(figures), start_row(figures)]
    )
    return f"{figures['machine']}\n\n{table(heads, rows)}\n\n{others}"


def live_rows(figures: dict[str, Any]) -> list[list[str]]:
    """A row for each figure of a live block, both models and what it is held against."""
    found = [figures["live"][model] for model in MODELS]
    loop = 1e3 * list(figures["batch"].values())[-1]["best"] / LOOP_SECONDS / 100
    bare = figures["start"]["bare"]["said"]
    beside = {
        "mean_ms": ("a 10 ms block, mean", f"librosa.lpc alone: {loop:.3f} ms"),
        "median_ms": ("a 10 ms block, median", ""),
        "p99_ms": ("a 10 ms block, 99th percentile", ""),
        "cpu_ms": ("a 10 ms block, processor time, mean", ""),
        "cpu_p99_ms": ("a 10 ms block, processor time, 99th percentile", ""),
        "network_ms": ("the network's part of that, mean", "the least a block can cost"),
    }
    rows = [
        [label, *(f"{each[name]:.3f} ms" for each in found), against]
        for name, (label, against) in beside.items()
    ]
    peaks = [f"{each['peak_mb']:.0f} MB" if each["peak_mb"] else "not measured" for each in found]
    return [*rows, ["peak resident memory", *peaks, f"Python with numpy: {bare:.0f} MB"]]


def start_row(figures: dict[str, Any]) -> list[str]:
    """Process start to first weights."""
    times = [f"{figures['start'][model]['best']:.2f} s" for model in MODELS]
    against = f"Python with numpy: {figures['start']['bare']['best']:.2f} s"
    return ["process start → first weights, best", *times, against]


def misses(figures: dict[str, Any]) -> list[str]:
    """The goals that were not reached."""
    found = [
        (f"{case}, RTF", row["rtf"], GOALS[case.split()[0]])
        for case, row in figures["batch"].items()
        if case.split()[0] in GOALS
    ]
    for model in MODELS:
        measured = figures["live"][model]
        found += [
            (f"{model}, {name}", measured[name], goal) for name, goal in LIVE_GOALS.items() if measured[name]
        ]
        found.append((f"{model}, start to first weights, s", figures["start"][model]["best"], START_GOAL))
    return [
        f"{what} is {value:.4f}; the goal is at most {goal:g}" for what, value, goal in found if value > goal
    ]


if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
