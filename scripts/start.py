"""Sets the project up in an environment of its own, and starts it; the same on Windows, macOS and Linux.

    python scripts/start.py demo       install the program, then turn the bundled speech into a talking head
    python scripts/start.py test       install what the tests need as well, then run them
    python scripts/start.py install    the same as for the tests, and run nothing
    python scripts/start.py blender    two Blenders without windows (700 MB), for the tests that need them

Needs Python 3.10 or later and nothing else (blender: 3.11, which those Blenders are made for). What follows
`demo` goes to the demo, what follows `test` to pytest. The environment is .venv in the repository;
AUDIO2FACE_VENV names another folder. The Blenders are .venv-blender-4.2 and -5.0 in the repository;
AUDIO2FACE_BLENDER names another folder for both.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("AUDIO2FACE_VENV") or ROOT / ".venv").absolute()
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PROGRAM = BIN / ("audio2face.exe" if os.name == "nt" else "audio2face")
NODE = ROOT / "tests" / "node"
BLENDER = Path(os.environ.get("AUDIO2FACE_BLENDER") or ROOT).absolute()
BLENDERS = {"4.2": "bpy==4.2.0", "5.0": "bpy==5.0.0"}
"""Blender as a Python module, by version; each is made for Python 3.11 alone."""
OLDEST = (3, 10)


def main(words: list[str]) -> int:
    """Does what the first word says; returns the exit code."""
    verbs = {"demo": demo, "test": test, "install": install, "blender": blender}
    if not words or words[0] not in verbs:
        print(__doc__)
        return 0 if words and words[0] in ("-h", "--help") else 2
    check_python()
    return verbs[words[0]](words[1:])


def demo(words: list[str]) -> int:
    """Installs the core and runs the demo in the repository."""
    set_up(())
    output = [] if {"-o", "--output"} & set(words) else ["-o", "demo"]
    if output:
        say(f"results will be in {ROOT / 'demo'}")
    code = subprocess.run([PROGRAM, "demo", *output, *words], cwd=ROOT, check=False).returncode
    if code == 0:
        say(f"the program is {shown(PROGRAM)}; in {ROOT}; try: {shown(PROGRAM)} -h")
    return code


def test(words: list[str]) -> int:
    """Installs everything and runs pytest, whose closing line is the last."""
    install([])
    say("running the tests: python -m pytest " + " ".join(words))
    return subprocess.run([PYTHON, "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def install(words: list[str]) -> int:
    """Installs the program, training, test tools and the tests' readers in Node."""
    if words:
        stop(f"install takes no arguments, not {' '.join(words)}")
    set_up(("test", "train", "plot"))
    set_up_node()
    say(f"the program is {shown(PROGRAM)}, its Python {shown(PYTHON)}")
    return 0


def blender(words: list[str]) -> int:
    """Makes an environment for each Blender that tests hold our files and our add-on against."""
    if words:
        stop(f"blender takes no arguments, not {' '.join(words)}")
    if sys.version_info[:2] != (3, 11):
        stop(
            f"this is Python {sys.version.split()[0]}; these Blenders need Python 3.11: python3.11 {__file__}"
        )
    for version, package in BLENDERS.items():
        place = BLENDER / f".venv-blender-{version}"
        mark = place / "installed.txt"
        if mark.is_file() and mark.read_text(encoding="utf-8") == package:
            continue
        say(f"installing Blender {version} into {place} (downloads some 350 MB the first time)")
        run([sys.executable, "-m", "venv", "--clear", place], "could not make the environment")
        python = place / BIN.name / PYTHON.name
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", package]
        run(pip, f"pip could not install {package}; its message is above")
        mark.write_text(package, encoding="utf-8")
    return 0


def check_python() -> None:
    """Stops under a Python that is too old, or that cannot make environments."""
    if sys.version_info < OLDEST:
        stop(f"this is Python {sys.version.split()[0]}; Python 3.10 or later is needed (python.org)")
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError as error:
        stop(f"this Python has no {error.name} module; on Debian and Ubuntu: sudo apt install python3-venv")


def set_up(extras: tuple[str, ...]) -> None:
    """Makes the environment and installs the project with these extras, unless that is done already."""
    if not PYTHON.is_file():
        say(f"making the environment {VENV}")
        run([sys.executable, "-m", "venv", VENV], "could not make the environment")
    state = fingerprint()
    if PROGRAM.is_file() and is_installed(extras, state):
        return
    size = "some 400 MB, most of it TensorFlow," if extras else "some 60 MB"
    say(f"installing the project into {VENV} (downloads {size} the first time)")
    what = f".[{','.join(extras)}]" if extras else "."
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", *quiet, "-e", what]
    run(
        pip, "pip could not install the project; its message is above. A new Python may lack builds: try 3.12"
    )
    (VENV / f"installed-{'-'.join(('core', *extras))}.txt").write_text(state, encoding="utf-8")


def is_installed(extras: tuple[str, ...], state: str) -> bool:
    """Whether an earlier run has installed these extras, or more, of the project as it is now."""
    marks = [mark for mark in VENV.glob("installed-*.txt") if set(extras) <= set(mark.stem.split("-"))]
    return any(mark.read_text(encoding="utf-8") == state for mark in marks)


def fingerprint() -> str:
    """Changes whenever what has to be installed changes."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "setup.cfg")]
    return hashlib.sha256(b"".join([str(ROOT).encode(), *parts])).hexdigest()


def set_up_node() -> None:
    """Installs the readers in Node that tests hold our files against, when npm is there."""
    npm = shutil.which("npm")
    if npm is None:
        say("no npm on this machine: the tests that need Node will be skipped (Node 20 or later: nodejs.org)")
        return
    mark = NODE / "node_modules" / "installed.txt"
    state = hashlib.sha256((NODE / "package.json").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == state:
        return
    say(f"installing the tests' readers into {NODE / 'node_modules'}")
    run([npm, "install", "--no-progress", "--loglevel=error", "--prefix", NODE], "npm failed")
    mark.write_text(state, encoding="utf-8")


def run(command: list[str | Path], failure: str) -> None:
    """Runs a command in the repository; stops with the failure's text when it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        stop(failure)


def shown(path: Path) -> str:
    """The path as one types it in the repository."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def say(text: str) -> None:
    """Talk, at once, even between other programs' output."""
    print(f"start: {text}", flush=True)


def stop(text: str) -> None:
    """Ends the script with one line and exit code 1."""
    sys.exit(f"start: {text}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
