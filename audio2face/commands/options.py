"""Option values: text → what the pipeline takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import click

from audio2face.errors import OptionError


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


def emotion(text: str | None) -> dict[str, float]:
    """The mix of `--emotion`. Raises OptionError for strengths outside 0..1."""
    mix = pairs(text or "", "emotion")
    for name, strength in mix.items():
        if not 0 <= strength <= 1:
            raise OptionError(f"emotion {name} has strength {strength:g}; expected 0 to 1")
    return mix


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


def reduce_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--reduce ERROR`, as the argument `error`."""
    return click.option(
        "--reduce",
        "error",
        type=float,
        metavar="ERROR",
        help="Fewest linear keys within this error, such as 0.005.",
    )(function)
