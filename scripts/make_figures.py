"""Measures anew what the documents say, and writes it between their marks.

    python scripts/make_figures.py demo       what the demo prints, into README.md
    python scripts/make_figures.py quality    every measure of both models, into README.md and docs/quality.md
    python scripts/make_figures.py speed      what benchmarks/bench_speed.py prints, into both READMEs
    python scripts/make_figures.py live       what benchmarks/bench_live.py prints, into benchmarks/README.md
    python scripts/make_figures.py export     what benchmarks/bench_export.py prints, into
    benchmarks/README.md

`quality` needs recordings; --data names the folder that holds librispeech, emodb, grid and facegood. The
pictures are made by make_pictures.py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from generated import replace_block
from quality_tables import MODELS, SETS, long_tables, scored, short_table

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "README.md"
QUALITY = ROOT / "docs" / "quality.md"


def demo(_: Path) -> None:
    """The first minute, as it looks in the README."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "audio2face", "demo", "-o", "demo"]
        done = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8"
        )
    replace_block(README, "demo", f"```\n{done.stderr.strip()}\n```")


def quality(data: Path) -> None:
    """The short table of the README, and every measure with its interval in docs/quality.md."""
    reports = {name: {title: scored(name, data, sort) for title, sort in SETS.items()} for name in MODELS}
    replace_block(README, "quality", short_table(reports))
    replace_block(QUALITY, "quality", long_tables(reports))


def speed(_: Path) -> None:
    """The benchmark's tables, and the sum of them for the README."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speed.json"
        command = [sys.executable, str(ROOT / "benchmarks" / "bench_speed.py"), "--json", str(file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        figures = json.loads(file.read_text(encoding="utf-8"))
    replace_block(BENCHMARKS, "speed", done.stdout)
    replace_block(README, "speed", summed_up(figures))


def live(_: Path) -> None:
    """The benchmark of the live path; half an hour, for the sake of its memory."""
    command = [sys.executable, str(ROOT / "benchmarks" / "bench_live.py"), "--minutes", "30"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    replace_block(BENCHMARKS, "live", done.stdout)


def export(_: Path) -> None:
    """Seconds and megabytes of ten minutes in every format."""
    command = [sys.executable, str(ROOT / "benchmarks" / "bench_export.py")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    replace_block(BENCHMARKS, "export", done.stdout)


def summed_up(figures: dict[str, Any]) -> str:
    """Four lines on speed."""
    whole = {case: values for case, values in figures["batch"].items() if case.startswith("whole")}
    live, start = figures["live"]["live"], figures["start"]["studio"]
    lines = [
        f"- {case}: {values['best']:.2f} s, **{values['realtime']:.0f}× real time**"
        for case, values in whole.items()
    ]
    lines.append(
        f"- the `live` model in blocks of 10 ms: {live['mean_ms']:.2f} ms of work a block on average, "
        f"{live['p99_ms']:.2f} ms at the 99th percentile"
    )
    if live["peak_mb"]:
        lines[-1] += f", {live['peak_mb']:.0f} MB of memory at most"
    lines.append(f"- from the start of the process to the first weights: {start['best']:.2f} s")
    return "\n".join([f"One thread, {figures['machine']}:", "", *lines])


def main() -> None:
    """Does what was named, in the order named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs = {"demo": demo, "quality": quality, "speed": speed, "live": live, "export": export}
    parser.add_argument("what", nargs="+", choices=jobs)
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    if "quality" in arguments.what and not (arguments.data and arguments.data.is_dir()):
        parser.error(f"quality needs --data FOLDER with recordings; {arguments.data} is no folder")
    for name in arguments.what:
        jobs[name](arguments.data)
        print(f"{name}: written")


if __name__ == "__main__":
    main()
