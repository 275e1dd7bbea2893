"""Everything that is measured of a line, in the worker that has its sound and its face at hand."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from audio2face.batch.hearing import HeardFile
from audio2face.batch.triage import sound
from audio2face.batch.triage.letters import KINDS, fit_of, spelled
from audio2face.batch.triage.motion import move
from audio2face.batch.triage.spectra import RATE, Spectra, look
from rigs import ARKIT_NAMES, AnimationClip
from rigs.lips import lip_gap, lip_gap_row

POINTS = 48
"""Of the curves of a preview."""
MOMENTS = 4
"""Faces of a preview."""
WIDEST = 25.0
"""mm of opening that fill a preview's height."""


def measure(heard: HeardFile, clip: AnimationClip, text: str) -> dict[str, Any]:
    """{"measures": {name: number}, "preview": …}, as plain data that is the same on every machine.

    heard  the sound, read to its end
    clip   in the model's own channels, before hand edits
    """
    spectra = look(heard.heard)
    (silent, gap), (begin, end) = sound.pauses(spectra), sound.edges(spectra)
    found: dict[str, float] = {
        **{"clipped": math.log10(heard.clipped + 1e-6), "loud": spectra.loud, "depth": sound.depth(spectra)},
        **{"held": sound.held(spectra), "silent": silent, "gap": gap, "begin": begin, "end": end},
        **{"odd": sound.oddness(spectra), "voices": sound.voices(spectra)},
        "spoken": float(spectra.speech.sum()) / RATE,
    }
    if (motion := move(clip, spectra)) is not None:
        found |= {"closures": motion.closures, "undecided": motion.undecided}
        found |= {"follow": motion.follow, "lag": motion.lag}
    if text and (fit := fit_of(text, spectra)) is not None:
        found |= {"cost": fit.cost, "order": fit.order, "rate": fit.rate}
        found["labials"] = spelled(text).count(KINDS.index("labial"))
    return {
        "measures": {name: round(value, 3) for name, value in found.items()},
        "preview": preview(clip, spectra),
    }


def preview(clip: AnimationClip, spectra: Spectra) -> dict[str, Any]:
    """Curves of loudness and opening, 0…99, and a few faces as bytes of the 52 ARKit weights in base64."""
    loud = np.clip((spectra.level + 60) / 60, 0, 1)
    shown: dict[str, Any] = {"loud": _steps(loud)}
    if lip_gap_row(clip.names).any():
        shown["open"] = _steps(np.clip(lip_gap(clip.weights, clip.names) / WIDEST, 0, 1))
        places = (np.arange(MOMENTS) * 2 + 1) * clip.frames // (2 * MOMENTS)
        weights = np.zeros((MOMENTS, len(ARKIT_NAMES)), np.float32)
        for column, name in enumerate(ARKIT_NAMES):
            if name in clip.names:
                weights[:, column] = clip.weights[places, clip.names.index(name)]
        shown["faces"] = base64.b64encode(
            np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8).tobytes()
        ).decode()
    return shown


def _steps(values: Any) -> list[int]:
    return [round(99 * value) for value in sound.envelope(values, POINTS)]
