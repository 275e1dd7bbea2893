"""Shape keys of the chosen objects. Nothing here outlives a call: objects may vanish between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy

from .spelling import Wiring

WIDEST = 10.0
"""What Blender allows a slider's range to be, either way."""


def objects(scene: Any, settings: Any, selected: Iterable[str]) -> list[Any]:
    """The objects that the settings mean, of those that are in the scene."""
    if settings.scope == "SELECTED":
        return [scene.objects[name] for name in selected if name in scene.objects]
    target = settings.target
    if target is None or scene.objects.get(target.name) is None:
        return []
    return [target, *target.children_recursive] if settings.scope == "CHILDREN" else [target]


def faces(found: Iterable[Any]) -> dict[str, list[str]]:
    """{key block: names of its shape keys without the base}, each once, though objects may share one."""
    result: dict[str, list[str]] = {}
    for thing in found:
        keys = getattr(thing.data, "shape_keys", None)
        if keys is not None and keys.use_relative:
            base = keys.reference_key.name
            result[keys.name] = [name for name in keys.key_blocks.keys() if name != base]  # noqa: SIM118
    return result


def show(wiring: Wiring, values: Mapping[str, float], widen: bool) -> set[str] | None:
    """Moves the shape keys; those whose slider stopped them, or None when one is gone."""
    stopped: set[str] = set()
    for face, pairs in wiring.pairs.items():
        blocks = _blocks(face)
        for name, key in pairs.items():
            block = blocks.get(key)
            if block is None:
                return None
            value = values.get(name)
            if value is not None and not _set(block, value, widen):
                stopped.add(key)
    return stopped


def _set(block: Any, value: float, widen: bool) -> bool:
    """Sets one shape key; whether the value was within its range."""
    if block.value == value:
        return True
    if widen and not block.slider_min <= value <= block.slider_max:
        block.slider_min = min(block.slider_min, max(-WIDEST, value))
        block.slider_max = max(block.slider_max, min(WIDEST, value))
    block.value = value  # Blender keeps it within the range of the slider
    return abs(block.value - value) < 1e-6


def rest(driven: Mapping[str, Iterable[str]]) -> None:
    """Sets these shape keys to 0, or as near as their sliders go; those that are gone are passed over."""
    for face, keys in driven.items():
        blocks = _blocks(face)
        for key in keys:
            if key in blocks:
                _set(blocks[key], 0.0, False)


def _blocks(face: str) -> dict[str, Any]:
    keys = bpy.data.shape_keys.get(face)
    return dict(keys.key_blocks.items()) if keys is not None else {}
