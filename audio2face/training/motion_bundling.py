"""A network trained on a character → a bundle in a folder, with a card that writes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from audio2face.dataset import MotionTake
from audio2face.features import COEFFICIENTS, FRAME_RATE, SAMPLE_RATE, WINDOW
from audio2face.models import LiteRTModel, read_bundle
from audio2face.models.bundle import CARD_FILE, NETWORK_FILE, card_text
from audio2face.training.export import export
from audio2face.training.motion_scores import Played, by_channel, play
from audio2face.training.motion_settings import Course
from audio2face.training.motion_trainer import Learned
from audio2face.training.splitting import Split
from exporters import beside
from rigs.arrays import FloatArray


@dataclass(frozen=True)
class Words:
    """What a user says about a bundle for its card; offsets are what was found, in seconds, by take."""

    about: str
    licence: str
    notes: tuple[str, ...] = ()
    start: str = ""
    offsets: Mapping[str, float] | None = None


def bundle_motion(
    folder: Path, learned: Learned, split: Split, course: Course, words: Words
) -> tuple[dict[str, Any], list[Played]]:
    """Writes a bundle, plays it on the takes that were held out, and returns its card and what was played.

    The card is written twice, as the figures on it are those of the file that ships.
    """
    settings = learned.settings
    features = COEFFICIENTS * len(settings.front_end.split("+")) + 1
    content = export(learned.network, features)
    card = {
        "about": words.about,
        "fps": FRAME_RATE,
        "network": settings.network,
        "front_end": settings.front_end,
        "look_ahead": settings.look_ahead,
        "latency_ms": round(1000 * (settings.look_ahead / FRAME_RATE + WINDOW / 2 / SAMPLE_RATE), 1),
        "parameters": int(learned.network.count_params()),
        "licence": words.licence,
        "data": [*words.notes, *_data(split)],
        "voices": sorted({take.speaker for take in split.learn}),
        "held_out": [take.name for take in (*split.check, *split.test)],
        "started_from": words.start,
        "seed": course.seed,
        "training_minutes": round(learned.minutes, 1),
        "epochs": {"best": learned.progress.best_epoch, "run": learned.progress.epoch},
        "settings": asdict(settings),
        "course": asdict(course),
        "channels": list(split.channels),
        "ranges": ranges_of(learned, split.channels),
        "emotions": {
            name: [round(float(value), 5) for value in vector]
            for name, vector in moods_of(learned, split).items()
        },
        **({"offsets_ms": {k: round(1000 * v) for k, v in words.offsets.items()}} if words.offsets else {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with beside(folder / NETWORK_FILE) as part:
        part.write_bytes(content)
    _write(folder, card, content)
    played = play(split, LiteRTModel(read_bundle(str(folder))))
    card["scores"] = {one.take.name: one.as_card() for one in played}
    card["channels_r"] = by_channel(played)
    _write(folder, card, content)
    return card, played


def moods_of(learned: Learned, split: Split) -> dict[str, FloatArray]:
    """Emotion vectors [16]: neutral, zero, and of each mood in which takes were performed the mean latent."""
    width = learned.latents.shape[1]
    found: dict[str, list[FloatArray]] = {}
    for take, (first, count) in zip(split.learn, learned.knots, strict=True):
        if take.emotion not in ("", "neutral"):
            found.setdefault(take.emotion, []).append(learned.latents[first : first + count - 1].mean(axis=0))
    moods = {name: np.mean(vectors, axis=0) for name, vectors in sorted(found.items())}
    return {"neutral": np.zeros(width, np.float32), **moods}


def ranges_of(learned: Learned, names: Sequence[str]) -> dict[str, list[float]]:
    """{channel: [lowest, highest]} of those that leave 0…1."""
    network = learned.network
    rows = zip(names, network.lowest, network.highest, strict=True)
    return {name: [min(low, 0.0), max(high, 1.0)] for name, low, high in rows if low < 0 or high > 1}


def _data(split: Split) -> list[str]:
    rows = []
    for take in split.learn:
        part = ", without its end" if take.name == split.parted else ""
        mood = f", {take.emotion}" if take.emotion else ""
        rows.append(f"{take.name}: {take.motion.duration:.1f} s at {take.motion.fps:g} fps{mood}{part}")
    return rows


def _write(folder: Path, card: Mapping[str, Any], content: bytes) -> None:
    with beside(folder / CARD_FILE) as part:
        part.write_text(card_text(dict(card), content), encoding="utf-8", newline="\n")


def shown_takes(takes: Sequence[MotionTake]) -> str:
    """Takes and minutes in a few words."""
    minutes = sum(take.motion.duration for take in takes) / 60
    return f"{len(takes)} take{'s' if len(takes) != 1 else ''}, {minutes:.1f} minutes"
