"""Trains front ends, looks ahead and networks on the same small budget, and scores them side by side.

    python scripts/compare_networks.py DATA... -o OUT --develop FOLDER --unseen FOLDER --film FOLDER

DATA are folders of speech with phone times (manifest.jsonl), of which every Nth take is learned from. Each
model's operating point is chosen on --develop, as in `audio2face train`; --unseen is speech that nothing is
chosen on, --film a filmed speaker. OUT gets a bundle for each configuration, and after each table.md and
results.json. Finished configurations are not trained again. A small budget compares beginnings, not ends.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from audio2face import FileSource, animate, load_model
from audio2face.corpus import Take, read_corpus
from audio2face.features import FRAME_RATE
from audio2face.measures.closure import LONG, SLACK, closure, total
from audio2face.measures.tracking import follow, read_tracked
from audio2face.models import LiteRTModel
from audio2face.teacher import BILABIALS, OPEN_VOWELS
from audio2face.training.bundling import Facts, make_bundle
from audio2face.training.operating_point import Answer, answers
from audio2face.training.settings import Settings
from audio2face.training.trainer import Trained, train
from exporters import beside

CONFIGURATIONS: tuple[dict[str, Any], ...] = (
    {"front_end": "lpc+mel", "look_ahead": 29},
    {"front_end": "mel", "look_ahead": 29},
    {"front_end": "lpc+mel", "look_ahead": 5},
    {"front_end": "mel", "look_ahead": 29, "network": "gru"},
    {"front_end": "lpc", "look_ahead": 29},
    {"front_end": "lpc+mel", "look_ahead": 0},
    {"front_end": "autocorrelation", "look_ahead": 29},
    {"front_end": "mel", "look_ahead": 5, "network": "gru"},
    {"front_end": "lpc+mel", "look_ahead": 29, "width": 108},
    {"front_end": "lpc+mel", "look_ahead": 29, "network": "gru"},
)
"""The most telling first."""
HEADS = {
    "network": "network",
    "front_end": "front end",
    "latency_ms": "hears ahead, ms",
    "parameters": "parameters",
    "develop": "{develop}: closed / wrongly shut / AUC",
    "unseen": "{unseen}: closed / wrongly shut / AUC",
    "film": "{film}: opening r / width r",
    "minutes": "processor minutes",
}


@dataclass(frozen=True)
class Judges:
    """What every model is scored on: two folders of speech with phone times, and a filmed speaker's."""

    develop: Path
    unseen: Path
    film: Path
    most_shut: float
    every: int


def main() -> None:
    options = arguments()
    data = [thinned(folder, options.every, options.output / "data" / folder.name) for folder in options.data]
    judges = Judges(options.develop, options.unseen, options.film, options.most_shut, options.film_every)
    file = options.output / "results.json"
    rows: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    budget = {"epochs": options.epochs, "variants": options.variants, "clips": options.clips}
    for chosen in CONFIGURATIONS:
        settings = Settings(**budget, **chosen)
        if name_of(settings) not in rows:
            rows[name_of(settings)] = result(settings, data, judges, options.output)
            keras.backend.clear_session()
            with beside(file) as part:
                part.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8", newline="\n")
            with beside(options.output / "table.md") as part:
                part.write_text(table(rows, judges), encoding="utf-8", newline="\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, help="folders to learn from")
    parser.add_argument("-o", "--output", type=Path, required=True)
    for name in ("develop", "unseen", "film"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--every", type=int, default=3, help="of the takes, learn from every Nth")
    parser.add_argument("--film-every", type=int, default=6, help="of the filmed clips, score every Nth")
    parser.add_argument("--most-shut", type=float, default=0.03)
    for name, value in (("epochs", 5), ("variants", 2), ("clips", 12)):
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


def thinned(folder: Path, every: int, to: Path) -> Path:
    """A folder whose manifest names every Nth take of another folder's."""
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = sorted((json.loads(line) for line in lines if line.strip()), key=lambda row: str(row["id"]))
    for row in rows:
        row["audio"] = str((folder / row.get("audio", f"audio/{row['id']}.ogg")).resolve())
        if "film" in row:
            row["film"] = str((folder / row["film"]).resolve())
    to.mkdir(parents=True, exist_ok=True)
    with beside(to / "manifest.jsonl") as part:
        part.write_text("".join(json.dumps(row) + "\n" for row in rows[::every]), encoding="utf-8")
    return to


def name_of(settings: Settings) -> str:
    """Such as formant-mel-29-80."""
    return f"{settings.network}-{settings.front_end}-{settings.look_ahead}-{settings.width}"


def result(settings: Settings, data: Sequence[Path], judges: Judges, output: Path) -> dict[str, Any]:
    """Trains one configuration, bundles it and scores the bundle."""
    folder = output / name_of(settings)
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    # Features are the same for all that share a front end.
    if (output / "cache").is_dir() and not (work / "cache").exists():
        (output / "cache").rename(work / "cache")
    begin = time.process_time()
    try:
        trained = train(data, work, settings, resume=(work / "checkpoint").exists())
    finally:
        if (work / "cache").is_dir():
            (work / "cache").rename(output / "cache")
    minutes = (time.process_time() - begin) / 60
    card = bundle(folder, trained, settings, judges, minutes)
    model, network = load_model(str(folder)), trained.classroom.network
    row = {**asdict(settings), "minutes": round(minutes, 1)}
    row |= {"parameters": card["parameters"], "latency_ms": card["latency_ms"]}
    for name, place in (("develop", judges.develop), ("unseen", judges.unseen)):
        takes = read_corpus(place)
        heard = answers(network, settings.front_end, settings.look_ahead, takes)
        row[name] = [*closures(model, takes), told_apart(heard)]
    return {**row, "film": lips(model, judges)}


def bundle(
    folder: Path, trained: Trained, settings: Settings, judges: Judges, minutes: float
) -> dict[str, Any]:
    facts = Facts("made to be compared", "as the data's", (), trained.voices, trained.held_out, minutes)
    emotions = trained.classroom.emotions.get_weights()[0]
    develop = read_corpus(judges.develop)
    return make_bundle(
        folder, trained.classroom.network, emotions, settings, facts, develop, judges.most_shut
    )


def closures(model: LiteRTModel, takes: Sequence[Take]) -> tuple[float, float]:
    """Shares of p b m closed and of open vowels wrongly shut."""
    counts = total(closure(animate(FileSource(take.audio), model, FRAME_RATE), take.phones) for take in takes)
    return counts.recall, counts.false_closure


def told_apart(heard: Sequence[Answer]) -> float:
    """Area under ROC of the logit of "closed" between p b m and open vowels: no operating point needed."""
    stops, vowels = [], []
    for answer in heard:
        closed = answer.logits[:, 0]
        for phone in answer.take.phones:
            if phone.label in BILABIALS:
                first, last = (round(FRAME_RATE * t) for t in (phone.start - SLACK, phone.end + SLACK))
                stops.append(closed[max(0, first) : max(1, last)].max(initial=-np.inf))
            elif phone.label in OPEN_VOWELS and phone.end - phone.start >= LONG:
                middle = round(FRAME_RATE * (phone.start + phone.end) / 2)
                vowels.append(closed[min(middle, len(closed) - 1)])
    return float(np.mean(np.array(stops)[:, None] > np.array(vowels)[None]))


def lips(model: LiteRTModel, judges: Judges) -> tuple[float, float]:
    """Mean correlations of lip opening and of mouth width with the film."""
    (file,) = judges.film.glob("*.npz")
    seen = read_tracked(file)
    rows = [
        follow(
            animate(FileSource(judges.film / "audio" / f"{name}.ogg"), model, FRAME_RATE),
            seen[name],
        )
        for name in sorted(seen)[:: judges.every]
    ]
    opening, width = np.nanmean(np.array(rows), axis=0)
    return float(opening), float(width)


def table(rows: dict[str, Any], judges: Judges) -> str:
    names = {name: getattr(judges, name).name for name in ("develop", "unseen", "film")}
    lines = [[head.format(**names) for head in HEADS.values()], ["---"] * len(HEADS)]
    lines += [[text(row[key]) for key in HEADS] for row in rows.values()]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " / ".join(f"{number:.3f}" for number in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
