"""The knobs that can be turned while a face performs, as controls: strength.upper is strength/upper."""

from __future__ import annotations

from dataclasses import replace

from audio2face.knobs import FaceSettings, Knobs
from audio2face.knobs.table import KNOBS
from audio2face.life import LifeSettings
from audio2face.live.controls import Control, Controls

GROUPS = ("strength", "offset")
"""Tables whose knobs can be turned."""
ALIVE = ("blinks", "gaze", "brows", "head", "breath")
"""Strengths that are of life; the last two need a head that turns."""


def knob_controls(settings: FaceSettings, knobs: Knobs, life: LifeSettings | None) -> tuple[Control, ...]:
    """A control for each knob that moves something, at what it is set to."""
    alive = ALIVE if life and life.head else ALIVE[:3] if life else ()
    parts = {f"strength.{name}": getattr(life, name) for name in alive}
    unalive = {f"strength.{name}" for name in ALIVE if name not in alive}
    return tuple(
        Control(key.replace(".", "/"), parts.get(key, settings[key]), knob.low, knob.high)
        for key, knob in KNOBS.items()
        if key.partition(".")[0] in GROUPS and key not in unalive and knobs.moves(key)
    )


def turned_to(settings: FaceSettings, controls: Controls) -> FaceSettings:
    """The settings with what the controls say now."""
    return settings.but(
        {f"{group}.{name}": value for group in GROUPS for name, value in controls.group(group).items()}
    )


def lively(life: LifeSettings, controls: Controls) -> LifeSettings:
    """Life with the strengths that the controls say now."""
    said = controls.group("strength")
    return replace(life, **{name: said[name] for name in ALIVE if name in said})
