"""Sends frames that the test encoded, over UDP, and tells what Blender makes of the meshes.

The third argument is a JSON file: {protocol: [[datagrams of a frame, hex], …]}, and "names" of 52 shapes.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import addon
import bpy

FACE = {"jawOpen": 1.0, "mouthSmile_L": 10.0, "blendShape1.tongueOut": 100.0, "hat": 1000.0}
TEETH = {"JawOpen": 3.0}


def scene(names: list[str]) -> None:
    """A root with face, teeth, and a face of 52 shapes below the teeth; another face stands apart."""
    root = bpy.data.objects.new("Root", None)
    bpy.context.scene.collection.objects.link(root)
    face, teeth = addon.grid("Face", FACE), addon.grid("Teeth", TEETH)
    whole = addon.grid("Whole", dict.fromkeys(names, 0.01))
    addon.grid("Apart", {"jawOpen": 1.0})
    face.parent = teeth.parent = root
    whole.parent = teeth


def play(protocol: str, frames: list[list[str]]) -> dict[str, Any]:
    """Heights of face, teeth and the one apart after each frame, values of the 52, and the figures."""
    sender = addon.start(protocol=protocol, target=bpy.data.objects["Root"], rest_on_stop=True)
    session = addon.part("running").current()
    heights, values, spent, awaited = [], [], [], 0
    blocks = bpy.data.objects["Whole"].data.shape_keys.key_blocks
    for frame in frames:
        for datagram in frame:
            sender.put(datagram)
        begin = time.perf_counter()
        addon.pump()
        spent.append(time.perf_counter() - begin)
        awaited += len(frame)
        sender.wait(awaited)
        heights.append([addon.height(name) for name in ("Face", "Teeth", "Apart")])
        values.append({block.name: block.value for block in blocks[1:]})
    receiver, now = session.receiver, time.monotonic()
    found = {
        "heights": heights,
        "values": values,
        "microseconds": sorted(spent)[len(spent) // 2] * 1e6,
        "datagrams": receiver.datagrams,
        "bad": receiver.bad,
        "frames": receiver.frames + len(receiver.close_frame()),
        "unmatched": session.wiring.unmatched,
        "sender": receiver.last_sender,
        "kind": receiver.kind,
        "rate": receiver.rate(now),
    }
    bpy.ops.audio2face.stop()
    return {**found, "rest": [addon.height(name) for name in ("Face", "Teeth", "Whole")]}


addon.install()
given = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
scene(given.pop("names"))
addon.answer(**{protocol: play(protocol, frames) for protocol, frames in given.items()})
