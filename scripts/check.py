"""The one check that people and CI run: python scripts/check.py [--fast | --no-tests] [pytest arguments].

ruff check, ruff format, mypy, generated documents, then the tests. --no-tests leaves the tests out, --fast
mypy and the tests. Exit code 1 when anything failed; every step runs, whatever the others said.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time

from start import PYTHON, ROOT

STEPS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "docs/help.md": ["scripts/make_help.py", "--check"],
    "docs/formats.md": ["scripts/make_formats.py", "--check"],
    "rigs/data/maps": ["scripts/make_maps.py", "--check"],
    "docs/models.md": ["scripts/make_cards.py", "--check"],
    "mypy": ["-m", "mypy"],
    "tests": ["-m", "pytest"],
}
SLOW = ("mypy", "tests")


def main() -> int:
    """Runs the steps, prints the summary, returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="without mypy and the tests")
    parser.add_argument("--no-tests", action="store_true", help="without the tests")
    arguments, words = parser.parse_known_args()
    left_out = SLOW if arguments.fast else ("tests",) if arguments.no_tests else ()
    python = find_python()
    results = [
        step(name, [python, *command, *(words if name == "tests" else [])])
        for name, command in STEPS.items()
        if name not in left_out
    ]
    print("\n" + "\n".join(line for line, _ in results), flush=True)
    return 0 if all(good for _, good in results) else 1


def find_python() -> str:
    """The Python that has the tools: this one, or that of the environment start.py makes."""
    if importlib.util.find_spec("ruff") and importlib.util.find_spec("mypy"):
        return sys.executable
    if PYTHON.is_file():
        return str(PYTHON)
    sys.exit("check: ruff and mypy are not installed; run: python scripts/start.py install")


def step(name: str, command: list[str]) -> tuple[str, bool]:
    """Runs one step; its line for the summary, and whether it was good."""
    print(f"== {name}", flush=True)
    begin = time.monotonic()
    good = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    return f"{'ok' if good else 'FAILED':6}  {name}  ({time.monotonic() - begin:.0f} s)", good


if __name__ == "__main__":
    sys.exit(main())
