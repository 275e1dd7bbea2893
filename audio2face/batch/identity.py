"""What a result depends on, as hashes: sound, settings, rig, model, text, hand edits, program."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import audio2face
from audio2face.batch.work import Work
from audio2face.errors import OptionError, SoundError
from audio2face.models import read_bundle
from rigs.catalogue import has_rig

LIBRARIES = ("numpy", "soundfile", "soxr", "ai-edge-litert")
"""Whose versions may change a result in its last bits."""
_ROOMS = (
    *("audio2face/batch/edits.py", "audio2face/batch/hearing.py", "audio2face/batch/making.py"),
    *("audio2face/batch/triage", "audio2face/emotion", "audio2face/features", "audio2face/knobs"),
    *("audio2face/life", "audio2face/models", "audio2face/commands/options.py"),
    *("audio2face/sources", "audio2face/pipeline.py", "audio2face/weights.py", "audio2face/rigging.py"),
    "exporters",
    "rigs",
)
"""What of the program makes results and measures them."""
_ASIDE = ("__pycache__", "bake", "judging.py", "page", "picture")
"""Names in them of what does not."""
_CHUNK = 1 << 20


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The program and the libraries that results depend on, and Python and the machine, which they do not."""
    installed = {name: importlib.metadata.version(name) for name in ("audio2face", *LIBRARIES)}
    return {
        **installed,
        "source": _source(),
        "python": platform.python_version(),
        "machine": platform.platform(),
    }


def program() -> str:
    """The program in one line: what must be the same on every machine that takes part."""
    known = versions()
    return " ".join(f"{name} {known[name]}" for name in ("audio2face", "source", *LIBRARIES))


@lru_cache(maxsize=1)
def _source() -> str:
    """A hash of the source that makes results, so that a change of it between two versions counts too."""
    home = Path(audio2face.__file__).parents[1]
    total = hashlib.sha256()
    for room in _ROOMS:
        place = home / room
        files = [place] if place.is_file() else sorted(place.rglob("*"), key=lambda path: path.as_posix())
        for file in files:
            way = file.relative_to(home)
            if file.is_file() and file.suffix not in (".pyc", ".md") and not set(way.parts) & set(_ASIDE):
                total.update(way.as_posix().encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()[:12]


def sound_hash(sound: Path) -> str:
    """Of a file's content. Raises SoundError when it cannot be read."""
    try:
        with sound.open("rb") as file:
            return _hash(iter(lambda: file.read(_CHUNK), b""))
    except OSError as error:
        reason = (
            "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        )
        raise SoundError(f"Cannot read {sound}: {reason}") from error


@lru_cache(maxsize=64)
def model_hash(model: str) -> str:
    """Of a bundle: its network and its card. Raises ModelError."""
    bundle = read_bundle(model)
    return _hash((bundle.network, json.dumps(bundle.card, sort_keys=True).encode()))


@lru_cache(maxsize=256)
def rig_hash(rig: str | None) -> str:
    """Of a rig: its name, or all that its files hold. Raises OptionError when there is none."""
    if rig is None or has_rig(rig):
        return rig or ""
    files = sorted(_files_of(Path(rig)))
    try:
        return _hash(part for file in files for part in (file.name.encode(), file.read_bytes()))
    except OSError as error:
        raise OptionError(f"cannot read the rig {rig}: {error.strerror or error}") from error


def _files_of(rig: Path) -> Iterable[Path]:
    """The file, those beside it that it may name, or those of a folder of meshes."""
    if rig.is_dir():
        return (path for path in rig.rglob("*") if path.is_file())
    if rig.suffix.lower() in (".toml", ".json"):  # a map, and the rig that it may name
        beside = (
            path for path in rig.parent.glob("*") if path.suffix.lower() in (".glb", ".gltf", ".vrm", ".bin")
        )
        return {rig, *beside}
    if rig.suffix.lower() == ".gltf":
        return {rig, *rig.parent.glob("*.bin")}
    return {rig}


def parts_of(sound: str, work: Work) -> dict[str, str]:
    """What the results of a line depend on, by name, each as a short text; `sound` is the sound's hash.

    Raises FaceError.
    """
    settings = work.settings
    said = {name: value for name, value in settings.table().items() if name not in ("rig", "model")}
    for name in ("emotion", "settings"):
        if said[name] and Path(said[name]).is_file():
            said[name] = sound_hash(Path(said[name]))
    return {
        "sound": sound,
        "settings": text_hash(json.dumps({**said, "track": work.track}, sort_keys=True)),
        "rig": rig_hash(settings.rig),
        "model": model_hash(settings.model),
        "text": text_hash(work.text) if work.text else "",
        "hand edits": text_hash(work.edits) if work.edits else "",
        "program": program(),
    }


def text_hash(text: str) -> str:
    """Of a text."""
    return _hash((text.encode(),))


def changed(before: dict[str, Any], now: dict[str, str]) -> list[str]:
    """Names of the parts that are others than before."""
    return [name for name, value in now.items() if before.get(name) != value]


def _hash(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()[:32]
