"""How live the live path is: latency by impulses, evenness of packets, four destinations at once, memory.

    python benchmarks/bench_live.py [--impulses 100] [--minutes 0] [--json FILE] [--check]

Latency is from a sample at the microphone to the packet, beyond the look-ahead; through a device of exact
10 ms blocks, and where PulseAudio and PyAudio are found, through a real sound server as well. --minutes 30
also watches the memory of half an hour of live speech, in real time.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from common import machine, single_threaded, table
from impulses import Latency, PacedDevice, burst_train, measure

from audio2face import load_model
from audio2face.sources.microphone import open_device

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from virtual_microphone import missing, virtual_microphone  # noqa: E402

SAMPLE = ROOT / "audio2face" / "data" / "sample.ogg"
FIRST_PORT = 11996
DESTINATIONS = tuple(
    f"{scheme}://127.0.0.1:{FIRST_PORT + place}"
    for place, scheme in enumerate(("livelink", "osc", "vmc", "ifacialmocap"))
)
GOALS = {"p99_ms": 20.0, "share": 0.15}
SHORT, LONG = 5, 35
"""Seconds; the difference of two runs is free of the start."""


def main() -> int:
    """Measures, prints, returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--impulses", type=int, default=100)
    parser.add_argument("--minutes", type=int, default=0, help="of live speech whose memory is watched")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--through-server", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.through_server:
        print(json.dumps(summary(through_server(arguments.impulses))))
        return 0
    figures = measure_all(arguments.impulses, arguments.minutes)
    print(report(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    missed = figures["exact"]["p99_ms"] > GOALS["p99_ms"] or figures["four"] > GOALS["share"]
    return 1 if missed and arguments.check else 0


def measure_all(impulses: int, minutes: int) -> dict[str, Any]:
    """Every figure, as numbers."""
    device = PacedDevice(burst_train(impulses))
    figures: dict[str, Any] = {
        "machine": machine(),
        "exact": summary(measure(device, device.done)),
        "server": server_figures(impulses),
        "one": share_of_core(DESTINATIONS[:1]),
        "four": share_of_core(DESTINATIONS),
        "network": network_share(),
    }
    if minutes:
        figures["memory"] = memory(minutes)
    return figures


def summary(latency: Latency) -> dict[str, float]:
    """Median and 99th percentile of the latency, and how far packets stray from 1/60 s."""
    stray = np.abs(latency.intervals - 1e3 / 60)
    return {
        "impulses": len(latency.beyond),
        "median_ms": float(np.median(latency.beyond)),
        "p99_ms": float(np.percentile(latency.beyond, 99)),
        "jitter_median_ms": float(np.median(stray)),
        "jitter_p99_ms": float(np.percentile(stray, 99)),
    }


def server_figures(impulses: int) -> dict[str, float] | None:
    """The same through PulseAudio, in a process that has it as its sound server; None without it."""
    if missing():
        return None
    with virtual_microphone() as microphone:
        command = [sys.executable, __file__, "--through-server", "--impulses", str(impulses)]
        done = subprocess.run(
            command, env=microphone.environment, check=True, stdout=subprocess.PIPE, text=True
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def through_server(impulses: int) -> Latency:
    """Plays the impulses with another program while the microphone listens."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "impulses.wav"
        sound = np.concatenate([np.zeros(3 * 16_000, np.float32), burst_train(impulses)])
        soundfile.write(file, sound, 16_000)
        player = threading.Thread(target=subprocess.run, args=(["paplay", str(file)],))
        player.start()
        return measure(open_device, lambda: not player.is_alive())


def share_of_core(destinations: tuple[str, ...]) -> float:
    """Processor seconds for each second of live speech sent to all of them."""
    long, short = (processor_seconds(destinations, seconds) for seconds in (LONG, SHORT))
    return (long - short) / (LONG - SHORT)


def processor_seconds(destinations: tuple[str, ...], seconds: int) -> float:
    """What a process that performs for so long takes; Windows does not count it."""
    words = [word for uri in destinations for word in ("--to", uri)]
    command = [sys.executable, "-m", "audio2face", "live", "--file", str(SAMPLE), "--loop", *words]
    before = os.times()
    with listeners(), subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.terminate()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def network_share(seconds: int = 10) -> float:
    """The least that live speech can cost: the network alone, woken 60 times a second for two frames."""
    model = load_model("live")
    width = 32 * len(model.front_end.split("+")) + 1
    features = np.random.default_rng(0).normal(size=(2, width)).astype(np.float32)
    emotion, past = model.feel({}), model.start()
    start, spent = time.perf_counter(), time.process_time()
    for frame in range(60 * seconds):
        time.sleep(max(0.0, start + frame / 60 - time.perf_counter()))
        past = model.predict(features, emotion, past).past
    return (time.process_time() - spent) / (time.perf_counter() - start)


@contextmanager
def listeners() -> Iterator[None]:
    """Somebody at every destination; what comes is left to the system."""
    with ExitStack() as stack:
        for place in range(len(DESTINATIONS)):
            bound = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            bound.bind(("127.0.0.1", FIRST_PORT + place))
        yield


def memory(minutes: int) -> dict[str, float]:
    """Megabytes resident after a minute and after all of them; Linux only."""
    words = [word for uri in DESTINATIONS for word in ("--to", uri)]
    command = [sys.executable, "-m", "audio2face", "live", "--file", str(SAMPLE), "--loop", *words]
    found = {}
    with listeners(), subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        for minute in range(1, minutes + 1):
            time.sleep(60)
            if minute in (1, minutes):
                found[f"{minute} min"] = resident(process.pid)
        process.terminate()
    return found


def resident(process: int) -> float:
    """Megabytes of a process on Linux."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024 / 1e6


def report(figures: dict[str, Any]) -> str:
    """The tables in Markdown."""
    columns = {"10 ms blocks": figures["exact"], "sound server": figures["server"]}
    labels = {
        "median_ms": "sample → packet beyond look-ahead, median",
        "p99_ms": "the same, 99th percentile",
        "jitter_median_ms": "packets stray from 1/60 s by, median",
        "jitter_p99_ms": "the same, 99th percentile",
    }
    rows = [
        [label, *(f"{each[name]:.1f} ms" if each else "not here" for each in columns.values())]
        for name, label in labels.items()
    ]
    lines = [
        f"{figures['machine']}; {figures['exact']['impulses']} impulses",
        "",
        table(["microphone, 60 fps", *columns], rows),
        "",
        f"- one destination at 60 fps: {100 * figures['one']:.1f} % of a core; "
        f"four at once: **{100 * figures['four']:.1f} %**; the network alone in the same rhythm: "
        f"{100 * figures['network']:.1f} %",
    ]
    if "memory" in figures:
        spans = " → ".join(f"{size:.1f} MB after {span}" for span, size in figures["memory"].items())
        lines.append(f"- memory of live speech to four destinations: {spans}")
    return "\n".join(lines)


if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
