"""Training on speech with phone times, as `audio2face train` does it for folders of that kind."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

from audio2face.commands.folders import make_folder
from audio2face.commands.talk import say, show_json
from audio2face.corpus import Take, known_voices, read_corpus
from audio2face.errors import MissingExtraError, OptionError, TrainingError
from audio2face.features import FRAME_RATE
from audio2face.models.quiet import quiet_stderr

FILMED_EVERY = 15
"""Of filmed takes, those that say how wide the lips should swing."""
STEADYING = 3
"""Frames of the look-ahead that making decisions steady takes: networks.steady.DELAY, read without Keras."""
WORK = "training"
"""Folder inside the output in which cache, checkpoints and log are kept."""
DEFAULTS = {
    **{"network": "articulation", "front_end": "lpc+mel", "look_ahead": 242.0},
    **{"epochs": 24, "rate": 2e-3},
}
"""What options are when nobody says; takes of a character have others."""


def train_speech(data: tuple[Path, ...], output: Path, as_json: bool, options: dict[str, Any]) -> None:
    """Trains, and writes a bundle. `options` are those of the command. Raises FaceError."""
    options = {**options, **{name: DEFAULTS[name] for name in DEFAULTS if options[name] is None}}
    start = Path(options["start"]) if options["start"] else None
    if start is not None and not start.is_file():
        raise OptionError(f"--start is {start}; speech starts from the weights.npz of another run")
    _check(options["look_ahead"], options["rate"])
    try:
        with quiet_stderr():
            from audio2face.training.bundling import Facts, make_bundle  # noqa: PLC0415
            from audio2face.training.latents import read_latents  # noqa: PLC0415
            from audio2face.training.settings import Settings  # noqa: PLC0415
            from audio2face.training.trainer import train as run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("audio2face", "rigs", "exporters"):
            raise
        raise MissingExtraError("training", "train") from error
    settings = Settings(
        front_end=options["front_end"],
        look_ahead=round(options["look_ahead"] * FRAME_RATE / 1000) - STEADYING,
        epochs=options["epochs"],
        variants=options["variants"],
        rate=options["rate"],
        seed=options["seed"],
        network=options["network"],
    )
    # Data that cannot be read, or voices that nobody has, must not leave an empty folder behind.
    known_voices(options["keep_out"], read_all(data))
    work = output / WORK
    make_folder(work)
    begin = time.monotonic()
    say(f"results will be in {output}, everything else in {work}")
    with contextlib.redirect_stdout(sys.stderr):  # Keras prints its progress as if it were data
        trained = run(list(data), work, settings, options["resume"], start, options["keep_out"])
    facts = Facts(
        about=options["about"],
        licence=options["licence"],
        data=options["data_note"] or tuple(folder.name for folder in data),
        voices=trained.voices,
        held_out=trained.held_out,
        minutes=(time.monotonic() - begin) / 60,
        stages=(f"started from {start}",) if start else (),
    )
    judges = _judges(data, options["judges"], trained.held_out)
    classroom = trained.classroom
    emotions = classroom.emotions.get_weights()[0]
    most_shut, latents = options["most_shut"], read_latents(work / "weights.npz")
    films = [take for take in read_all(data) if take.film][::FILMED_EVERY]
    card = make_bundle(
        output, classroom.network, emotions, settings, facts, judges, most_shut, latents, films
    )
    if as_json:
        show_json(card)
        return
    point = card["operating_point"]
    say(
        f"{output}: p b m closed {point['recall']:.1%}, open vowels wrongly shut {point['false_closure']:.1%}"
    )
    say(f"try it: audio2face animate line.wav -o line.glb --model {output}")


def read_all(folders: tuple[Path, ...]) -> list[Take]:
    """The takes of several folders, one after the other."""
    return [take for folder in folders for take in read_corpus(folder)]


def _judges(data: tuple[Path, ...], judges: tuple[Path, ...], held_out: tuple[str, ...]) -> list[Any]:
    """Takes to choose the operating point on. Raises TrainingError when there are none."""
    if judges:
        return read_all(judges)
    takes = [take for take in read_all(data) if take.voices & set(held_out)]
    if not takes:
        raise TrainingError("no takes are left to choose the operating point on; name some with --judge")
    return takes


def _check(look_ahead: float, rate: float) -> None:
    """Refuses numbers that cannot be rounded to frames or learned with; NaN among them."""
    least = round(STEADYING * 1000 / FRAME_RATE)
    if not least <= look_ahead <= 1000:
        raise OptionError(f"--look-ahead is {look_ahead:g} ms; expected {least} to 1000")
    if not 0 < rate <= 1:
        raise OptionError(f"--rate is {rate:g}; expected more than 0, up to 1")
