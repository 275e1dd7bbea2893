"""`audio2face evaluate`: how good a model is, beside loudness and the teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands.talk import command, show_json, show_table
from audio2face.measures.score import is_tracked, score_closure, score_tracking
from audio2face.models import load_model


@command(
    "Score a model beside the mean pose, loudness and the teacher.\n\n"
    "Folders with phone times give closure of p b m and false closure of open vowels; "
    "folders with a filmed speaker give correlation with the tracked lips."
)
@click.argument("model", metavar="MODEL")
@click.option(
    "--data",
    "folders",
    metavar="FOLDER",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Clips to score on; may be repeated.",
)
@click.option("--every", default=1, show_default=True, metavar="N", help="Of filmed clips, take every Nth.")
def evaluate(model: str, folders: tuple[Path, ...], every: int, as_json: bool) -> None:
    network = load_model(model)
    report: dict[str, Any] = {}
    for folder in folders:
        report[folder.name] = (
            _tracking(folder, network, max(1, every)) if is_tracked(folder) else _closure(folder, network)
        )
    if as_json:
        show_json(report)
        return
    for name, systems in report.items():
        first = next(iter(systems.values()))
        show_table(
            [(name, *first), *((system, *map(_text, row.values())) for system, row in systems.items())]
        )
        click.echo()


def _closure(folder: Path, network: Any) -> dict[str, dict[str, float]]:
    counts = score_closure(folder, network, _progress)
    return {
        name: {
            "recall": round(count.recall, 4),
            "false closure": round(count.false_closure, 4),
            "p b m": count.bilabials,
            "vowels": count.vowels,
        }
        for name, count in counts.items()
    }


def _tracking(folder: Path, network: Any, every: int) -> dict[str, dict[str, float]]:
    scores = score_tracking(folder, network, every, _progress)
    return {
        name: {"opening r": round(opening, 4), "width r": round(width, 4)}
        for name, (opening, width) in scores.items()
    }


def _progress(items: Any) -> Any:
    return tqdm(items, unit="clip", disable=None, leave=False)


def _text(value: float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
