"""Training speech in many languages, with phone times: python scripts/speak_languages.py espeak -o FOLDER

    espeak    eSpeak NG: robotic, in many throats, in all languages
    kokoro    Kokoro-82M: natural voices with the accents of their languages; --kokoro names its packages
    pico      SVOX Pico, where pico2wave is installed: de es fr it en, one voice each
    flite     Flite, where it is installed: en, four voices

FOLDER gets manifest.jsonl (id, text, language, voice, phones), one clip a line, and audio/<id>.ogg, mono,
16 kHz: what `audio2face train` reads. A folder that is there already is gone on with. See docs/training.md.
The synthesizers come with: pip install 'audio2face[speak]'
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from speech_corpus import Synthesizer, make
from speech_espeak import SpeechError
from speech_texts import LANGUAGES


def main() -> None:
    """Says lines until there are minutes enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("synthesizer", choices=("espeak", "kokoro", "pico", "flite"))
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30, help="of sound to have in the end (30)")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this; repeatable")
    parser.add_argument("--kokoro", metavar="FOLDER", type=Path, help="with its packages")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    try:
        synthesizer = _synthesizer(arguments.synthesizer, arguments.kokoro)
        shares = {
            name: synthesizer.shares.get(name, 1.0) for name in arguments.language or synthesizer.shares
        }
        make(synthesizer, arguments.output, arguments.minutes, shares, arguments.seed)
    except (SpeechError, OSError, ValueError) as error:
        sys.exit(f"speak_languages: {error}")


def _synthesizer(name: str, kokoro: Path | None) -> Synthesizer:
    if name == "espeak":
        from speech_robots import Robots  # noqa: PLC0415 - each needs libraries of its own

        return Robots()
    if name in ("pico", "flite"):
        from speech_programs import Flite, Pico  # noqa: PLC0415

        return Pico() if name == "pico" else Flite()
    if kokoro is None:
        raise SpeechError("kokoro needs --kokoro FOLDER, see docs/training.md")
    from speech_accents import Accents  # noqa: PLC0415

    return Accents(kokoro)


if __name__ == "__main__":
    main()
