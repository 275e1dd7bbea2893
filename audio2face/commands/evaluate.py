"""`audio2face evaluate`: how good a model is, beside the mean pose, loudness and the teacher."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path
from typing import Any

import click

from audio2face.commands import options
from audio2face.commands.folders import make_folder
from audio2face.commands.judging import Judged, Wanted, judge
from audio2face.commands.talk import command, say, show_json
from audio2face.errors import MissingExtraError, OptionError
from audio2face.measures.figures import BY
from audio2face.measures.recordings import moves_lips
from audio2face.models import load_model
from exporters.beside import beside

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@command(
    "Score a model beside the mean pose, loudness and the teacher.\n\n"
    "Folders with phone times give closure of p b m, contact of f v with the teeth, and rounding; folders "
    "with a filmed speaker how well the lips follow; takes of a character, folder or dataset.toml, how well "
    "the jaw and its channels do, those for testing where some are; takes of vertices, such as VOCASET, lip "
    "vertex error and upper-face dynamics. docs/measures.md has the definitions."
)
@click.argument("model", metavar="MODEL")
@click.option(
    "--data",
    "folders",
    metavar="FOLDER",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="Clips to score on; may be repeated.",
)
@click.option("--every", default=1, show_default=True, metavar="N", help="Of filmed clips, take every Nth.")
@click.option(
    "--phones",
    metavar="FOLDER",
    type=FOLDER,
    help="Phones of filmed clips: a folder with the manifest.jsonl of scripts/align_grid.py.",
)
@click.option("--speakers", metavar="A,B", default="", help="Score only these speakers.")
@click.option("--takes", metavar="A,B", default="", help="Score only these recordings.")
@click.option("--by", type=click.Choice(tuple(BY)), help="Break the model's figures down as well.")
@click.option("--emotion", metavar="MIX", help="Score under a mix of emotions, such as joy=0.6,fear=0.2.")
@click.option("--fps", type=float, metavar="RATE", help="Of motion that states no rate; 30 otherwise.")
@click.option("--lips", metavar="FILE", type=FILE, help="Takes of vertices: numbers of the lips' (lve.txt).")
@click.option("--upper", metavar="FILE", type=FILE, help="The same of the upper face (fdd.txt).")
@click.option("--stress", is_flag=True, help="Also under noise, through a telephone, and at other pitches.")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write report.json, report.txt and plots there; needs the plot extra.",
)
def evaluate(
    model: str,
    folders: tuple[Path, ...],
    every: int,
    phones: Path | None,
    speakers: str,
    takes: str,
    by: str | None,
    emotion: str | None,
    fps: float | None,
    lips: Path | None,
    upper: Path | None,
    stress: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    plots: Any = _plots() if output else None
    if every < 1:
        raise OptionError(f"--every is {every}; expected 1 or more")
    wanted = Wanted(
        *(load_model(model), Path(model).name, phones, every, _names(speakers), _names(takes)),
        *(options.emotion(emotion), stress, fps, lips, upper),
    )
    if not moves_lips(wanted.network.rig.names):
        say(f"{wanted.label} moves a rig of its own: closures, contacts and filmed lips are left out")
    judged: dict[str, Judged] = {}
    for folder in folders:
        one = judge(folder, wanted, by)
        judged[_name(folder, judged)] = one
        if not as_json:
            click.echo(one.said + "\n")
    data = {name: one.data for name, one in judged.items()}
    if as_json:
        show_json(data)
    if output:
        _write(output, data, "\n\n".join(one.said for one in judged.values()))
        for name, one in judged.items():
            for file in plots.draw(output / name, one.recordings, wanted.network, wanted.emotion):
                say(f"{file}: written")


def _name(folder: Path, taken: Container[str]) -> str:
    """What a folder is called in the report: its name, with that of the one above it if need be."""
    whole = folder.resolve()
    return whole.name if whole.name not in taken else f"{whole.parent.name}-{whole.name}"


def _names(said: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in said.split(",") if name.strip())


def _write(output: Path, data: dict[str, Any], said: str) -> None:
    make_folder(output)
    for name, text in (
        ("report.json", json.dumps(data, indent=1, ensure_ascii=False)),
        ("report.txt", said),
    ):
        with beside(output / name) as file:
            file.write_text(text + "\n", encoding="utf-8")


def _plots() -> Any:
    """The module that draws. Raises MissingExtraError."""
    try:
        from audio2face.measures import plots  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtraError("drawing plots", "plot") from error
    return plots
