"""What the scripts for the add-on share. They are given a folder of their own, and the archive.

Blender's user folder is put into that folder before Blender starts, so that nothing else is touched.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FOLDER, ARCHIVE = Path(sys.argv[1]), Path(sys.argv[2])
os.environ["BLENDER_USER_RESOURCES"] = str(FOLDER / "user")
(FOLDER / "user").mkdir(exist_ok=True)

import bpy  # noqa: E402  after the folder is named

MODULE = "bl_ext.user_default.audio2face_live"
WAIT = 20.0
"""Seconds after which anything counts as hung."""


def install() -> None:
    """Installs the archive as an extension and enables it, as Preferences > Get Extensions does."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.preferences.addon_enable(module="bl_pkg")
    done = bpy.ops.extensions.package_install_files(
        filepath=str(ARCHIVE), repo="user_default", enable_on_install=True
    )
    assert done == {"FINISHED"}, done


def part(name: str) -> Any:
    """A module of the installed add-on."""
    return importlib.import_module(f"{MODULE}.{name}")


def pump(now: float | None = None) -> int:
    """What the timer would do."""
    return int(part("running").pump(now))


def settings() -> Any:
    return bpy.context.scene.audio2face_live


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def grid(name: str, shapes: dict[str, float]) -> Any:
    """A triangle whose shape keys lift the first vertex by so much; every key starts at 0."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    thing.shape_key_add(name="Basis")
    for shape, lift in shapes.items():
        key = thing.shape_key_add(name=shape, from_mix=False)
        key.value = 0.0  # Blender 5.0 makes them with 1
        key.data[0].co.z = lift
    return thing


def height(name: str) -> float:
    """How high the first vertex is once Blender has applied the shape keys."""
    return positions(name)[0][2]


def positions(name: str) -> list[tuple[float, float, float]]:
    """Every vertex as Blender would draw it."""
    graph = bpy.context.evaluated_depsgraph_get()
    drawn = bpy.data.objects[name].evaluated_get(graph)
    mesh = drawn.to_mesh()
    found = [tuple(vertex.co) for vertex in mesh.vertices]
    drawn.to_mesh_clear()
    return found


class Sender:
    """A socket that sends to the add-on, and waits until the add-on has read what was sent."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._to = ("127.0.0.1", port)

    def send(self, datagrams: Iterable[str | bytes], now: float | None = None) -> None:
        """Sends datagrams (hex or bytes) and pumps until all have been read, the clock standing at `now`."""
        sent = part("running").current().receiver.datagrams
        for datagram in datagrams:
            self.put(datagram)
            sent += 1
            self.wait(sent, now)

    def put(self, datagram: str | bytes) -> None:
        """Sends a datagram, hex or bytes."""
        raw = bytes.fromhex(datagram) if isinstance(datagram, str) else datagram
        self._socket.sendto(raw, self._to)

    def wait(self, datagrams: int, now: float | None = None) -> None:
        """Pumps until the add-on has read so many datagrams."""
        receiver = part("running").current().receiver
        until(lambda: pump(now) >= 0 and receiver.datagrams >= datagrams)


def until(good: Callable[[], Any]) -> None:
    """Asks until something holds."""
    end = time.monotonic() + WAIT
    while not good():
        assert time.monotonic() < end, "it did not come"


def start(**choices: Any) -> Sender:
    """Starts the add-on with these settings on a free port."""
    for name, value in {"port": free_port(), **choices}.items():
        setattr(settings(), name, value)
    assert bpy.ops.audio2face.start() == {"FINISHED"}
    return Sender(settings().port)


def refused(call: Callable[[], Any]) -> str:
    """What an operator that must fail says."""
    try:
        done = call()
    except RuntimeError as error:
        return str(error).strip()
    raise AssertionError(f"it was done: {done}")


def curves(thing: Any) -> dict[str, list[tuple[float, float]]]:
    """{path[index]: (frame, value) of its keys} of a data-block's action, in any Blender."""
    data = thing.animation_data
    if data is None or data.action is None:
        return {}
    action, found = data.action, []
    if hasattr(action, "layers"):
        for layer in action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(data.action_slot)
                found += list(bag.fcurves) if bag else []
    else:
        found = list(action.fcurves)
    assert all(key.interpolation == "LINEAR" for curve in found for key in curve.keyframe_points)
    return {
        f"{curve.data_path}[{curve.array_index}]": [tuple(key.co) for key in curve.keyframe_points]
        for curve in found
    }


def answer(**values: Any) -> None:
    """The last line, which the test reads."""
    print(json.dumps(values), flush=True)
