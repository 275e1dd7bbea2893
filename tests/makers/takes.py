"""Takes of a lopsided speaker, made from the bundled sample and what `studio` makes of it."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

import audio2face
from audio2face.models import load_model
from audio2face.pipeline import animate
from audio2face.sources import FileSource

SAMPLE = Path(audio2face.__file__).parent / "data" / "sample.ogg"
MOODS = ("neutral", "joy", "sadness", "anger")
FPS = 30
HABIT = 1.3
"""How much more the left side does."""

Array = Any


@lru_cache
def sound() -> Array:
    """[samples] the sample, 16 kHz mono."""
    return np.concatenate([block.samples for block in FileSource(SAMPLE)])


@lru_cache
def performance(mood: str = "neutral", fps: float = FPS) -> tuple[tuple[str, ...], Array]:
    """Names and weights [frames, channels] of channels that live in every mood, the left side stronger."""
    clips = {one: _clip(one, fps) for one in MOODS}
    spread = np.min([clip.weights.std(axis=0) for clip in clips.values()], axis=0)
    every = clips[mood].names
    live = [min(spread[every.index(name)], spread[every.index(mirrored(name))]) > 0.015 for name in every]
    names = tuple(name for name, lives in zip(every, live, strict=True) if lives)
    weights = clips[mood].weights[:, live] * [HABIT if "Left" in name else 1.0 for name in names]
    return names, np.asarray(weights, np.float32)


def mirrored(name: str) -> str:
    """The name of the other side's channel."""
    return name.replace("Left", "?").replace("Right", "Left").replace("?", "Right")


@lru_cache
def _clip(mood: str, fps: float) -> Any:
    emotion = {} if mood == "neutral" else {mood: 0.5}
    return animate(FileSource(SAMPLE), load_model("studio"), fps, emotion)


def write_take(
    folder: Path,
    name: str,
    samples: Array | None,
    values: Array | None,
    names: tuple[str, ...],
    rate: int = 16000,
) -> None:
    """A wav and the Maya pair; None leaves one of the two out."""
    folder.mkdir(exist_ok=True)
    np.save(folder / "BS_name.npy", np.array(names), allow_pickle=False)
    if values is not None:
        np.save(folder / f"{name}_BS_value.npy", values, allow_pickle=False)
    if samples is not None:
        buffer = io.BytesIO()
        soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
        (folder / f"{name}.wav").write_bytes(buffer.getvalue())


def write_dataset(folder: Path) -> Path:
    """Four takes without a fault, named after their moods."""
    for mood in MOODS:
        names, values = performance(mood)
        write_take(folder, mood, sound(), values, names)
    return folder
