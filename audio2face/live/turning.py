"""The knobs that can be turned while a face performs, as controls: strength.upper is strength/upper."""

from __future__ import annotations

import math
from dataclasses import replace

from audio2face.knobs import FaceSettings, Knobs
from audio2face.knobs.table import KNOBS
from audio2face.life import LifeSettings
from audio2face.live.controls import Control, Controls

GROUPS = ("strength", "offset")
"""Tables whose knobs can be turned."""
EASE = 0.2
"""Seconds."""
CLOSE = 0.005
"""What is as near as this is there."""
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


class Turning:
    """What the controls say, followed within EASE seconds or so, so that nothing jumps.

    settings  what is not turned
    life      the same of life; None without
    """

    def __init__(self, settings: FaceSettings, life: LifeSettings | None, controls: Controls) -> None:
        self._settings, self._life, self._controls = settings, life, controls
        self._version, self._now = controls.version, self._wanted()

    def step(self, seconds: float) -> tuple[FaceSettings, LifeSettings | None] | None:
        """The settings after so many seconds more; None while nothing changes."""
        version = self._controls.version
        if version == self._version:
            return None
        wanted = self._wanted()
        share = 1 - math.exp(-3 * seconds / EASE)
        self._now = {key: _nearer(self._now[key], value, share) for key, value in wanted.items()}
        if self._now == wanted:
            self._version = version
        return self._settings.but(self._now), self._lively()

    def _wanted(self) -> dict[str, float]:
        groups = ((group, self._controls.group(group)) for group in GROUPS)
        return {f"{group}.{name}": value for group, said in groups for name, value in said.items()}

    def _lively(self) -> LifeSettings | None:
        """Life with the strengths of now."""
        said = {name: self._now[f"strength.{name}"] for name in ALIVE if f"strength.{name}" in self._now}
        return None if self._life is None else replace(self._life, **said)


def _nearer(now: float, wanted: float, share: float) -> float:
    nearer = now + share * (wanted - now)
    return wanted if abs(wanted - nearer) < CLOSE else nearer
