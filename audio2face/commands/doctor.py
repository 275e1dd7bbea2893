"""`audio2face doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from audio2face.commands.talk import command, say, show_json, show_table
from audio2face.features import SAMPLE_RATE
from audio2face.models import bundled, load_model
from audio2face.weights import WeightStream
from rigs import FaceError

PACKAGES = ("audio2face", "exporters", "livelink", "rigs")
CORE = ("numpy", "ai-edge-litert", "soundfile", "soxr", "pygltflib", "pillow", "click", "tqdm")
EXTRAS = {
    "train": ("tensorflow", "keras"),
    "plot": ("matplotlib",),
    "mic": ("pyaudio",),
    "live": ("websocket-client", "platformdirs"),
    "usd": ("usd-core",),
    "align": ("pocketsphinx",),
    "test": ("pytest", "librosa", "ruff", "mypy", "scipy"),
}
MODULES = {"tensorflow": "tensorflow", "pyaudio": "pyaudio"}
"""Distributions that come under several names are looked for by the module they bring."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state is "ok", "missing" (an optional part) or "broken"."""

    what: str
    state: str
    detail: str


@command("Say what is installed, what is missing, and how to get it. Exit code 1 if something is broken.")
def doctor(as_json: bool) -> None:
    findings = [_python(), _one_place(), *map(_core, CORE), *map(_model, bundled()), *_extras()]
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        show_table([(finding.state, finding.what, finding.detail) for finding in findings])
    broken = [finding for finding in findings if finding.state == "broken"]
    if broken:
        say(f"audio2face: {len(broken)} broken: {', '.join(finding.what for finding in broken)}")
        sys.exit(1)


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _one_place() -> Finding:
    """Other projects have packages called livelink and exporters, too."""
    places = {name: _home(name) for name in PACKAGES}
    homes = set(places.values())
    if len(homes) == 1:
        return Finding("packages", "ok", f"all four from {homes.pop()}")
    listed = ", ".join(f"{name} from {place}" for name, place in places.items())
    return Finding("packages", "broken", f"{listed}; install audio2face into an environment of its own")


def _home(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parents[1] if spec and spec.origin else None


def _core(name: str) -> Finding:
    version = _version(name)
    if version:
        return Finding(name, "ok", version)
    return Finding(name, "broken", "not installed; get it with: pip install --force-reinstall audio2face")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        module = MODULES.get(name)
        return "installed" if module and importlib.util.find_spec(module) else None


def _model(name: str) -> Finding:
    """Runs one second of silence through a bundle."""
    return _tried(f"model {name}", lambda: _run(name))


def _run(name: str) -> str:
    model = load_model(name)
    stream = WeightStream(model, model.fps)
    stream.push(np.zeros(SAMPLE_RATE, np.float32))
    return f"runs; {len(model.bundle.network) / 1e6:.2f} MB, {1000 * stream.latency:.0f} ms behind the sound"


def _tried(what: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", attempt())
    except FaceError as error:
        return Finding(what, "broken", str(error))


def _extras() -> list[Finding]:
    findings = []
    for extra, names in EXTRAS.items():
        missing = [name for name in names if not _version(name)]
        detail = f"without {', '.join(missing)}; get it with: pip install 'audio2face[{extra}]'"
        findings.append(
            Finding(f"extra {extra}", "missing" if missing else "ok", detail if missing else ", ".join(names))
        )
    return findings
