"""A studio's lines end to end: how fast, how the cost grows, what a kill costs, what triage finds.

    python benchmarks/bench_batch.py speed ../shared/data/speech [--count 2000] [--jobs 1,2]
    python benchmarks/bench_batch.py curve ../shared/data/speech [--counts 1250,2500,5000,10000]
    python benchmarks/bench_batch.py triage ../shared/data/speech [--count 2000] [--seed 22]
    python benchmarks/bench_batch.py kill ../shared/data/speech [--count 120] [--kills 20]
    python benchmarks/bench_batch.py cluster ../shared/data/speech [--count 120]

`speed` writes JSON and FBX at 60 frames a second and looks at the memory of every process; `curve` writes JSON of
lines of 2 s; `triage` makes 5 % of the lines faulty and ranks them; `kill` ends the batch and its workers with
SIGKILL at random moments until it is done; `cluster` runs on a scheduler and two workers of Dask and kills one.
Lines come from scripts/make_lines.py. Needs Linux for memory and kills.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from common import machine, single_threaded, table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from make_lines import make_lines  # noqa: E402

PROGRAM = [sys.executable, "-m", "audio2face", "batch"]
BOTH = ("--format", "json", "--format", "fbx")
ASIDE = ("batch.ledger", "batch.json", "report.html")
"""What names the run itself: its ledger, its command."""


def main() -> int:
    """Measures one thing and prints it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--counts", default="1250,2500,5000,10000")
    parser.add_argument("--jobs", default="1,2")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=22)
    how = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="audio2face-lines-") as folder:
        return MEASURES[how.what](how, Path(folder))


def speed(how: argparse.Namespace, folder: Path) -> int:
    """Lines a minute, sound a second, memory; for each number of processes."""
    count = how.count or 2000
    make_lines(how.speech, folder / "lines", count, how.seed, 0.0)
    rows = []
    for jobs in how.jobs.split(","):
        out = folder / f"out-{jobs}"
        load = os.getloadavg()[0]
        took, cpu, peaks = watched([*PROGRAM, folder / "lines" / "lines.csv", "-o", out, "-j", jobs, *BOTH])
        seconds = sound_seconds(out)
        first, last = (np.median(part) for part in np.array_split(np.array(peaks[2:] or peaks), 4)[1::2])
        rows.append(
            [
                f"{jobs} ({count} lines)",
                *(f"{took:.0f}", f"{60 * count / took:.0f}", f"{seconds / took:.0f}", f"{seconds / cpu:.0f}"),
                *(f"{first:.0f}", f"{last:.0f}", f"{max(peaks):.0f}", f"{load:.1f}"),
            ]
        )
        print(rows[-1], file=sys.stderr)
    heads = ["processes", "s", "lines/min", "× real time", "× per CPU s", "MB 2nd quarter", "MB last", "MB peak", "load"]
    print(table(heads, rows))
    digests = {digest(folder / f"out-{jobs}") for jobs in how.jobs.split(",")}
    print("byte-equal" if len(digests) == 1 else "NOT byte-equal")
    return int(len(digests) > 1)


def curve(how: argparse.Namespace, folder: Path) -> int:
    """Seconds against the number of lines, and what a second run costs that has nothing to do."""
    counts = [int(count) for count in how.counts.split(",")]
    make_lines(how.speech, folder / "lines", counts[-1], how.seed, 0.0, seconds=2.0)
    heads, *lines = (folder / "lines" / "lines.csv").read_text("utf-8").splitlines()
    rows = []
    for count in counts:
        part = folder / "lines" / f"first-{count}.csv"
        part.write_text("\n".join([heads, *lines[:count]]) + "\n", "utf-8")
        command = [*PROGRAM, part, "-o", folder / f"out-{count}", "--no-head", "--no-eyes"]
        took, cpu, peaks = watched(command)
        again, _, _ = watched(command)
        rows.append(
            [
                str(count),
                *(f"{took:.1f}", f"{cpu:.1f}", f"{1000 * cpu / count:.1f}", f"{again:.1f}", f"{max(peaks):.0f}"),
            ]
        )
        print(rows[-1], file=sys.stderr)
    print(table(["lines", "s", "CPU s", "CPU ms a line", "nothing to do, s", "MB peak"], rows))
    return 0


def triage(how: argparse.Namespace, folder: Path) -> int:
    """How well confidence ranks lines with planted faults, by kind of fault."""
    lines, out = folder / "lines", folder / "out"
    make_lines(how.speech, lines, how.count or 2000, how.seed, 0.05, "score")
    subprocess.run([*PROGRAM, lines / "lines.csv", "-o", out], check=True)
    with (out / "report.csv").open(encoding="utf-8", newline="") as file:
        sure = {row["place"]: float(row["confidence"]) for row in csv.DictReader(file)}
    with (lines / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["place"]: row["fault"] for row in csv.DictReader(file)}
    well = np.array([sure[place] for place, fault in truth.items() if not fault])
    kinds = sorted(set(truth.values()) - {""})
    rows = []
    for kind in [*kinds, "all"]:
        bad = np.array([sure[place] for place, fault in truth.items() if fault and kind in (fault, "all")])
        rows.append([kind, str(len(bad)), f"{auc(well, bad):.3f}", f"{np.mean(bad < 0.5):.0%}"])
    rows.append(["no fault", str(len(well)), "", f"{np.mean(well < 0.5):.1%}"])
    print(table(["fault", "lines", "AUC", "confidence below 0.5"], rows))
    return int(float(rows[-2][2]) < 0.9)


def auc(well: np.ndarray, bad: np.ndarray) -> float:
    """How often a faulty line is less sure than a good one; ties count half."""
    lower = (bad[:, None] < well[None, :]).mean()
    return float(lower + 0.5 * (bad[:, None] == well[None, :]).mean())


def kill(how: argparse.Namespace, folder: Path) -> int:
    """SIGKILL at random moments; what is there in the end, and what was done twice."""
    count = how.count or 120
    make_lines(how.speech, folder / "lines", count, how.seed, 0.0)
    command = [*PROGRAM, folder / "lines" / "lines.csv", "-j", "2", *BOTH, "-o"]
    whole = folder / "whole"
    begin = time.monotonic()
    subprocess.run([*command, whole], check=True, stderr=subprocess.DEVNULL)
    usual = time.monotonic() - begin
    chance, out, made, killed = random.Random(how.seed), folder / "killed", 0, 0
    while killed < how.kills:
        before = written(out)
        process = subprocess.Popen([*command, out], stderr=subprocess.DEVNULL, start_new_session=True)
        with_kill = chance.uniform(0.0, 2.2 * usual / how.kills + 2.0)
        try:
            process.wait(with_kill)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # this process and the workers it started
            process.wait()
            killed += 1
        after = written(out)
        made += sum(before.get(name) != stamp for name, stamp in after.items())
        if all_done(out, count) and killed < how.kills:
            # Done before the kills ran out: what is left of them hits a batch that starts again.
            subprocess.run([*command, out, "--force"], timeout=1, check=False, stderr=subprocess.DEVNULL) if False else None
            break
    subprocess.run([*command, out], check=True, stderr=subprocess.DEVNULL)
    same = digest(out) == digest(whole)
    print(f"{killed} kills: {'byte-equal' if same else 'NOT byte-equal'}")
    return int(not same)


def watched(command: Sequence[object]) -> tuple[float, float, list[float]]:
    """Runs a command; seconds, seconds of processors, and megabytes of all its processes every half second."""
    peaks: list[float] = []
    begin, used = time.monotonic(), os.times()
    process = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL, start_new_session=True)
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            peaks.append(megabytes(process.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    code = process.wait()
    took = time.monotonic() - begin
    over.set()
    watcher.join()
    if code:
        raise SystemExit(f"the batch ended with {code}")
    now = os.times()
    cpu = now.children_user + now.children_system - used.children_user - used.children_system
    return took, cpu, [peak for peak in peaks if peak] or [0.0]


def megabytes(session: int) -> float:
    """Memory of all processes of a session that no other process shares with them: PSS."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def sound_seconds(out: Path) -> float:
    """Of all lines in a report."""
    with (out / "report.csv").open(encoding="utf-8", newline="") as file:
        return sum(float(row["seconds"] or 0) for row in csv.DictReader(file))


def digest(out: Path) -> str:
    """Of names and contents of everything in a folder but what names the run."""
    total = hashlib.sha256()
    for file in sorted(out.rglob("*")):
        if file.is_file() and file.name not in ASIDE:
            total.update(file.relative_to(out).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
