"""What goes wrong in real life: broken datagrams, floods, taken ports, deleted objects, undo, other files.

The third argument is a JSON file: {"good": datagrams of jawOpen = 0.25, hex, "broken": [hex, …]}.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

import addon
import bpy


def running() -> Any:
    return addon.part("running")


def lines() -> list[str]:
    """What the panel would say."""
    panel = addon.part("panel")
    return list(panel.status(running().current(), addon.settings(), time.monotonic()))


def value(name: str = "Face") -> float:
    return float(bpy.data.objects[name].data.shape_keys.key_blocks["jawOpen"].value)


class Layout:
    """Stands in for Blender's layout: every property and operator that the panel names must exist."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def prop(self, data: Any, name: str, **_: Any) -> None:
        assert name in data.bl_rna.properties, name
        self.said.append(name)

    def prop_search(self, data: Any, name: str, where: Any, names: str) -> None:
        assert name in data.bl_rna.properties and hasattr(where, names)

    def operator(self, name: str, icon: str = "NONE") -> None:
        group, verb = name.split(".")
        assert getattr(getattr(bpy.ops, group), verb).get_rna_type()
        assert icon in bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items
        self.said.append(name)

    def label(self, text: str) -> None:
        self.said.append(text)

    def column(self, **_: Any) -> Layout:
        return self

    row = box = column


def draw() -> list[str]:
    """The panel's lines and buttons, as it draws them now."""
    layout = Layout()
    stand_in = type("Panel", (), {"layout": layout})()
    addon.part("panel").AUDIO2FACE_PT_live.draw(stand_in, bpy.context)
    return layout.said


def broken(sender: addon.Sender, good: list[str], bad: list[str]) -> dict[str, Any]:
    sender.send(good)
    sender.send(bad)
    receiver = running().current().receiver
    counted = (receiver.datagrams, receiver.bad)
    bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value = 0
    sender.send(good)
    return {"counted": counted, "value": value(), "lines": lines()}


def flood(sender: addon.Sender) -> dict[str, Any]:
    """Far more than fits is sent before the next look, which must be short all the same."""
    raw = b"/none\0\0\0,f\0\0\0\0\0\0"
    for _ in range(5000):
        sender.put(raw)
    receiver = running().current().receiver
    before, begin = receiver.datagrams, time.perf_counter()
    addon.pump()
    return {"seconds": time.perf_counter() - begin, "read": receiver.datagrams - before}


def taken() -> dict[str, Any]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        addon.settings().port = other.getsockname()[1]
        port = addon.refused(bpy.ops.audio2face.start)
        shown = draw()
    addon.settings().host = "face.example"
    host = addon.refused(bpy.ops.audio2face.start)
    addon.settings().host = "127.0.0.1"
    return {"port": port, "shown": shown, "host": host, "runs": running().current() is not None}


def sliders(sender: addon.Sender, wide: str) -> dict[str, Any]:
    """1.5 onto a slider from 0 to 1, first stopped, then with a wider range."""
    sender.send([wide])
    stopped, said = value(), lines()
    addon.settings().widen = True
    sender.send([wide])
    key = bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"]
    addon.settings().widen = False
    return {"stopped": stopped, "said": said, "wide": value(), "slider": key.slider_max}


def changes(sender: addon.Sender, good: list[str]) -> dict[str, Any]:
    """Renamed, deleted and added things, undo, and another file, while it runs."""
    found: dict[str, Any] = {}
    face = bpy.data.objects["Face"]
    key = face.data.shape_keys.key_blocks["jawOpen"]
    key.name = "renamed"
    sender.send(good)
    found["unmatched"] = lines()
    key.name = "jawOpen"
    key.value = 0.0
    running().current().look_again()
    sender.send(good)
    found["renamed back"] = value()

    bpy.ops.ed.undo_push(message="one")
    face.location.x = 5.0
    bpy.ops.ed.undo_push(message="two")
    bpy.ops.ed.undo()
    bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value = 0.0
    sender.send(good)
    found["after undo"] = (value(), bpy.data.objects["Face"].location.x)

    bpy.context.scene.collection.objects.unlink(bpy.data.objects["Face"])
    running().current().look_again()
    sender.send(good)
    found["unlinked"] = lines()
    bpy.data.objects.remove(bpy.data.objects["Face"])
    running().current().look_again()
    sender.send(good)
    found["removed"] = lines()
    addon.settings().target = addon.grid("Other", {"jawOpen": 1.0})
    running().current().look_again()
    sender.send(good)
    found["other"] = value("Other")

    port = addon.settings().port
    bpy.ops.audio2face.record()
    found["two sessions"] = (addon.start() is not None, addon.is_free(port))
    port = addon.settings().port
    bpy.ops.wm.read_homefile(use_empty=True)
    found["another file"] = (lines(), addon.is_free(port), running().pump())
    return found


def timer() -> dict[str, Any]:
    """What the timer does: goes on while a session runs, ends with it, and frees the port after any error."""
    goes_on = running()._tick()
    running().current().pump = lambda now: 1 / 0
    with contextlib.suppress(ZeroDivisionError):
        running()._tick()
    return {
        "goes on": goes_on,
        "freed": addon.is_free(addon.settings().port),
        "said": lines(),
        "ends": running()._tick(),
    }


addon.install()
given = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
addon.settings().target = addon.grid("Face", {"jawOpen": 1.0})
idle = draw()
nothing = taken()
sender = addon.start()
busy = draw()
bpy.ops.audio2face.record()
recording = draw()
empty = bpy.ops.audio2face.keep()
empty_said = running().said()
answers = {
    "broken": broken(sender, given["good"], given["broken"]),
    "flood": flood(sender),
    "sliders": sliders(addon.start(), given["wide"]),
    "timer": timer(),
    "changes": changes(addon.start(), given["good"]),
}
addon.answer(
    idle=idle,
    busy=busy,
    recording=recording,
    empty=[list(empty), empty_said],
    taken=nothing,
    **answers,
)
