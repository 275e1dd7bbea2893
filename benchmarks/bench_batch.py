"""A studio's lines end to end: how fast, how the cost grows, what a kill costs, what triage finds.

    python benchmarks/bench_batch.py speed SPEECH [--count 2000] [--jobs 1,2]
    python benchmarks/bench_batch.py curve SPEECH [--counts 1250,2500,5000,10000]
    python benchmarks/bench_batch.py triage SPEECH [--count 2000] [--seed 22]
    python benchmarks/bench_batch.py kill SPEECH [--count 120] [--kills 20]
    python benchmarks/bench_batch.py cluster SPEECH [--count 120]

`speed` writes JSON and FBX at 60 frames a second and looks at the memory of every process; `curve` writes
JSON of lines of 2 s; `triage` makes 5 % of the lines faulty and ranks them; `kill` ends the batch and its
workers with SIGKILL at random moments until it is done; `cluster` runs on a scheduler and two workers of Dask
and kills one. Lines come from scripts/make_lines.py. Needs Linux for memory and kills.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
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
    heads = [
        "processes",
        "s",
        "lines/min",
        "× real time",
        "× per CPU s",
        "MB 2nd quarter",
        "MB last",
        "MB peak",
        "load",
    ]
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
                *(
                    f"{took:.1f}",
                    f"{cpu:.1f}",
                    f"{1000 * cpu / count:.1f}",
                    f"{again:.1f}",
                    f"{max(peaks):.0f}",
                ),
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
    """SIGKILL at random moments until the batch is done; what is there then, what was done twice."""
    count = how.count or 120
    make_lines(how.speech, folder / "lines", count, how.seed, 0.0)
    command = [*PROGRAM, folder / "lines" / "lines.csv", "-j", "2", *BOTH, "-o"]
    begin = time.monotonic()
    run([*command, folder / "whole"])
    usual = time.monotonic() - begin
    chance, kills, equal, twice, rounds = random.Random(how.seed), 0, True, [], 0
    while kills < how.kills:
        out, rounds = folder / f"killed-{rounds}", rounds + 1
        done = False
        while not done:
            before = stamps(out)
            process = subprocess.Popen(
                [*map(str, command), out], stderr=subprocess.DEVNULL, start_new_session=True
            )
            try:
                process.wait(chance.uniform(0.1, 0.8 * usual) if kills < how.kills else None)
                done = True
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # the workers that it started too
                process.wait()
                kills += 1
            twice.append(sum(stamp != before.get(name, stamp) for name, stamp in stamps(out).items()))
        equal = equal and digest(out) == digest(folder / "whole") and not list(out.rglob(".*"))
    said = "byte-equal, nothing left over" if equal else "NOT byte-equal"
    print(f"{kills} kills in {rounds} batches of {count} lines, {usual:.0f} s each: {said}")
    print(
        f"of {rounds * count * 2} files, {sum(twice)} were written twice, at most {max(twice)} after a kill"
    )
    return int(not equal)


def cluster(how: argparse.Namespace, folder: Path) -> int:
    """A scheduler and two workers of Dask; the second time one of them is killed in the midst."""
    count = how.count or 120
    make_lines(how.speech, folder / "lines", count, how.seed, 0.0)
    command = [*PROGRAM, folder / "lines" / "lines.csv", *BOTH, "-o"]
    run([*command, folder / "here", "-j", "1"])
    with dask(folder / "scheduler.json") as workers:
        for name, kills in (("far", False), ("killed", True)):
            out = folder / name
            process = subprocess.Popen([*map(str, command), out, "--cluster", folder / "scheduler.json"])
            while kills and len(stamps(out)) < count // 2 and process.poll() is None:
                time.sleep(0.05)
            if kills:
                workers[0].kill()
            code = process.wait()
            said = "byte-equal" if not code and digest(out) == digest(folder / "here") else "NOT byte-equal"
            lost = ", one killed" if kills else ""
            print(f"Dask, two workers{lost}: {said} to one process here, exit code {code}")
    return 0


@contextmanager
def dask(file: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A scheduler and two workers on 127.0.0.1; the workers."""
    program = [sys.executable, "-m", "dask"]
    both = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    parts = [subprocess.Popen([*program, "scheduler", "--port", "0", *both], **quiet)]
    while not file.exists():
        time.sleep(0.1)
    worker = [*program, "worker", "--no-nanny", "--nthreads", "1", *both]
    parts += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    from distributed import Client  # noqa: PLC0415

    try:
        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(2, timeout=120)
        yield parts[1:]
    finally:
        for part in reversed(parts):
            part.kill()
            part.wait()


def run(command: Sequence[object]) -> None:
    """Runs a command that must succeed."""
    subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL)


def stamps(out: Path) -> dict[str, int]:
    """When each result of a line was written."""
    files = (file for file in out.glob("*/*") if file.is_file() and not file.parent.name.startswith("."))
    return {file.relative_to(out).as_posix(): file.stat().st_mtime_ns for file in files}


def watched(command: Sequence[object]) -> tuple[float, float, list[float]]:
    """Runs a command; seconds, processor seconds, megabytes of all its processes every half second."""
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


MEASURES: dict[str, Callable[[argparse.Namespace, Path], int]] = {
    **{"speed": speed, "curve": curve, "triage": triage, "kill": kill, "cluster": cluster},
}

if __name__ == "__main__":
    single_threaded()
    sys.exit(main())
