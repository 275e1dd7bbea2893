"""Timing for the benchmark scripts: one thread, several runs, best and median, clock and processor."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Timing:
    """Seconds that a call took.

    best     by the clock, of the runs the one least disturbed by other programs
    median   by the clock
    cpu      of the processor, median: what other programs take is not in it. Windows does not count
             processes that the call started, so there it is what this process took.
    """

    best: float
    median: float
    cpu: float


def single_threaded() -> None:
    """Starts this script again with one thread for each numeric library, unless that is so already.

    The libraries read these settings when numpy is imported, which is before any line of a script runs.
    """
    if all(os.environ.get(name) == "1" for name in THREAD_SETTINGS):
        return
    settings = {**os.environ, **dict.fromkeys(THREAD_SETTINGS, "1")}
    sys.exit(subprocess.run([sys.executable, *sys.argv], env=settings, check=False).returncode)


def measure(call: Callable[[], object], runs: int = 7) -> Timing:
    """Times `call`, after one run that is not counted."""
    return measure_together([call], runs)[0]


def measure_together(calls: Sequence[Callable[[], object]], runs: int = 7) -> list[Timing]:
    """Times several calls in turn, so that a busy moment of the machine hits all of them alike.

    Each is called once before, which is not counted.
    """
    for call in calls:
        call()
    rounds = [[_seconds(call) for call in calls] for _ in range(runs)]
    return [_timing(times) for times in zip(*rounds, strict=True)]


def _timing(times: Sequence[tuple[float, float]]) -> Timing:
    clock, processor = zip(*times, strict=True)
    return Timing(min(clock), statistics.median(clock), statistics.median(processor))


def _seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, those of processes that the call started too."""
    clock, processor = time.perf_counter(), _processor_seconds()
    call()
    return time.perf_counter() - clock, _processor_seconds() - processor


def _processor_seconds() -> float:
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def peak_megabytes() -> float | None:
    """The most memory this process ever had resident; None on Windows, which has no getrusage."""
    status = Path("/proc/self/status")
    if status.is_file():  # not getrusage: a process on Linux inherits its parent's peak
        peak = next(line for line in status.read_text(encoding="utf-8").splitlines() if "VmHWM" in line)
        return int(peak.split()[1]) * 1024 / 1e6
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| " + " | ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) + " |"
        for row in (heads, rule, *rows)
    )


def machine() -> str:
    """One line on what was measured on: processor, system, Python, and how busy it was."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{processor}, {os.cpu_count()} cores{busy}; {system}"
