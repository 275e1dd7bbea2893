"""Maya's `.anim`: curves to import onto the selected blendShape node (plug-in animImportExport).

A header, then for each curve `anim <attribute> <leaf> <node> row child attribute` and its keys: time, value,
the tangents in and out, and three flags. Weights are unitless curves named after the channel, which Maya
looks up among the node's also; the head is rotateX, rotateY, rotateZ of a node `head` whose rotate order
must be zxy (`exporters.rotations`). Two comments hold what Maya has no line for: the exact rate and the
sound.

Autodesk, Maya help, "ANIM file format" (version 1.1).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from exporters.errors import FormatError
from exporters.keys import Keys, plain_keys
from exporters.maya.units import unit_of
from exporters.numerals import texts
from exporters.rates import whole
from rigs import AnimationClip

NODE, HEAD = "blendShape1", "head"
TURNS = ("rotateY", "rotateX", "rotateZ")
"""The attributes that yaw, pitch and roll turn."""

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BLOCK = (
    "animData {{\n  input time;\n  output {};\n  weighted 0;\n"
    "  preInfinity constant;\n  postInfinity constant;\n"
)


def write_maya_anim(clip: AnimationClip, file: Path, keys: tuple[Keys, ...] | None = None) -> None:
    """Writes the curves with linear keys, `keys` or one wherever a channel moves.

    Raises FormatError for names that no attribute in Maya can have: letters, digits and _ only.
    """
    check_names(clip.names)
    curves = [
        (name, NODE, at, "unitless", curve)
        for at, (name, curve) in enumerate(zip(clip.names, keys or plain_keys(clip), strict=True))
    ]
    if clip.head is not None:
        turns = plain_keys(AnimationClip(TURNS, clip.head, clip.fps))
        curves += [
            (name, HEAD, at, "angular", curve)
            for at, (name, curve) in enumerate(zip(TURNS, turns, strict=True))
        ]
    unit = unit_of(clip.fps)
    # A rate that Maya has no name for: seconds say it exactly.
    tick = 1.0 if unit else 1 / clip.fps
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(_header(clip, unit or "sec", tick))
        for name, node, at, kind, curve in curves:
            stream.write(f"anim {name} {name} {node} 0 0 {at};\n{_BLOCK.format(kind)}  keys {{\n")
            stream.write(_lines(curve, tick))
            stream.write("  }\n}\n")


def check_names(names: tuple[str, ...]) -> None:
    """Raises FormatError when a name cannot be that of an attribute in Maya."""
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong:
        raise FormatError(
            f"Maya has no attribute named {wrong[0][:60]!r}: letters, digits and _ only, a letter first; "
            "rename the channel, or write maya-script, json, npz"
        )


def _header(clip: AnimationClip, unit: str, tick: float) -> str:
    last = texts(np.array([(clip.frames - 1) * tick]), "%.12g")[0]
    sound = "" if clip.audio is None else f"// sound {json.dumps(clip.audio)}\n"
    return (
        f"animVersion 1.1;\n// fps {whole(clip.fps)}\n{sound}mayaVersion 2022;\ntimeUnit {unit};\n"
        f"linearUnit cm;\nangularUnit deg;\nstartTime 0;\nendTime {last};\n"
    )


def _lines(curve: Keys, tick: float) -> str:
    """A line for each key."""
    times = texts(curve.frames * tick, "%.12g")
    pairs = zip(times, texts(curve.values), strict=True)
    return "".join([f"    {time} {value} linear linear 1 1 0;\n" for time, value in pairs])
