"""How large an installation of the core is: python scripts/install_size.py

Makes a fresh environment, installs the project without extras, prints the megabytes of its site-packages, the
largest parts first. Exit code 1 when they exceed the bound or TensorFlow or Keras came along.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOUND = 350
"""MB"""
UNWANTED = ("tensorflow", "keras", "torch")
SHOWN = 8


def main() -> int:
    """Installs, measures, prints, returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = install(folder)
        venv.create(folder / "empty", with_pip=True)
        before = sum(sizes(packages_of(folder / "empty")).values())
        found = sizes(site)
    total = sum(found.values())
    print(f"{total - before:6.1f} MB  the core with everything it needs (and {before:.1f} MB of pip)")
    for part in sorted(found, key=lambda part: -found[part])[:SHOWN]:
        print(f"{found[part]:6.1f} MB  {part}")
    unwanted = [part for part in found if part.lower().startswith(UNWANTED)]
    if unwanted:
        print(f"came along and must not: {', '.join(unwanted)}", file=sys.stderr)
    if total > BOUND:
        print(f"{total:.0f} MB is more than {BOUND} MB", file=sys.stderr)
    return 1 if unwanted or total > BOUND else 0


def install(folder: Path) -> Path:
    """Installs the core into a fresh environment; its site-packages."""
    home = folder / "core"
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", ROOT]
    subprocess.run(pip, check=True)
    return packages_of(home)


def packages_of(home: Path) -> Path:
    """The site-packages of an environment."""
    return next(home.rglob("site-packages"))


def sizes(site: Path) -> dict[str, float]:
    """{part: MB} of everything directly inside."""
    return {part.name: megabytes(part) for part in site.iterdir()}


def megabytes(part: Path) -> float:
    """Of a file, or of all files in a folder."""
    files = [part] if part.is_file() else [file for file in part.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    sys.exit(main())
