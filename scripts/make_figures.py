"""Measures anew what the documents say, and writes it between their marks.

    python scripts/make_figures.py demo       what the demo prints, into README.md
    python scripts/make_figures.py quality    closure and tracked lips of both models, into README.md
    python scripts/make_figures.py speed      what benchmarks/bench_speed.py prints, into both READMEs

`quality` needs recordings; --data names the folder that holds librispeech, emodb and grid. The pictures are
made by make_pictures.py.
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

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "README.md"
CLOSURES = {"LibriSpeech": "librispeech", "EmoDB": "emodb"}
HELD_OUT = "6"
"""Of GRID's clips, every sixth was kept out of training by align_grid.py."""
SYSTEMS = ("mean pose", "loudness", "teacher")


def demo(_: Path) -> None:
    """The first minute, as it looks in the README."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "audio2face", "demo", "-o", "demo"]
        done = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8"
        )
    replace_block(README, "demo", f"```\n{done.stderr.strip()}\n```")


def quality(data: Path) -> None:
    """One table: closures on LibriSpeech and EmoDB, tracked lips on GRID, for every system."""
    reports = {name: evaluated(name, data) for name in ("studio", "live")}
    first = reports["studio"]
    rows = [row(name, first, name) for name in SYSTEMS]
    rows += [row(f"**{name}**", report, "model") for name, report in reports.items()]
    heads = ("system", *(f"{name}: {what}" for name in CLOSURES for what in ("closed", "wrongly shut")))
    heads += ("GRID: opening r", "GRID: width r")
    table = (heads, ("---", *["---:"] * (len(heads) - 1)), *rows)
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    heard = {name: first[folder]["model"] for name, folder in CLOSURES.items()}
    counts = [f"{of['p b m']} p b m and {of['vowels']} open vowels of {name}" for name, of in heard.items()]
    lines += ["", f"Counted were {', '.join(counts)}."]
    replace_block(README, "quality", "\n".join(lines))


def evaluated(model: str, data: Path) -> dict[str, Any]:
    """What `audio2face evaluate` reports."""
    folders = [f"--data={data / name}" for name in (*CLOSURES.values(), "grid")]
    command = [sys.executable, "-m", "audio2face", "evaluate", model, *folders, "--every", HELD_OUT, "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def row(label: str, report: dict[str, Any], system: str) -> tuple[str, ...]:
    """A system's cells; a dash where it was not scored."""
    closures, tracked = [report[folder][system] for folder in CLOSURES.values()], report["grid"].get(system)
    cells = [f"{closure[what]:.1%}" for closure in closures for what in ("recall", "false closure")]
    lips = [tracked and tracked[what] for what in ("opening r", "width r")]
    cells += ["–" if value is None else f"{value:.2f}" for value in lips]
    return (label, *cells)


def speed(_: Path) -> None:
    """The benchmark's tables, and the sum of them for the README."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speed.json"
        command = [sys.executable, str(ROOT / "benchmarks" / "bench_speed.py"), "--json", str(file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        figures = json.loads(file.read_text(encoding="utf-8"))
    replace_block(BENCHMARKS, "speed", done.stdout)
    replace_block(README, "speed", summed_up(figures))


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
    jobs = {"demo": demo, "quality": quality, "speed": speed}
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
