"""The weights back from a binary FBX: the DeformPercent curves of its blend shape channels.

Reads what `write` writes and what other programs write alike, as long as their keys are linear, constant, or
one on every frame. The clip has the file's rate, from the start of the animation to its end; of several
animations it is the first that moves a channel. Channels of the same name, on several meshes of one face, are
one channel. Head motion is that of a mesh that turns in the order roll, pitch, yaw, as `write` has it; meshes
that turn otherwise are not taken for a head. The mesh is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.fbx.curve import Curve
from exporters.fbx.mesh import TURN_ORDER
from exporters.fbx.parse import parse
from exporters.fbx.scene import Scene
from exporters.fbx.times import TICKS, frame_ticks, mode_rate
from exporters.rates import whole
from rigs import AnimationClip

Array = np.ndarray[Any, Any]

MOST_FRAMES, MOST_VALUES = 1 << 22, 1 << 26
"""Frames, and frames of all channels, that a clip may have: 52 channels for 6 hours at 60 a second."""
_NTSC = (23.976, 29.97, 59.94, 119.88)
_TURNS = (("d|Y", 1), ("d|X", 0), ("d|Z", 2))
"""Yaw, pitch and roll: the curve, and the place in Lcl Rotation."""


def read_fbx(file: Path) -> AnimationClip:
    """Reads a clip. Raises FormatError when it is no binary FBX 7, damaged, or has no such animation."""
    try:
        return _clip(Scene(parse(file.read_bytes())))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise FormatError(f"its structure is broken: {type(error).__name__} {str(error)[:80]}") from error


def _clip(scene: Scene) -> AnimationClip:
    channels = scene.of_kind("Deformer", "BlendShapeChannel")
    if not channels:
        raise FormatError("it has no blend shape channels")
    stack, layers, curves = _animation(scene, channels)
    rate, exact = _rate(scene, list(curves.values()))
    at = _moments(scene, stack, list(curves.values()), exact, len(channels))
    step = TICKS / float(exact)
    columns: dict[str, Array] = {}
    for channel, curve in curves.items():
        columns.setdefault(scene.name(channel), curve.sample(at, step) / 100)
    for channel in channels:
        columns.setdefault(scene.name(channel), np.full(len(at), _resting(scene, channel)))
    names = tuple(dict.fromkeys(map(scene.name, channels)))
    head, audio = _head(scene, layers, at, step)
    return AnimationClip(names, np.stack([columns[name] for name in names], axis=1), rate, head, audio)


def _animation(scene: Scene, channels: Sequence[int]) -> tuple[int, list[set[int]], dict[int, Curve]]:
    """The first animation that moves any of the channels, its layers, and its curves by channel."""
    for stack in scene.of_kind("AnimationStack"):
        layers = scene.layers(stack)
        found = {channel: scene.curves(layers, channel, "DeformPercent") for channel in channels}
        curves = {channel: next(iter(parts.values())) for channel, parts in found.items() if parts}
        if curves:
            return stack, layers, curves
    raise FormatError("it has no animation of blend shape channels")


def _rate(scene: Scene, curves: Sequence[Curve]) -> tuple[float, Fraction]:
    """The rate as people say it, and what it is exactly: 29.97 or 30000/1001, whichever the keys lie on."""
    mode = scene.settings.get("TimeMode", [0])[0]
    rate = mode_rate(int(mode), float(scene.settings.get("CustomFrameRate", [0.0])[0]))
    if rate is None or not 1 <= rate <= 1000:
        raise FormatError(f"its frame rate is unknown (time mode {mode}, {rate}); set one of 1 to 1000")
    exact = [Fraction(str(rate))] + ([Fraction(round(rate) * 1000, 1001)] if rate in _NTSC else [])
    keys = max(curves, key=lambda curve: len(curve.ticks)).ticks

    def off(candidate: Fraction) -> float:
        frames = keys * (float(candidate) / TICKS)
        return float(np.abs(frames - np.round(frames)).max())

    return whole(rate), min(exact, key=off)


def _moments(scene: Scene, stack: int, curves: Sequence[Curve], rate: Fraction, channels: int) -> Array:
    """[frames] int64, the ticks of the frames, from the animation's start to its end."""
    spans = scene.table(stack)
    first, last = min(curve.ticks[0] for curve in curves), max(curve.ticks[-1] for curve in curves)
    start = int(spans.get("LocalStart", [first])[0])
    stop = int(spans.get("LocalStop", [last])[0])
    if stop < start:
        start, stop = int(first), int(last)
    frames = round((stop - start) * rate / TICKS) + 1
    if frames > MOST_FRAMES or frames * channels > MOST_VALUES:
        raise FormatError(f"it claims {frames} frames of {channels} channels, which is more than is read")
    return start + frame_ticks(frames, rate)


def _resting(scene: Scene, channel: int) -> float:
    """The weight of a channel that nothing moves."""
    return float(scene.table(channel).get("DeformPercent", [0.0])[0]) / 100


def _head(scene: Scene, layers: list[set[int]], at: Array, step: float) -> tuple[Array | None, str | None]:
    """[frames, 3] degrees of the mesh that turns as a head does, if there is one, and the sound it names."""
    for model in scene.of_kind("Model", "Mesh"):
        table = scene.table(model)
        if table.get("RotationOrder") != [TURN_ORDER]:
            continue
        audio = table.get("audio", [None])[0]
        sound = audio if isinstance(audio, str) else None
        curves = scene.curves(layers, model, "Lcl Rotation")
        if not curves:
            return None, sound
        rest: Any = table.get("Lcl Rotation", [0.0, 0.0, 0.0])
        turns = [
            curves[part].sample(at, step) if part in curves else np.full(len(at), float(rest[place]))
            for part, place in _TURNS
        ]
        return np.stack(turns, axis=1), sound
    return None, None
