"""A map as text that people read and change; `retarget_file` says what it means."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from rigs.arkit import ARKIT_NAMES
from rigs.retargeting.retarget import Retarget

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def map_text(how: Retarget, rig: str | None = None, about: Sequence[str] = ()) -> str:
    """A map as TOML. `rig` is what its `rig` says; `about` are lines of comment."""
    lines = [f"# {line}" for line in about]
    if rig is not None:
        lines.append(f"rig = {_quoted(rig)}")
    same = how.sources == ARKIT_NAMES
    sources = '"arkit"' if same else f"[{', '.join(map(_quoted, how.sources))}]"
    lines += [f"source = {sources}", "", "[channels]"]
    lines += [f"{_key(channel.name)} = {_said(how, column)}" for column, channel in enumerate(how.targets)]
    return "\n".join(lines) + "\n"


def _said(how: Retarget, column: int) -> str:
    """The right side of one line."""
    assert how.gains is not None and how.offsets is not None
    channel = how.targets[column]
    shares = {how.sources[row]: _plain(how.matrix[row, column]) for row in how.matrix[:, column].nonzero()[0]}
    fields = {
        "gain": (_plain(how.gains[column]), 1.0),
        "offset": (_plain(how.offsets[column]), 0.0),
        "minimum": (channel.minimum, 0.0),
        "maximum": (channel.maximum, 1.0),
    }
    parts = [f"{name} = {value:.9g}" for name, (value, usual) in fields.items() if value != usual]
    parts += ['combine = "max"'] if channel.name in how.largest else []
    single = len(shares) == 1 and next(iter(shares.values())) == 1
    if single and not parts:
        return _quoted(next(iter(shares)))
    if shares:
        inside = ", ".join(f"{_key(name)} = {share:.9g}" for name, share in shares.items())
        parts.insert(0, f"from = {_quoted(next(iter(shares))) if single else '{ ' + inside + ' }'}")
    return f"{{ {', '.join(parts)} }}" if parts else "{}"


def _plain(value: np.floating[Any]) -> float:
    """The shortest number that is this float32."""
    return float(str(np.float32(value)))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)
