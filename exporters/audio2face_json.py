"""The Audio2Face JSON form.

One object: `exportFps`, `trackPath`, `numPoses`, `numFrames`, `facsNames` [poses] and `weightMat`
[frames][poses]. Two keys are ours, and other readers skip them: `headRotation` [frames][3], yaw, pitch and
roll in degrees, is there when the clip has head motion.

    {"exportFps":60,"trackPath":"hello.wav","numPoses":2,"numFrames":2,
     "facsNames":["jawOpen","mouthClose"],"weightMat":[[0.0,0.0],[0.25,0.01]]}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.rates import whole
from rigs import AnimationClip

DECIMALS = 6


def write_json(clip: AnimationClip, file: Path) -> None:
    """Writes the clip, values rounded to 6 decimals. `trackPath` is the clip's audio, or empty."""
    document: dict[str, Any] = {
        "exportFps": whole(clip.fps),
        "trackPath": clip.audio or "",
        "numPoses": len(clip.names),
        "numFrames": clip.frames,
        "facsNames": list(clip.names),
        "weightMat": _rounded(clip.weights),
    }
    if clip.head is not None:
        document["headRotation"] = _rounded(clip.head)
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_json(file: Path) -> AnimationClip:
    """Reads a clip. Raises FormatError when a key is missing or a count, shape or value cannot be right."""
    document = _load(file)
    names = document.get("facsNames")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FormatError("facsNames is no list of names")
    fps = document.get("exportFps")
    if isinstance(fps, bool) or not isinstance(fps, int | float) or abs(fps) > 1e9:
        raise FormatError(f"exportFps is {str(fps)[:40]!r}; expected a number")
    weights = _matrix(document, "weightMat")
    counts = {"numPoses": len(names), "numFrames": len(weights)}
    for key, have in counts.items():
        if document.get(key, have) != have:
            raise FormatError(f"{key} says {str(document[key])[:40]}, but the file has {have}")
    track = document.get("trackPath")
    return AnimationClip(
        tuple(names),
        weights,
        fps,
        head=_matrix(document, "headRotation") if document.get("headRotation") else None,
        audio=track if isinstance(track, str) and track else None,
    )


def _rounded(values: np.ndarray[Any, Any]) -> list[list[float]]:
    """Python floats of at most 6 decimals, without negative zeros."""
    rounded: list[list[float]] = (np.round(values.astype(np.float64), DECIMALS) + 0.0).tolist()
    return rounded


def _load(file: Path) -> dict[str, Any]:
    """The JSON object in the file."""
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError("it is no UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise FormatError(f"it is no whole JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise FormatError("it holds numbers or nesting beyond any animation") from error
    if not isinstance(document, dict):
        raise FormatError(
            f"it holds a {type(document).__name__}; expected an object with facsNames and weightMat"
        )
    return document


def _matrix(document: dict[str, Any], key: str) -> np.ndarray[Any, Any]:
    """[frames, columns] the numbers under a key. Strings, ragged rows and huge numbers are refused."""
    rows = document.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise FormatError(f"{key} is no list of lists of numbers")
    try:
        matrix = np.array(rows)
    except ValueError as error:
        raise FormatError(f"{key} has rows of different lengths") from error
    if matrix.size and (matrix.ndim != 2 or matrix.dtype.kind not in "iuf"):
        raise FormatError(f"{key} holds something other than rows of numbers")
    with np.errstate(over="ignore"):  # too large becomes infinite, which the clip then refuses
        return matrix.astype(np.float32)
