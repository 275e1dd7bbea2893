"""Tiny previews: a curve of loudness and of the lips' opening, and four faces."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from audio2face.batch.triage.measuring import MOMENTS
from exporters.picture import Renderer
from rigs import ARKIT_NAMES
from rigs.head import default_head

WIDE, HIGH = 144, 30
SIZE = 48
"""Pixels of a face."""


def curve(shown: Mapping[str, Any]) -> str:
    """An SVG: loudness as a grey field, the opening as a line."""
    field = _points(shown.get("loud", ()))
    parts = [f'<polygon points="0,{HIGH} {field} {WIDE},{HIGH}"/>'] if field else []
    if line := _points(shown.get("open", ())):
        parts.append(f'<polyline points="{line}"/>')
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">{"".join(parts)}</svg>'


def faces(shown: Mapping[str, Any]) -> str:
    """An <img> of the faces, or nothing where the line moves no ARKit channel."""
    return _strip(shown["faces"]) if "faces" in shown else ""


@lru_cache(maxsize=256)
def _strip(poses: str) -> str:
    weights = np.frombuffer(base64.b64decode(poses), np.uint8).reshape(MOMENTS, -1) / 255
    drawn = [
        _renderer().draw(dict(zip(ARKIT_NAMES, row.tolist(), strict=True)), "face", SIZE, SIZE)
        for row in weights
    ]
    out = io.BytesIO()
    Image.fromarray(np.concatenate(drawn, axis=1)).save(out, "WEBP", quality=70)
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'<img loading="lazy" width="{MOMENTS * SIZE}" height="{SIZE}" src="data:image/webp;base64,{data}">'
    )


@lru_cache(maxsize=1)
def _renderer() -> Renderer:
    return Renderer(default_head())


def _points(values: Sequence[int]) -> str:
    step = WIDE / max(1, len(values) - 1)
    return " ".join(
        f"{number * step:.4g},{HIGH - value * HIGH / 99:.3g}" for number, value in enumerate(values)
    )
