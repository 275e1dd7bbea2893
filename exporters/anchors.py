"""Anchor points of the animated head, for programs that think in points: .npz, .csv or .json by the suffix.

npz   `positions` [frames, points, 3] float32, `fps`, `layout`, and the clip's `head` [frames, 3] in degrees
csv   one row a frame: `time`, then `0.x,0.y,0.z,1.x` and so on, metres with 6 decimals (1 µm)
json  `layout`, `fps`, `unit`, `positions` [frames][points][3] with 6 decimals, perhaps `head`

Points are in metres from the head's origin, y up, z forward, +x the character's left; the head's own turns
are not in them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from exporters.errors import FormatError
from rigs import AnimationClip, Rig, RigError
from rigs.anchors import AnchorEvaluator
from rigs.solving.evaluate import BLOCK

Blocks = Iterator[npt.NDArray[np.float32]]


def write_anchors(layout: str) -> Callable[..., None]:
    """A writer `(clip, file, rig)` of that layout. It raises FormatError for a rig without that head."""

    def write(clip: AnimationClip, file: Path, rig: Rig) -> None:
        if file.suffix.lower() not in _WRITERS:
            known = ", ".join(_WRITERS)
            raise FormatError(f"{layout} come as {known}, not as {file.suffix!r}; choose one of these")
        try:
            evaluator = AnchorEvaluator(rig.mesh, clip.names, layout)
        except RigError as error:
            raise FormatError(str(error)) from error
        if rig.mesh is None or not any(name in rig.mesh.targets for name in clip.names):
            raise FormatError(f"{layout}: the head has none of the clip's channels; it would not move")
        pieces = (evaluator(clip.weights[at : at + BLOCK]) for at in range(0, clip.frames, BLOCK))
        _WRITERS[file.suffix.lower()](clip, file, layout, evaluator.points, pieces)

    return write


def _write_npz(clip: AnimationClip, file: Path, layout: str, points: int, pieces: Blocks) -> None:
    arrays: dict[str, npt.NDArray[Any]] = {
        "fps": np.array(clip.fps, np.float64),
        "layout": np.array(layout),
    }
    if clip.head is not None:
        arrays["head"] = clip.head
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(_entry("positions"), "w", force_zip64=True) as member:
            shape = (clip.frames, points, 3)
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_2_0(member, header)
            for piece in pieces:
                member.write(piece.astype("<f4", copy=False).tobytes())
        for name, array in arrays.items():
            with archive.open(_entry(name), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _entry(name: str) -> zipfile.ZipInfo:
    """A fixed date and system: the same clip gives the same bytes on every machine."""
    entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    return entry


def _write_csv(clip: AnimationClip, file: Path, layout: str, points: int, pieces: Blocks) -> None:
    heads = [f"{point}.{axis}" for point in range(points) for axis in "xyz"]
    times = iter(clip.times.tolist())
    with file.open("w", encoding="utf-8", newline="\n") as text:
        text.write(",".join(["time", *heads]) + "\n")
        for piece in pieces:
            for row in piece.reshape(len(piece), -1).tolist():
                text.write(f"{next(times):.6f}," + ",".join([f"{value:.6f}" for value in row]) + "\n")


def _write_json(clip: AnimationClip, file: Path, layout: str, points: int, pieces: Blocks) -> None:
    about: dict[str, Any] = {"layout": layout, "fps": clip.fps, "unit": "metre", "points": points}
    if clip.head is not None:
        about["head"] = [[round(angle, 6) for angle in row] for row in clip.head.tolist()]
    with file.open("w", encoding="utf-8", newline="\n") as text:
        text.write(json.dumps(about, separators=(",", ":"))[:-1] + ',"positions":[')
        _write_rows(text, pieces)
        text.write("]}\n")


def _write_rows(text: TextIO, pieces: Blocks) -> None:
    comma = ""
    for piece in pieces:
        for row in np.round(piece.astype(np.float64), 6).tolist():
            text.write(comma + json.dumps(row, separators=(",", ":")))
            comma = ","


_WRITERS: dict[str, Callable[[AnimationClip, Path, str, int, Blocks], None]] = {
    ".npz": _write_npz,
    ".csv": _write_csv,
    ".json": _write_json,
}
