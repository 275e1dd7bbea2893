"""Pushes sound through a model in blocks of 10 ms and prints what they cost, as JSON.

A process of its own, started by bench_speed.py, so that the memory is that of running alone:
python benchmarks/live_probe.py MODEL SECONDS
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from common import peak_megabytes

from audio2face import LiteRTModel, WeightStream, load_model
from audio2face.features import FRAME_RATE, SAMPLE_RATE

BLOCKS = 100
"""Blocks a second; those of the first second are not counted."""
LENGTH = SAMPLE_RATE // BLOCKS


def block_costs(stream: WeightStream, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """[blocks] milliseconds by the clock and [blocks] of the processor, for noise pushed in blocks."""
    sound = np.random.default_rng(0).normal(0, 0.1, seconds * SAMPLE_RATE).astype(np.float32)
    times = []
    for start in range(0, len(sound), LENGTH):
        times.append((time.perf_counter(), time.process_time()))
        stream.push(sound[start : start + LENGTH])
    times.append((time.perf_counter(), time.process_time()))
    clock, processor = 1e3 * np.diff(times, axis=0)[BLOCKS:].T
    return clock, processor


def network_cost(model: LiteRTModel, frames: int = 2_000) -> float:
    """Milliseconds of the processor that the network alone takes for the frames of a block."""
    features = np.random.default_rng(0).normal(size=(1, 32 * len(model.front_end.split("+")) + 1))
    arguments = (features.astype(np.float32), model.feel({}), model.start())
    begin = time.process_time()
    for _ in range(frames):
        model.predict(*arguments)
    return 1e3 * (time.process_time() - begin) / frames * FRAME_RATE / BLOCKS


def main(name: str, seconds: int) -> None:
    """Measures and prints."""
    model = load_model(name)
    clock, processor = block_costs(WeightStream(model, 60), seconds)
    figures = {
        "mean_ms": float(np.mean(clock)),
        "median_ms": float(np.median(clock)),
        "p99_ms": float(np.percentile(clock, 99)),
        "cpu_ms": float(np.mean(processor)),
        "cpu_p99_ms": float(np.percentile(processor, 99)),
        "network_ms": network_cost(model),
        "peak_mb": peak_megabytes(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
