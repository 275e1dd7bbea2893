"""`audio2face train`: speech with phone times, or a character's takes → a model bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from audio2face.commands.talk import command
from audio2face.commands.train_kind import is_motion
from audio2face.commands.train_motion import train_character
from audio2face.commands.train_speech import WORK, train_speech
from audio2face.features import FRONT_ENDS
from audio2face.training.settings import ALIASES, NETWORKS


@command(
    "Train a model on a character's takes, or on speech with phone times.\n\n"
    "Takes are sounds with motion: a folder of line.wav and line_BS_value.npy or line.csv, or a "
    "dataset.toml; docs/training.md tells how, and docs/datasets.md what can be read. FOLDER becomes a "
    f"bundle that --model takes. Cache, checkpoints and the log stay in FOLDER/{WORK}, so that --resume can "
    "go on; they may be deleted afterwards."
)
@click.argument(
    "data", nargs=-1, required=True, metavar="DATA...", type=click.Path(path_type=Path, exists=True)
)
@click.option("-o", "--output", metavar="FOLDER", required=True, type=click.Path(path_type=Path))
@click.option(
    "--start",
    metavar="MODEL",
    help="Of takes: the bundle whose ears are kept, studio by default; none starts from nothing. Of speech: "
    f"the weights.npz of another run's {WORK} folder.",
)
@click.option(
    "--keep-out",
    metavar="NAME",
    multiple=True,
    help="A voice or take that is not learned from, only checked with; may be repeated. By default about one "
    "recording in sixteen, or the end of the longest take.",
)
@click.option(
    "--network",
    type=click.Choice((*NETWORKS, *ALIASES)),
    help="Architecture of a network that starts from nothing.  [default: articulation]",
)
@click.option("--front-end", type=click.Choice(FRONT_ENDS), help="What it hears.  [default: lpc+mel]")
@click.option(
    "--look-ahead",
    type=float,
    metavar="MS",
    help="Sound heard beyond each frame, by a network that starts from nothing.  [default: 242]",
)
@click.option("--epochs", type=int, help="At most.  [default: 24 of speech, 28 of takes]")
@click.option("--variants", default=6, show_default=True, help="Differently altered copies of the sound.")
@click.option("--rate", type=float, help="Peak learning rate.  [default: 2e-3; of takes 3e-3, then 2.5e-3]")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(min=0))
@click.option("--resume", is_flag=True, help="Go on after the last finished epoch.")
@click.option("--patience", default=20, show_default=True, help="Takes: epochs without gain that end it.")
@click.option("--minutes", type=float, help="Takes: learn from the first so many minutes only.")
@click.option("--fps", type=float, metavar="RATE", help="Takes: of motion that states no rate; 30 otherwise.")
@click.option("--align", is_flag=True, help="Takes: take back the lag of each that is surely late or early.")
@click.option(
    "--judge",
    "judges",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Speech: choose the operating point on this; may be repeated. By default the held-out voices.",
)
@click.option(
    "--most-shut", default=0.04, show_default=True, help="Speech: share of open vowels that may be shut."
)
@click.option("--about", default="trained with audio2face train", help="One line for the card.")
@click.option("--licence", default="as the data's", help="Licence of the bundle, for the card.")
@click.option(
    "--data-note", multiple=True, help="What the data is and its licence, for the card; may be repeated."
)
def train(data: tuple[Path, ...], output: Path, as_json: bool, **options: Any) -> None:
    # TensorFlow's own start-up notes say nothing about the user's run.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    run = train_character if is_motion(data) else train_speech
    run(data, output, as_json, options)
