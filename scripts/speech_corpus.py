"""A folder of clips with phone times, said by any synthesizer: manifest.jsonl and audio/<id>.ogg."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile
import soxr
from speech_texts import lines
from speech_times import Said, placed
from tqdm import tqdm

SAMPLE_RATE = 16000
SHORTEST, LONGEST = 1.5, 12.0
"""Seconds of a clip that is kept."""


class Synthesizer(Protocol):
    """Says a line of a language in a voice of its own choice; None when that fails.

    `shares` are its languages and how often each is chosen when none is asked for.
    """

    shares: dict[str, float]

    def line(self, text: str, language: str, chance: random.Random) -> Said | None: ...


def make(synthesizer: Synthesizer, folder: Path, minutes: float, shares: dict[str, float], seed: int) -> None:
    """Adds clips to a corpus until it is `minutes` long."""
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.jsonl"
    rows = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else []
    had = sum(json.loads(row)["duration"] for row in rows) / 60
    chance = random.Random(f"{seed} {len(rows)}")
    texts = {language: lines(language, chance.randrange(1 << 30)) for language in shares}
    with (
        manifest.open("a", encoding="utf-8", newline="\n") as file,
        tqdm(unit="clip", disable=None) as progress,
    ):
        for row in _clips(synthesizer, folder, texts, shares, chance, len(rows)):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            progress.update()
            had += row["duration"] / 60
            if had >= minutes:
                return


def _clips(
    synthesizer: Synthesizer,
    folder: Path,
    texts: dict[str, Iterator[str]],
    shares: dict[str, float],
    chance: random.Random,
    count: int,
) -> Iterator[dict[str, Any]]:
    while True:
        language = chance.choices([*shares], [*shares.values()])[0]
        text = next(texts[language])
        said = synthesizer.line(text, language, chance)
        if said is None:
            continue
        row = _row(f"{language}{count:05d}", text, language, said, chance, folder)
        if not SHORTEST <= row["duration"] <= LONGEST:
            continue
        count += 1
        yield row


def _row(
    name: str, text: str, language: str, said: Said, chance: random.Random, folder: Path
) -> dict[str, Any]:
    """Writes a clip, with silence before and after, at a level of its own; its line in the manifest."""
    before, after = chance.uniform(0.1, 0.6), chance.uniform(0.2, 0.7)
    sound = soxr.resample(said.sound, said.rate, SAMPLE_RATE)
    sound = sound * chance.uniform(0.35, 0.9) / max(float(np.abs(sound).max()), 1e-6)
    padding = (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE))
    sound = np.pad(sound, padding).astype(np.float32)
    shift = padding[0] / SAMPLE_RATE
    length = len(sound) / SAMPLE_RATE
    soundfile.write(folder / "audio" / f"{name}.ogg", sound, SAMPLE_RATE, format="OGG", subtype="VORBIS")
    return {
        "id": name,
        "text": text,
        "language": language,
        "voice": said.voices,
        "duration": round(length, 3),
        "phones": [phone.row() for phone in placed(said.phones, shift, length)],
    }
