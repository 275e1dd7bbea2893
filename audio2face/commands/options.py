"""Option values: text → what the pipeline takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from audio2face.emotion import parse_emotion
from audio2face.errors import OptionError
from audio2face.knobs import FaceSettings, parse_assignments, read_settings
from audio2face.life import LifeSettings


def pairs(text: str, what: str) -> dict[str, float]:
    """`joy=0.6,fear=0.2` → {"joy": 0.6, "fear": 0.2}. Raises OptionError when it is not of that form."""
    found: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise OptionError(f"{what} {part!r} is not of the form NAME=NUMBER") from None
        if not math.isfinite(found[name.strip()]):
            raise OptionError(f"{what} {part!r} is not a finite number")
    return found


def emotion_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--emotion WHAT`, as the argument `emotion`, a tuple for `parse_emotion`."""
    return click.option(
        "--emotion",
        metavar="WHAT",
        multiple=True,
        help="A mix such as joy=0.6,fear=0.2 or joy:soft; auto, heard from the voice; or a track, .csv or "
        ".json. May be repeated; what is given adds up.",
    )(function)


def emotion(text: str | None) -> dict[str, float]:
    """A mix that does not move. Raises OptionError for others, and for strengths outside 0..1."""
    found = parse_emotion([text] if text else [])
    if found.moves:
        raise OptionError(f"emotion {text!r} changes over time; expected a mix such as joy=0.6,fear=0.2")
    return dict(found.mix)


def gains(texts: tuple[str, ...]) -> dict[str, float]:
    """The factors of all `--gain`. Raises OptionError for negative ones."""
    factors = {name: value for text in texts for name, value in pairs(text, "gain").items()}
    for name, value in factors.items():
        if value < 0:
            raise OptionError(f"gain {name} is {value:g}; expected 0 or more")
    return factors


def rig_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--rig NAME|FILE`, as the argument `rig`."""
    return click.option(
        "--rig",
        metavar="NAME|FILE",
        help="Whose channels to give: a rig's name, a .glb, .gltf or .vrm, a folder of meshes, a list of "
        "names, or a map; see `audio2face rigs`.",
    )(function)


def life_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--seed N --no-head --no-eyes`, as the arguments `seed`, `no_head` and `no_eyes`."""
    for option in (
        click.option("--no-eyes", is_flag=True, help="No blinks, glances or brows beyond the emotion's."),
        click.option("--no-head", is_flag=True, help="No head motion, and no breath."),
        click.option(
            "--seed",
            type=click.IntRange(min=0),
            default=0,
            show_default=True,
            metavar="N",
            help="Another seed, other blinks, glances and turns of the head.",
        ),
    ):
        function = option(function)
    return function


def life(no_head: bool, no_eyes: bool, settings: FaceSettings) -> LifeSettings | None:
    """What is asked for; None, the model alone, when it is neither."""
    if no_head and no_eyes:
        return None
    alive = settings.life
    if no_head:
        alive = replace(alive, head=0.0, breath=0.0)
    return replace(alive, blinks=0.0, gaze=0.0, brows=0.0) if no_eyes else alive


def knob_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--settings FILE --set KEY=VALUE`, as the arguments `settings_file` and `sets`."""
    for option in (
        click.option(
            "--set", "sets", metavar="KEY=VALUE", multiple=True, help="One setting, as strength.upper=1.2."
        ),
        click.option(
            "--settings",
            "settings_file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="How strongly and smoothly parts of the face move; see `audio2face settings`.",
        ),
    ):
        function = option(function)
    return function


def face_settings(file: Path | None, sets: tuple[str, ...]) -> FaceSettings:
    """Those of the file, and on top of them those of all `--set`. Raises SettingsError."""
    settings = FaceSettings() if file is None else read_settings(file)
    return settings.but(parse_assignments(sets))


def reduce_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--reduce ERROR`, as the argument `error`."""
    return click.option(
        "--reduce",
        "error",
        type=float,
        metavar="ERROR",
        help="Fewest linear keys within this error, such as 0.005.",
    )(function)
