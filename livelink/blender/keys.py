"""A take → keyframes, in one action where an action can drive several things, else in one for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bpy

from . import head
from .channels import HEAD
from .errors import CannotRecord
from .spelling import Wiring
from .take import Row, Take

NAME = "audio2face take"


class Writer:
    """Writes curves of a take; `curves` and `keys` count what was written, `actions` names where to."""

    def __init__(self) -> None:
        self.actions: list[str] = []
        self.curves = self.keys = 0
        self._action: Any = None

    def begin(self, thing: Any) -> None:
        """Gives a data-block the action of the take; the one it had is kept, unused, in the file."""
        data = thing.animation_data or thing.animation_data_create()
        if data.action is not None:
            data.action.use_fake_user = True
        shared = hasattr(bpy.types.Action, "fcurve_ensure_for_datablock")
        if self._action is None or not shared:
            self._action = bpy.data.actions.new(NAME)
            self.actions.append(self._action.name)
        data.action = self._action

    def curve(
        self, thing: Any, path: str, index: int, group: str, points: Sequence[tuple[float, float]]
    ) -> None:
        """One property of a data-block that was begun, as (frame, value) at rising frames."""
        curve = self._new(thing, path, index, group)
        curve.keyframe_points.add(len(points))
        curve.keyframe_points.foreach_set("co", [number for point in points for number in point])
        curve.keyframe_points.foreach_set("interpolation", [_LINEAR] * len(points))
        curve.update()
        self.curves += 1
        self.keys += len(points)

    def _new(self, thing: Any, path: str, index: int, group: str) -> Any:
        ensure = bpy.types.Action.bl_rna.functions.get("fcurve_ensure_for_datablock")
        if ensure is not None:
            named = {"group_name": group} if "group_name" in ensure.parameters else {}  # not before 5.0
            return self._action.fcurve_ensure_for_datablock(thing, path, index=index, **named)
        curve = self._action.fcurves.new(path, index=index, action_group=group)
        data = thing.animation_data
        if getattr(data, "action_slot", self) is None:  # 4.4 has slots, and wants one chosen
            data.action_slot = self._action.slots[0]
        return curve


_LINEAR = bpy.types.Keyframe.bl_rna.properties["interpolation"].enum_items["LINEAR"].value


def write(take: Take, wiring: Wiring, settings: Any, start: head.Start | None) -> Writer:
    """Keys shape keys and head as they were shown. Raises CannotRecord when there is nothing to key."""
    rows = list(take.rows(settings.whole_frames))
    if not rows:
        raise CannotRecord("nothing was recorded: no frame came; is the sender on, and the port right?")
    writer = Writer()
    places = {name: place for place, name in enumerate(take.names)}
    for face, pairs in wiring.pairs.items():
        keys = bpy.data.shape_keys.get(face)
        _face(writer, keys, {key: places[name] for name, key in pairs.items() if name in places}, rows)
    thing = head.found(start) if start else None
    if start and thing is not None and any(name in places for name in HEAD):
        _head(writer, thing, start, [places.get(name, -1) for name in HEAD], rows, settings)
    if not writer.curves:
        raise CannotRecord(
            f"nothing was recorded: {len(rows)} frames came, and none moved a shape key or head"
        )
    return writer


def _face(writer: Writer, keys: Any, columns: dict[str, int], rows: Iterable[Row]) -> None:
    """The shape keys of one face, each from the frame on at which it first had a value."""
    found = [
        (keys.key_blocks[key], place) for key, place in columns.items() if keys and key in keys.key_blocks
    ]
    if found:
        writer.begin(keys)
    for block, place in found:
        low, high = block.slider_min, block.slider_max
        points = [
            (row.frame, min(high, max(low, row.values[place]))) for row in rows if place < len(row.values)
        ]
        name = bpy.utils.escape_identifier(block.name)
        writer.curve(keys, f'key_blocks["{name}"].value', 0, "Shape keys", points)


def _head(
    writer: Writer, thing: Any, start: head.Start, columns: list[int], rows: Iterable[Row], settings: Any
) -> None:
    """The head, as it turns with the strength of now."""
    series: list[tuple[float, list[float]]] = []
    near: list[float] = []
    for row in rows:
        values = {
            name: row.values[place]
            for name, place in zip(HEAD, columns, strict=True)
            if 0 <= place < len(row.values)
        }
        angles = head.angles_of(values, settings.head_strength)
        if angles is not None:
            near = head.numbers(thing, head.turned(thing, start, angles, settings.head_up), near)
            series.append((row.frame, near))
    writer.begin(thing.id_data)
    own = "" if thing.id_data == thing else f"{thing.path_from_id()}."
    for index in range(len(near)):
        points = [(frame, turn[index]) for frame, turn in series]
        writer.curve(thing.id_data, own + head.path(thing), index, start[1] or "Head", points)
