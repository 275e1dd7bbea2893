"""Makes the shipped models from nothing but recordings: python scripts/train_default.py DATA -o WORK

DATA holds speech, grid, emodb and librispeech, in the forms that docs/training.md names. WORK gets all the
rest: GRID aligned, speech in other languages (by scripts/speak_languages.py), the bundles studio and live.
What is there already is not made again; a run of training that was cut off goes on after its last epoch.

    --kokoro FOLDER   Kokoro-82M's packages, as docs/training.md says; without it, Kokoro says nothing
    --without NAME    a synthesizer that is not at hand, such as pico
    --only NAME       studio, or live from a studio that is there

It needs: pip install -e ".[train,align,speak]"
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
KEPT_OUT = ("af_aoede", "af_kore", "09", "12")
"""Voices that nothing learns from: two of the synthetic ones, and a woman and a man of EmoDB."""
EMODB_ROUNDS = 3
"""EmoDB's four other actors are eight minutes; they are altered three times as often."""


SPOKEN = (
    *(("espeak", None, 32), ("kokoro", None, 36), ("pico", None, 16), ("flite", None, 8)),
    *(("espeak", "en", 5), ("kokoro", "en", 9), ("flite", "en", 5)),
)
"""Synthesizer, language (None: its usual mixture, half German), minutes. The English lines bring clusters of
p and b with other consonants, and vowels beside n."""


@dataclass(frozen=True)
class Stage:
    """One run of training. `start` is an earlier stage whose weights it begins with."""

    name: str
    epochs: int
    rate: float
    look_ahead: int
    start: str | None = None


STAGES = {
    "studio": (Stage("studio", 20, 2e-3, 242),),
    "live": (Stage("live", 8, 1.5e-3, 42, "studio"),),
}
"""Look-ahead in milliseconds; half a window of 25 ms comes to it."""
MOST_SHUT = 0.03
"""Share of open vowels that may be shut at the operating point."""


def main() -> None:
    """Aligns, speaks, trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="WORK")
    parser.add_argument("--kokoro", type=Path, metavar="FOLDER")
    parser.add_argument("--without", action="append", default=[], metavar="NAME")
    parser.add_argument("--only", choices=sorted(STAGES), action="append", metavar="NAME")
    arguments = parser.parse_args()
    without = [*arguments.without, *([] if arguments.kokoro else ["kokoro"])]
    folders = corpora(arguments.data, arguments.output, arguments.kokoro, without)
    for name in arguments.only or STAGES:
        for stage in STAGES[name]:
            train(stage, folders, arguments.data, arguments.output)


def corpora(data: Path, work: Path, kokoro: Path | None, without: list[str]) -> list[Path]:
    """Folders to learn from, made where they are missing."""
    grid = work / "grid"
    if not (grid / "manifest.jsonl").is_file():
        run("align_grid.py", str(data / "grid"), "-o", str(grid))
    spoken = [say(*row, work, kokoro) for row in SPOKEN if row[0] not in without]
    return [data / "speech", grid, *[data / "emodb"] * EMODB_ROUNDS, *spoken]


def say(synthesizer: str, language: str | None, minutes: int, work: Path, kokoro: Path | None) -> Path:
    """The folder in which a synthesizer has said so many minutes; speaking goes on where it stopped."""
    folder = work / (f"{synthesizer}-{language}" if language else synthesizer)
    options = ["--language", language] if language else []
    options += ["--kokoro", str(kokoro)] if synthesizer == "kokoro" else []
    run("speak_languages.py", synthesizer, "-o", str(folder), "--minutes", str(minutes), *options)
    return folder


def train(stage: Stage, folders: list[Path], data: Path, work: Path) -> None:
    """Trains a stage into WORK/<name>."""
    output = work / stage.name
    if (output / "card.json").is_file():
        return
    options = [
        "--epochs",
        str(stage.epochs),
        "--rate",
        str(stage.rate),
        "--look-ahead",
        str(stage.look_ahead),
    ]
    options += [part for voice in KEPT_OUT for part in ("--keep-out", voice)]
    options += ["--judge", str(data / "librispeech"), "--most-shut", str(MOST_SHUT)]
    if stage.start:
        options += ["--start", str(work / stage.start / "training" / "weights.npz")]
    if (output / "training" / "checkpoint").exists():
        options.append("--resume")
    command = [sys.executable, "-m", "audio2face", "train", *map(str, folders), "-o", str(output), *options]
    print(" ".join(command), flush=True)
    subprocess.run(command, check=True)


def run(script: str, *arguments: str) -> None:
    """Another script of this folder, in this Python."""
    subprocess.run([sys.executable, str(SCRIPTS / script), *arguments], check=True)


if __name__ == "__main__":
    main()
