"""Makes training speech in many languages, with phone times: python scripts/speak_languages.py espeak -o FOLDER

    espeak    eSpeak NG: robotic, in many throats; its own marks, exact to a few milliseconds
    kokoro    Kokoro-82M: natural voices, here with the accents of their own languages; --kokoro names its files

FOLDER gets manifest.jsonl (id, text, language, voice, phones), one clip a line, and audio/<id>.ogg, mono,
16 kHz: what `audio2face train` reads. A folder that is there already is gone on with. See docs/training.md.
The synthesizers come with: pip install 'audio2face[speak]'
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile
import soxr
from speech_espeak import SpeechError
from speech_texts import GRAMMARS, lines
from speech_times import Phone, Said
from tqdm import tqdm

SAMPLE_RATE = 16000
SHARES = {"de": 10, "es": 1, "fr": 1.5, "it": 1, "pt": 0.8, "pl": 1, "ru": 1, "tr": 0.8, "hi": 0.8}
SHARES |= {"cmn": 1.3, "en": 0.8}
"""How often a language is chosen when none is named. Half is German, which is judged."""


class Synthesizer(Protocol):
    """Says a line of a language in a voice of its own choice."""

    def line(self, text: str, language: str, chance: random.Random) -> Said: ...


def main() -> None:
    """Says lines until there are minutes enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("synthesizer", choices=("espeak", "kokoro"))
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30, help="of sound to have in the end (30)")
    parser.add_argument("--language", choices=sorted(GRAMMARS), action="append", help="only this; repeatable")
    parser.add_argument(
        "--kokoro", metavar="FOLDER", type=Path, help="with model.onnx, vocab.json and voices/"
    )
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    shares = {name: SHARES.get(name, 1.0) for name in arguments.language or SHARES}
    try:
        synthesizer = _synthesizer(arguments.synthesizer, arguments.kokoro)
        make(synthesizer, arguments.output, arguments.minutes, shares, arguments.seed)
    except (SpeechError, OSError, ValueError) as error:
        sys.exit(f"speak_languages: {error}")


def _synthesizer(name: str, kokoro: Path | None) -> Synthesizer:
    if name == "espeak":
        from speech_robots import Robots  # noqa: PLC0415 - each needs libraries of its own

        return Robots()
    if kokoro is None:
        raise SpeechError("kokoro needs --kokoro FOLDER, see docs/training.md")
    from speech_kokoro import Kokoro  # noqa: PLC0415

    return Kokoro(kokoro)


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
        tqdm(total=round(minutes, 1)) as progress,
    ):
        progress.update(round(had, 2))
        for row in _clips(synthesizer, folder, texts, shares, chance, len(rows)):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            progress.update(round(row["duration"] / 60, 3))
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
        row = _row(f"{language}{count:05d}", text, language, said, chance, folder)
        if not 1.5 <= row["duration"] <= 12:
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
    phones = [Phone(phone.label, phone.start + shift, phone.end + shift) for phone in said.phones]
    return {
        "id": name,
        "text": text,
        "language": language,
        "voice": said.voices,
        "duration": round(length, 3),
        "phones": [phone.row() for phone in _padded(phones, length)],
    }


def _padded(phones: list[Phone], length: float) -> list[Phone]:
    """Phones with the silence before and after them."""
    first, last = phones[0], phones[-1]
    before = [] if first.label == "SIL" else [Phone("SIL", 0.0, first.start)]
    after = [] if last.label == "SIL" else [Phone("SIL", last.end, length)]
    if not before:
        phones = [Phone("SIL", 0.0, first.end), *phones[1:]]
    if not after:
        phones = [*phones[:-1], Phone("SIL", phones[-1].start, length)]
    return [*before, *phones, *after]


if __name__ == "__main__":
    main()
