"""A list of channel names as a rig without a mesh."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rigs.channel import Channel
from rigs.errors import RigError
from rigs.origin import Origin
from rigs.rig import Rig

LARGEST = 4_000_000
"""Bytes of the longest list that is read."""


def load_names(path: Path) -> Rig:
    """One name a line in .txt, where lines with # at their start are notes; in .json a list of names, or an
    object with such a list under `channels`.

    Raises RigError when there are no names or a name comes twice.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise RigError(f"it is {size} bytes; a list of names has at most {LARGEST}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RigError("it is no UTF-8 text") from error
    names = _from_json(text) if path.suffix.lower() == ".json" else _from_lines(text)
    if not names:
        raise RigError("it has no names; expected one channel name a line")
    return Rig(tuple(map(Channel, names)), origin=Origin(path))


def _from_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _from_json(text: str) -> list[str]:
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RigError(f"it is no JSON: {' '.join(str(error).split())[:120]}") from error
    names = content.get("channels") if isinstance(content, dict) else content
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RigError('it is no list of names; expected ["jawOpen", ...] or {"channels": ["jawOpen", ...]}')
    return names
