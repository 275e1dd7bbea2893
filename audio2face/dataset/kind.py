"""Is a folder speech with phone times, or a character's takes?"""

from __future__ import annotations

import json
from pathlib import Path

from audio2face.dataset.reading import list_takes
from audio2face.dataset.vocaset import is_vocaset
from rigs import FaceError

LOOKED_AT = 20
"""JSON files of a folder in which phones are looked for."""


def holds_motion(path: Path) -> bool:
    """Whether a path is a table or a folder of takes with motion; a damaged one may be neither."""
    if path.suffix.lower() == ".toml" or is_vocaset(path):
        return True
    if (path / "manifest.jsonl").is_file() or _has_phones(path):
        return False
    try:
        return any(take.motion is not None for take in list_takes([path]))
    except FaceError:
        return False


def _has_phones(folder: Path) -> bool:
    for file in sorted(folder.glob("*.json"))[:LOOKED_AT]:
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(said, dict) and "phones" in said:
            return True
    return False
