"""Meshes and weights as a page reads them: whole numbers, little-endian, in base64."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from exporters.page.contents import Mood, Strip
from exporters.picture.frame import corners, moving_box
from exporters.picture.neck import turning
from exporters.picture.surfaces import SURFACES
from rigs import ARKIT_NAMES, MOUTH_NAMES, AnimationClip, Mesh

STEP = 1e-5
"""Metres for one unit of vertices and deltas; more where 16 bits would not reach."""
_REACH = 32000
_MOUTH = ("jaw", "mouth", "lip", "tongue", "viseme", "cheekpuff", "fcl_mth")
_VOWELS = {"a", "i", "u", "e", "o", "aa", "ih", "ou", "ee", "oh"}
LEVELS = 65535
"""Steps between the lowest and the highest weight of a page."""


def packed(values: npt.NDArray[Any], kind: str) -> dict[str, str]:
    """An array as `{type, data}`; `kind` is a little-endian NumPy type such as <i2."""
    return {"type": kind, "data": base64.b64encode(values.astype(kind).tobytes()).decode("ascii")}


def pack_mesh(mesh: Mesh, own: bool) -> dict[str, Any]:
    """The mesh about the middle of what is looked at: all of the default head, of a user's mesh what moves.

    own  whether it is a user's mesh, whose vertices are often split along seams: the page then joins those
         that lie at the same place when it looks for the way the surface faces
    """
    low, high = moving_box(mesh) if own else corners(mesh.vertices)
    middle = (low + high) / 2
    vertices = mesh.vertices - middle
    step = max(STEP, float(np.abs(vertices).max()) / _REACH)
    deltas = np.concatenate([t.deltas for t in mesh.targets.values()] or [np.zeros((0, 3), np.float32)])
    reach = max(STEP, float(np.abs(deltas).max(initial=0)) / _REACH)
    index = "<u2" if len(mesh.vertices) <= 65536 else "<u4"
    return {
        "middle": middle.tolist(),
        "size": (high - low).tolist(),
        "step": step,
        "deltaStep": reach,
        "vertices": packed(np.round(vertices / step), "<i2"),
        "triangles": packed(mesh.triangles, index),
        "colours": packed(np.round(np.sqrt(np.clip(mesh.colours, 0, 1)) * 255), "<u1"),
        "turning": packed(np.round(turning(mesh) * 255), "<u1"),
        "targets": [[name, len(target.indices)] for name, target in mesh.targets.items()],
        "runs": packed(_runs(mesh), index),
        "deltas": packed(np.round(deltas / reach), "<i2"),
        "parts": {name: list(ends) for name, ends in mesh.parts.items()},
        "surfaces": {name: list(SURFACES[name]) for name in ("skin", *mesh.parts) if name in SURFACES},
        "join": own,
    }


def _runs(mesh: Mesh) -> npt.NDArray[np.int64]:
    """[2 · runs] the rows of all targets, one after the other, as first row and how many follow on."""
    found = [np.zeros(0, np.int64)]
    for target in mesh.targets.values():
        rows = target.indices.astype(np.int64)
        first = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        found.append(np.column_stack([rows[first], np.diff(first, append=len(rows))]).ravel())
    return np.concatenate(found)


def pack_clip(clip: AnimationClip, moods: Sequence[Mood]) -> dict[str, Any]:
    """Weights in LEVELS steps, only of channels that ever leave 0, of the clip and of its moods."""
    every = [clip.weights, *(mood.clip.weights for mood in moods)]
    low = min(0.0, *(float(weights.min(initial=0)) for weights in every), 0.0)
    high = max(1.0, *(float(weights.max(initial=0)) for weights in every), 1.0)
    active = np.flatnonzero(np.any([np.abs(weights).max(axis=0) > 0 for weights in every], axis=0))

    def levels(weights: npt.NDArray[Any]) -> dict[str, str]:
        return packed(np.round((weights[:, active] - low) / (high - low) * LEVELS), "<u2")

    return {
        "fps": clip.fps,
        "frames": clip.frames,
        "low": low,
        "high": high,
        "names": [clip.names[column] for column in active],
        "mouth": _mouth([clip.names[column] for column in active]),
        "weights": levels(clip.weights),
        "moods": [
            {"name": mood.name, "asked": mood.asked, "weights": levels(mood.clip.weights)} for mood in moods
        ],
        "head": None if clip.head is None else packed(clip.head, "<f4"),
    }


def _mouth(names: Sequence[str]) -> list[bool]:
    """Which channels speak; all of them where no name says so."""
    found = [
        name in MOUTH_NAMES
        or (name not in ARKIT_NAMES and (name.lower().startswith(_MOUTH) or name.lower() in _VOWELS))
        for name in names
    ]
    return found if any(found) else [True] * len(names)


def pack_strip(strip: Strip) -> dict[str, Any]:
    """The picture of the sound."""
    return {
        "rate": strip.rate,
        "columns": len(strip.wave),
        "wave": packed(strip.wave, "<u1"),
        "bands": packed(strip.bands, "<u1"),
        "bandCount": strip.bands.shape[1],
        "formants": packed(strip.formants, "<u1"),
        "peaks": strip.formants.shape[1],
    }
