"""Scores a model's emotions: python scripts/score_emotions.py MODEL FOLDER...

MODEL is the name or the folder of a model, every FOLDER speech with phone times. The first table says how
each emotion does at both strengths: closures, open vowels, how far the most changed channel of each region
moves, how much the lips still swing. The second says how smoothly emotions turn into each other; the third,
from the model's card, where its emotion vectors come from. --write FILE puts the tables between the marks of
a document.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from audio2face.commands.demo import SAMPLE
from audio2face.measures import systems
from audio2face.measures.moods import REGIONS, Mood, moods, sweep
from audio2face.measures.recordings import read_recordings, read_samples
from audio2face.models import Model, load_model
from audio2face.models.litert import LiteRTModel
from audio2face.teacher import EMOTIONS

MARKS = ("<!-- emotions:begin, made by: python scripts/score_emotions.py -->", "<!-- emotions:end -->")
SWEEPS: tuple[tuple[dict[str, float], dict[str, float]], ...] = (
    ({}, {"joy": 1.0}),
    ({"joy": 1.0}, {"anger": 1.0}),
    ({"sadness": 1.0}, {"surprise": 1.0}),
    ({"fear": 1.0}, {"disgust": 1.0}),
)
Rows = Iterable[Sequence[str]]


def effects(rows: Sequence[Mood]) -> Rows:
    """One row for each emotion at each strength."""
    yield ("emotion", "strength", "p b m closed", "vowels shut", *REGIONS, "lips' swing")
    for row in rows:
        counts = (f"{row.closure.recall:.1%}", f"{row.closure.false_closure:.1%}")
        regions = (f"{value:.2f}" for value in row.visible.values())
        yield (row.name, f"{row.strength:g}", *counts, *regions, f"{row.swing:.2f}")


def mixing(network: Model) -> Rows:
    """One row for each of SWEEPS, over the bundled sentence."""
    yield ("from", "to", "largest step", "of any frame", "backwards")
    heard = systems.hear(read_samples(SAMPLE), network)
    for first, last in SWEEPS:
        found = sweep(heard, network, first, last)
        numbers = (f"{value:.3f}" for value in (found.step, found.frame, found.backwards))
        yield (next(iter(first), "neutral"), next(iter(last)), *numbers)


def origins(card: dict[str, Any]) -> Rows:
    """One row for each emotion: what was mined, beside the table's vector."""
    names = ("takes", "purity", "angle", "error mined", "error table", "likeness mined", "likeness table")
    yield ("emotion", *names, "ships")
    for name, row in card["mining"]["emotions"].items():
        mined, table = row.get("mined", {}), row["table"]
        errors = [mined.get("error"), table["error"], mined.get("likeness"), table["likeness"]]
        first = [row.get("takes", "–"), _share(row.get("purity")), _degrees(row.get("degrees_between"))]
        numbers = ("–" if value is None else f"{value:.2f}" for value in errors)
        yield (name, *map(str, first), *numbers, row["ships"])


def markdown(rows: Rows) -> str:
    """The rows as a Markdown table, the first as its head."""
    head, *rest = [f"| {' | '.join(row)} |" for row in rows]
    columns = head.count("|") - 1
    return "\n".join([head, "| --- |" + " ---: |" * (columns - 1), *rest])


def write_between(file: Path, text: str) -> None:
    """Puts text between MARKS. Raises SystemExit when the document has none."""
    begin, end = MARKS
    before, found, rest = file.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{file} has no {begin} … {end} to write between")
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8", newline="\n")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _degrees(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}°"


def tables(model: LiteRTModel, folders: Sequence[Path]) -> str:
    """All tables as Markdown."""
    recordings = [one for folder in folders for one in read_recordings(folder)]
    parts = [markdown(effects(moods(recordings, model))), markdown(mixing(model))]
    if "mining" in model.bundle.card:
        parts.append(markdown(origins(model.bundle.card)))
    return "\n\n".join(parts)


def main() -> None:
    """Prints the tables, or writes them into a document."""
    parser = argparse.ArgumentParser(description=f"Scores {', '.join(EMOTIONS)}.")
    parser.add_argument("model")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    text = tables(load_model(options.model), options.folders)
    if options.write:
        write_between(options.write, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
