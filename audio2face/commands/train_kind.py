"""Is DATA speech with phone times, or a character's takes?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from audio2face.dataset import list_takes
from audio2face.dataset.vocaset import is_vocaset
from audio2face.errors import OptionError
from rigs import FaceError

LOOKED_AT = 20
"""JSON files of a folder in which phones are looked for."""


def is_motion(paths: Sequence[Path]) -> bool:
    """Whether all of DATA are takes of a character. Raises OptionError when only some are."""
    kinds = {path: _is_motion(path) for path in paths}
    if len(set(kinds.values())) > 1:
        moved = next(path for path, motion in kinds.items() if motion)
        said = next(path for path, motion in kinds.items() if not motion)
        raise OptionError(
            f"{moved} holds takes of a character, and {said} does not: train on speech with phone times, "
            "or on takes, not on both at once"
        )
    return all(kinds.values())


def _is_motion(path: Path) -> bool:
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
