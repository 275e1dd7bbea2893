"""Trains the recogniser of emotions: python scripts/train_emotion.py EMOTIONS [NEUTRAL...] -o FOLDER

EMOTIONS is a folder of recordings whose manifest.jsonl says actor and emotion (the Berlin database); each
NEUTRAL one of people who only read aloud. First every actor is left out in turn, also when the scale is
chosen, and heard by the recogniser that the others give, cold and in turn (audio2face/measures/voices.py);
the tables are printed. Then all actors together make the bundle. --cache FILE.npz keeps the statistics, which
take some minutes. --write FILE puts the tables between the marks of a document.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from generated import replace_block

from audio2face.emotion.recogniser import BUNDLE, CLASSES, write_recogniser
from audio2face.measures.voices import Confusion, Voiced, cold, confusion, in_turn
from audio2face.training.voice_fit import choose, fit, folds
from audio2face.training.voice_sessions import Table, joined, read_neutral, read_voices, tabled

SEED = 7
SESSIONS = 10
READ_SESSIONS = 2
LICENCE = (
    "MIT; name the GRID corpus (Cooke, Barker, Cunningham, Shao 2006, CC BY 4.0) and EmoDB (Burkhardt et al. "
    "2005), which it was trained on"
)


def main() -> None:
    """Scores, and makes the bundle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("emotions", type=Path, metavar="EMOTIONS")
    parser.add_argument("neutral", type=Path, nargs="*", metavar="NEUTRAL")
    parser.add_argument("-o", "--output", type=Path, default=BUNDLE, metavar="FOLDER")
    parser.add_argument("--cache", type=Path, metavar="FILE")
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    voices = read_voices(options.emotions)
    acted, read = tables(voices, options.neutral, options.cache)
    scores = left_out(voices, acted, read)
    text = "\n\n".join(
        f"{name}: UAR {one.unweighted_recall:.1%}\n\n{matrix(one)}" for name, one in scores.items()
    )
    print(text)
    scale = choose(acted, read, SEED)
    card = {
        "about": "emotion heard in a voice",
        "data": [
            f"{options.emotions.name}: {len(voices)} recordings",
            *(one.name for one in options.neutral),
        ],
        "licence": LICENCE,
        "seed": SEED,
        "sessions": SESSIONS,
        "scale": round(scale, 3),
        "leave-actors-out UAR": {name: round(one.unweighted_recall, 4) for name, one in scores.items()},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    write_recogniser(fit(acted, read, scale, SEED, card), options.output)
    print(f"{options.output}: scale {scale:.2f}")
    if options.write:
        replace_block(options.write, "voices", text)


def tables(voices: list[Voiced], neutral: list[Path], cache: Path | None) -> tuple[Table, Table]:
    """Statistics of the actors in SESSIONS and of the readers in READ_SESSIONS, or those of the cache."""
    if cache and cache.is_file():
        with np.load(cache) as kept:
            return tuple(Table(*(kept[f"{name} {n}"] for n in range(4))) for name in ("acted", "read"))
    random = np.random.default_rng(SEED)
    acted = joined(tabled(voices, SESSIONS))
    aloud = [
        one for folder in neutral for one in read_neutral(folder, random, 80 if folder.name == "grid" else 7)
    ]
    read = joined(tabled(aloud, READ_SESSIONS)) if aloud else acted.only(np.zeros(len(acted.classes), bool))
    if cache:
        columns = ("statistics", "classes", "sessions", "speakers")
        kept = {
            f"{name} {n}": getattr(table, column)
            for name, table in (("acted", acted), ("read", read))
            for n, column in enumerate(columns)
        }
        np.savez(cache, **kept)
    return acted, read


def left_out(voices: list[Voiced], acted: Table, read: Table) -> dict[str, Confusion]:
    """Every actor heard by what the others taught."""
    found: dict[str, list[np.ndarray]] = {"cold": [], "in turn": []}
    emotions: list[str] = []
    for actor, others in folds(acted):
        scale = choose(others, read, SEED)
        recogniser = fit(others, read, scale, SEED)
        own = [one for one in voices if one.speaker == actor]
        emotions += [one.emotion for one in own]
        parts: dict[str, Any] = {"cold": cold(own, recogniser), "in turn": in_turn(own, recogniser)}
        for name, likely in parts.items():
            found[name].append(likely)
            score = confusion([one.emotion for one in own], likely).unweighted_recall
            print(f"{actor} {name}: UAR {score:.1%}, scale {scale:.2f}", flush=True)
    return {name: confusion(emotions, np.concatenate(parts)) for name, parts in found.items()}


def matrix(score: Confusion) -> str:
    """The confusion matrix as a Markdown table, with recalls."""
    lines = [
        f"| said \\ heard | {' | '.join(CLASSES)} | recall |",
        "| --- |" + " ---: |" * (len(CLASSES) + 1),
    ]
    for name, row, recall in zip(CLASSES, score.counts, score.recalls, strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {recall:.0%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
