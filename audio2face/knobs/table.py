"""All knobs, once: their names, what they may be, and what they do. File, flags and controls follow."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Knob:
    """One value.

    key      table and name, as in the settings file: strength.upper
    neutral  the value that changes nothing
    low      the least and
    high     the most that it can be
    about    what it does, for the settings file
    """

    key: str
    neutral: float
    low: float
    high: float
    about: str


def _strength(name: str, about: str) -> Knob:
    return Knob(f"strength.{name}", 1.0, 0.0, 2.0, about)


KNOBS: dict[str, Knob] = {
    knob.key: knob
    for knob in (
        _strength("upper", "brows, eyes, cheeks and nose: what speech and emotion do there"),
        _strength("lower", "jaw, lips, mouth and tongue; closed lips stay closed"),
        _strength("jaw", "the opening of the jaw, on top of lower; closed lips stay closed"),
        _strength("head", "turns and nods of the head"),
        _strength("blinks", "how far blinks shut the lids; fully from 1 on"),
        _strength("gaze", "how far the eyes look about"),
        _strength("brows", "how far brows rise on accents of the voice"),
        _strength("breath", "how far breath lifts the head"),
        Knob("smoothing.upper", 0.0, 0.0, 500.0, "milliseconds by which that motion is softened, and lags"),
        Knob("smoothing.lower", 0.0, 0.0, 500.0, "the same for the mouth; lips close when they did before"),
        Knob("offset.jaw", 0.0, -0.5, 0.5, "jawOpen is more (or less) by this; closed lips stay closed"),
        Knob("offset.lips", 0.0, -0.5, 0.5, "open lips are further apart (or less) by this"),
        Knob("offset.lids", 0.0, -0.5, 0.5, "lids are lower by this, and where negative wider open"),
        Knob("rate.resting", 17.0, 1.0, 40.0, "blinks a minute while nobody speaks"),
        Knob("rate.talking", 26.0, 1.0, 40.0, "blinks a minute while somebody does"),
    )
}

TABLES: dict[str, str] = {
    "strength": "How strongly each part moves: 0 is still, 1 as it is, 2 at most.",
    "smoothing": "Milliseconds.",
    "offset": "Added to what the face does; in weights, so 1 is as far as a channel goes.",
    "rate": "Blinks a minute.",
}

CHANNEL_KNOBS: dict[str, Knob] = {
    name: Knob(name, neutral, low, high, about)
    for name, neutral, low, high, about in (
        ("gain", 1.0, 0.0, math.inf, "the channel's weight is multiplied by this"),
        ("bias", 0.0, -math.inf, math.inf, "and this is added"),
        ("min", -math.inf, -math.inf, math.inf, "it is never less than this"),
        ("max", math.inf, -math.inf, math.inf, "nor more than this"),
    )
}
"""Of each channel: channel.jawOpen.gain. They come last, and are obeyed whatever becomes of closed lips."""

CHANNEL = "channel"
"""The first word of their keys."""
