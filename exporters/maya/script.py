"""A Python script that sets the keys inside Maya 2022 or later: the surest way in.

The script is `keys.py.template` with the numbers put in as strings. Run it in Maya's script editor
with the character open: it finds the blendShape node that has most of the channels (or takes the one named
at its top), sets linear keys, turns the head if a node is named for it, loads the sound, and lists what it
found no place for. Nothing in it is specific to Maya but the calls of `maya.cmds`; it has been run against
a small stand-in for them, not yet in Maya.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.keys import Keys, plain_keys
from exporters.limits import check_size
from exporters.numerals import numbers, texts
from exporters.rates import whole
from rigs import AnimationClip

_TEMPLATE = Path(__file__).with_name("keys.py.template")
_MARK = "# The numbers come here.\n"
_FIELDS = ("FPS", "FRAMES", "SOUND", "CURVES", "HEAD_CURVES")
LARGEST = 1 << 30
"""Bytes of a script that is read back."""


def write_maya_script(clip: AnimationClip, file: Path, keys: tuple[Keys, ...] | None = None) -> None:
    """Writes the script with linear keys, `keys` or one wherever a channel moves."""
    curves = list(zip(clip.names, keys or plain_keys(clip), strict=True))
    head: list[tuple[str, Keys]] = []
    if clip.head is not None:
        names = ("rotateY", "rotateX", "rotateZ")
        head = list(zip(names, plain_keys(AnimationClip(names, clip.head, clip.fps)), strict=True))
    before, after = _TEMPLATE.read_text(encoding="utf-8").split(_MARK)
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(before)
        stream.write(
            f"FPS = {whole(clip.fps)!r}\nFRAMES = {clip.frames}\nSOUND = {_literal(clip.audio or '')}\n"
        )
        _write_curves(stream, "CURVES", curves, clip.frames)
        _write_curves(stream, "HEAD_CURVES", head, clip.frames)
        stream.write(after)


def _write_curves(stream: Any, name: str, curves: Sequence[tuple[str, Keys]], frames: int) -> None:
    stream.write(f"{name} = [\n" if curves else f"{name} = [")
    for channel, curve in curves:
        dense = len(curve.frames) == frames
        places = "" if dense else " ".join(map(str, np.diff(curve.frames, prepend=0).tolist()))
        stream.write(f'    ({_literal(channel)}, "{places}", "{" ".join(texts(curve.values))}"),\n')
    stream.write("]\n")


def _literal(text: str) -> str:
    """A Python string in double quotes; JSON's escapes are Python's, too."""
    return json.dumps(text, ensure_ascii=False)


def read_maya_script(file: Path) -> AnimationClip:
    """Reads the numbers back from a script that `write_maya_script` made; nothing of it is run.

    Raises FormatError when the script is another, or a number in it cannot be right.
    """
    fields = _fields(file)
    missing = [name for name in _FIELDS if name not in fields]
    if missing:
        raise FormatError(
            f"it sets no {', '.join(missing)}; only scripts that this program wrote can be read"
        )
    fps, frames, sound = fields["FPS"], fields["FRAMES"], fields["SOUND"]
    if isinstance(fps, bool) or not isinstance(fps, int | float) or not 1 <= fps <= 1000:
        raise FormatError(f"FPS is {str(fps)[:40]!r}; expected a number from 1 to 1000")
    if isinstance(frames, bool) or not isinstance(frames, int):
        raise FormatError(f"FRAMES is {str(frames)[:40]!r}; expected a whole number")
    curves, head = (_curves(fields[name], name) for name in ("CURVES", "HEAD_CURVES"))
    check_size(min(frames, 1 << 62), len(curves))
    names = [name for name, _, _ in curves]
    turns = _columns(head, frames) if head else None
    weights = _columns(curves, frames)
    audio = sound if isinstance(sound, str) and sound else None
    with np.errstate(over="ignore"):
        return AnimationClip(tuple(names), weights.astype(np.float32), fps, head=turns, audio=audio)


def _fields(file: Path) -> dict[str, Any]:
    """What the script sets at its top level, as far as it is literal."""
    if file.stat().st_size > LARGEST:
        raise FormatError(f"it has {file.stat().st_size} bytes; at most {LARGEST} are read")
    try:
        tree = ast.parse(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormatError(f"it is no Python script: {str(error)[:80]}") from error
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                continue
    return found


def _curves(value: Any, what: str) -> list[tuple[str, str, str]]:
    """The rows of a list of curves."""
    good = isinstance(value, list) and all(
        isinstance(row, tuple) and len(row) == 3 and all(isinstance(cell, str) for cell in row)
        for row in value
    )
    if not good:
        raise FormatError(f"{what} is no list of (name, frames, values)")
    return list(value)


def _columns(curves: list[tuple[str, str, str]], frames: int) -> np.ndarray[Any, Any]:
    """[frames, channels] the curves at every frame."""
    columns = np.zeros((frames, len(curves)), dtype=np.float32)
    for at, (name, places, values) in enumerate(curves):
        row = numbers(values.split(), f"the values of {name[:60]}")
        steps = numbers(places.split(), f"the frames of {name[:60]}")
        where = np.cumsum(steps) if places else np.arange(frames)
        if not len(row) or len(row) != len(where) or (np.diff(where) <= 0).any():
            raise FormatError(
                f"{name[:60]} has {len(where)} frames and {len(row)} values; expected as many, rising"
            )
        with np.errstate(over="ignore"):
            columns[:, at] = np.interp(np.arange(frames), where, row)
    return columns
