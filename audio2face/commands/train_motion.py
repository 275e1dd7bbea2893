"""Training on a character's takes, as `audio2face train` does it for data of that kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audio2face.commands.folders import make_folder
from audio2face.commands.talk import say, show_json
from audio2face.commands.train_speech import DEFAULTS, WORK
from audio2face.dataset import MotionTake, read_dataset
from audio2face.errors import MissingExtraError, OptionError
from audio2face.features import FRAME_RATE
from audio2face.models import Bundle, load_model, read_bundle
from audio2face.models.face import keep_face
from audio2face.models.quiet import quiet_stderr

NOTHING = "none"
STUDIO = "studio"
SHAPE = ("network", "front_end", "look_ahead")
"""Options that say what a network is like; one that is started from a bundle is like that one."""


def train_character(data: tuple[Path, ...], output: Path, as_json: bool, options: dict[str, Any]) -> None:
    """Trains, and writes a bundle, its plots and its card. `options` are those of the command.

    Raises FaceError.
    """
    try:
        with quiet_stderr():
            from audio2face.training import motion_bundling, motion_trainer, splitting  # noqa: PLC0415
            from audio2face.training.workers import is_chief  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("audio2face", "rigs", "exporters"):
            raise
        raise MissingExtraError("training", "train") from error
    start = start_of(options)
    settings, course = _settings(options, start)
    work = output / WORK
    dataset = read_dataset(data, options["fps"], work)
    takes: Sequence[MotionTake] = dataset
    splitting.split_takes(takes, options["keep_out"])  # refused before a folder is made
    make_folder(work)
    takes, offsets = _in_sync(takes, options["align"])
    split = splitting.split_takes(takes, options["keep_out"])
    if options["minutes"]:
        split = splitting.shortened(split, options["minutes"])
    say(f"{motion_bundling.shown_takes(split.learn)} to learn from; {_held(split)}")
    say(f"results will be in {output}, everything else in {work}")
    learned = motion_trainer.train_motion(split, work, settings, course, start, options["resume"], show=_bar)
    if not is_chief():
        return
    words = motion_bundling.Words(
        options["about"],
        _licence(options["licence"], start),
        options["data_note"],
        f"{options['start'] or STUDIO} ({start.card.get('about', '')})" if start else "",
        offsets,
    )
    keep_face(output, dataset.face)  # what turns weights back into vertices
    card, played = motion_bundling.bundle_motion(output, learned, split, course, words)
    files = _plots(output, learned.progress.history, played)
    if as_json:
        show_json(card)
        return
    _tell(card, output, files, dataset.face is not None)


def start_of(options: dict[str, Any]) -> Bundle | None:
    """The bundle to start from, or None. Raises OptionError when the options contradict each other."""
    shaped = [name for name in SHAPE if options[name] is not None]
    wanted = options["start"] or (NOTHING if shaped else STUDIO)
    if wanted == NOTHING:
        return None
    if shaped:
        option = "--" + shaped[0].replace("_", "-")
        raise OptionError(f"{option} is what {wanted} already settles; use --start {NOTHING} to choose it")
    return read_bundle(wanted)


def _settings(options: dict[str, Any], start: Bundle | None) -> tuple[Any, Any]:
    from audio2face.training.motion_settings import Course  # noqa: PLC0415
    from audio2face.training.settings import Settings  # noqa: PLC0415

    chosen: dict[str, Any] = {
        name: DEFAULTS[name] if options[name] is None else options[name] for name in SHAPE
    }
    if not 0 <= chosen["look_ahead"] <= 1000:
        raise OptionError(f"--look-ahead is {chosen['look_ahead']:g} ms; expected 0 to 1000")
    if options["rate"] is not None and not 0 < options["rate"] <= 1:
        raise OptionError(f"--rate is {options['rate']:g}; expected more than 0, up to 1")
    settings = Settings(
        network=chosen["network"],
        front_end=chosen["front_end"],
        look_ahead=round(chosen["look_ahead"] * FRAME_RATE / 1000),
        seed=options["seed"],
    )
    plain = Course()
    epochs = options["epochs"] or plain.epochs
    course = Course(
        first=min(plain.first, epochs // 3) if start else 0,
        epochs=epochs,
        patience=options["patience"],
        rate=options["rate"] or plain.rate,
        later=options["rate"] or plain.later,
        variants=options["variants"],
        seed=options["seed"],
    )
    return settings, course


def _in_sync(takes: Sequence[MotionTake], align: bool) -> tuple[list[MotionTake], dict[str, float]]:
    """Takes, their lag taken back if that is wanted, and the lag of each in seconds, where it is sure."""
    from audio2face.training.syncing import LEAST, aligned, find_offsets  # noqa: PLC0415

    found = find_offsets(takes, load_model(STUDIO))
    for name, lag in found.items():
        if lag.sure and abs(lag.offset) >= LEAST:
            way = "later than" if lag.offset > 0 else "before"
            done = "taken back" if align else "--align takes it back"
            say(f"{name}: motion {1000 * abs(lag.offset):.0f} ms {way} its sound; {done}")
    kept = aligned(takes, found) if align else list(takes)
    return kept, {name: lag.offset for name, lag in found.items() if lag.sure}


def _held(split: Any) -> str:
    if split.parted:
        return f"the end of {split.parted} says when to stop"
    return ", ".join(take.name for take in split.check) + " says when to stop"


def _licence(said: str, start: Bundle | None) -> str:
    return f"{said}; started from a bundle under: {start.card.get('licence', '')}" if start else said


def _bar(total: int, initial: int) -> Any:
    return tqdm(total=total, initial=initial, unit="epoch", disable=None)


def _plots(output: Path, history: Any, played: Any) -> list[Path]:
    """Draws, or says what is missing."""
    try:
        from audio2face.training.pictures import draw_training  # noqa: PLC0415 - an optional extra
    except ImportError:
        say("no plots: they need the plot extra, pip install 'audio2face[plot]'")
        return []
    return list(draw_training(output, history, played))


def _tell(card: dict[str, Any], output: Path, files: Sequence[Path], vertices: bool) -> None:
    for name, score in card["scores"].items():
        jaw = "–" if score["jaw_r"] is None else f"{score['jaw_r']:.2f}"
        mean = "–" if score["channels_r"] is None else f"{score['channels_r']:.2f}"
        say(f"{name}, not learned from: jaw r {jaw}, {score['live_channels']} live channels r {mean}")
    for file in files:
        say(f"{file}: written")
    say(f"{card['training_minutes']} processor minutes; best epoch {card['epochs']['best']}")
    to = "line.npz --format vertices" if vertices else "line.csv"
    say(f"try it: audio2face animate line.wav -o {to} --model {output}")
