"""`audio2face evaluate`: how good a model is, beside the mean pose, loudness and the teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from audio2face.commands import options
from audio2face.commands.talk import command, show_json, show_table
from audio2face.features import SAMPLE_RATE, WINDOW
from audio2face.measures import report
from audio2face.measures.recordings import Recording, read_recordings, restrict
from audio2face.measures.score import Scores, score
from audio2face.models import Model, load_model


@command(
    "Score a model beside the mean pose, loudness and the teacher.\n\n"
    "Folders with phone times give closure of p b m, contact of f v with the teeth, and rounding; folders "
    "with a filmed speaker how well the lips follow; folders with the motion of another rig how well the jaw "
    "does. docs/measures.md has the definitions."
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
@click.option(
    "--phones",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Phones of filmed clips: a folder with the manifest.jsonl of scripts/align_grid.py.",
)
@click.option("--speakers", metavar="A,B", default="", help="Score only these speakers.")
@click.option(
    "--by", type=click.Choice(("speaker", "emotion")), help="Break the model's figures down as well."
)
@click.option("--emotion", metavar="MIX", help="Score under a mix of emotions, such as joy=0.6,fear=0.2.")
def evaluate(
    model: str,
    folders: tuple[Path, ...],
    every: int,
    phones: Path | None,
    speakers: str,
    by: str | None,
    emotion: str | None,
    as_json: bool,
) -> None:
    network = load_model(model)
    mix = options.emotion(emotion)
    names = [name.strip() for name in speakers.split(",") if name.strip()]
    found: dict[str, Any] = {}
    for folder in folders:
        recordings = restrict(read_recordings(folder, phones, every), names, folder)
        scores = score(recordings, network, mix, _progress)
        table = report.figures(scores)
        found[folder.name] = report.as_json(table, report.counts(scores))
        if not as_json:
            label = Path(model).name
            click.echo(_heading(folder, recordings, scores))
            show_table(report.as_rows(table, latency(network), label))
            click.echo()
    if as_json:
        show_json(found)


def latency(network: Model) -> float:
    """Seconds by which a model's weights lag behind the sound."""
    return network.look_ahead / network.fps + WINDOW / 2 / SAMPLE_RATE


def _heading(folder: Path, recordings: list[Recording], scores: Scores) -> str:
    who = len({one.speaker for one in recordings})
    said = ", ".join(f"{count} {name}" for name, count in report.counts(scores).items())
    return f"{folder.name}: {len(recordings)} clips, {who} speakers" + (f", {said}" if said else "")


def _progress(items: Any) -> Any:
    return tqdm(items, unit="clip", disable=None, leave=False)
