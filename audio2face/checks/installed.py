"""Python, the packages, the models and the optional parts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from audio2face.checks.finding import Finding
from audio2face.features import SAMPLE_RATE
from audio2face.models import bundled, load_model
from audio2face.weights import WeightStream
from exporters.video import NoGraphicsError, open_context
from rigs import FaceError

PACKAGES = ("audio2face", "exporters", "livelink", "rigs")
CORE: tuple[str, ...] = (
    *("numpy", "ai-edge-litert", "soundfile", "soxr", "pygltflib", "pillow", "click", "tqdm"),
    *("joblib", "threadpoolctl"),
    *(() if sys.version_info >= (3, 11) else ("tomli",)),
)
EXTRAS = {
    "train": ("tensorflow", "keras"),
    "plot": ("matplotlib",),
    "mic": ("pyaudio",),
    "live": ("websocket-client", "platformdirs", "websockets"),
    "mesh": ("trimesh",),
    "usd": ("usd-core",),
    "render": ("moderngl", "imageio-ffmpeg"),
    "video": ("mediapipe", "av"),
    "cluster": ("dask", "distributed", "fsspec"),
    "align": ("pocketsphinx",),
    "test": ("pytest", "librosa", "ruff", "mypy", "scipy"),
}
MODULES = {"tensorflow": "tensorflow", "pyaudio": "pyaudio"}
"""Distributions that come under several names are looked for by the module they bring."""


def check_installed() -> list[Finding]:
    """All of it; runs each model once."""
    return [_python(), _one_place(), *map(_core, CORE), *map(_model, bundled()), *_extras(), *_graphics()]


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


def _graphics() -> list[Finding]:
    """What would draw films, where they can be made at all."""
    if not _version("moderngl"):
        return []
    try:
        context = open_context()
    except NoGraphicsError as error:
        return [Finding("OpenGL", "missing", f"films are drawn by the processor: {error}")]
    name = context.info["GL_RENDERER"]
    context.release()
    return [Finding("OpenGL", "ok", name)]
