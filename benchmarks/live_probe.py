"""Pushes sound through the live model in blocks of 10 ms and prints what each cost, as JSON.

A process of its own, started by bench_speed.py, so that the memory is that of running alone:
python benchmarks/live_probe.py SECONDS
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from audio2face import WeightStream, load_model
from audio2face.features import SAMPLE_RATE

BLOCK = SAMPLE_RATE // 100


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


def main(seconds: int) -> None:
    """Measures; the first second is left out."""
    sound = np.random.default_rng(0).normal(0, 0.1, seconds * SAMPLE_RATE).astype(np.float32)
    stream = WeightStream(load_model("live"), 60)
    costs = []
    for at in range(0, len(sound), BLOCK):
        begin = time.perf_counter()
        stream.push(sound[at : at + BLOCK])
        costs.append(1e3 * (time.perf_counter() - begin))
    costs = costs[100:]
    figures = {
        "mean_ms": float(np.mean(costs)),
        "p99_ms": float(np.percentile(costs, 99)),
        "max_ms": max(costs),
        "blocks": len(costs),
        "peak_mb": peak_megabytes(),
        "latency_ms": 1e3 * stream.latency,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]))
