"""What runs between Start and Stop: packets → shape keys and head, and a take while one is recorded.

A session keeps names and numbers, never objects of Blender: those change under undo and when a file loads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import bpy
from mathutils import Quaternion

from . import faces, head, keys
from .errors import CannotRecord
from .receiver import Receiver
from .spelling import Wiring
from .take import Take

LOOK_AGAIN = 1.0
"""Seconds after which objects and shape keys are looked up anew: people add and rename them."""

_HINTS = {
    "SELECTED": "no selected object has shape keys; select the face, then Start anew",
    "CHILDREN": "neither the object nor what hangs on it has shape keys",
    "OBJECT": "the object has no shape keys",
}


class Session:
    """One stream onto one scene.

    trouble  why nothing moves, or nothing
    stopped  names of shape keys that their sliders stopped
    take     the recording, while there is one
    """

    def __init__(self, scene: Any, receiver: Receiver, selected: Iterable[str]) -> None:
        self.receiver = receiver
        self.scene = scene.session_uid
        self.wiring = Wiring({})
        self.trouble = ""
        self.stopped: set[str] = set()
        self.take: Take | None = None
        self.began = time.monotonic()
        self._selected = tuple(selected)
        self._looked = float("-inf")
        self._driven: dict[str, set[str]] = {}
        self._starts: dict[tuple[str, str], head.Start] = {}
        self._start: head.Start | None = None

    def pump(self, now: float | None = None) -> int:
        """Reads what came and shows it; how many frames it made. Never waits."""
        now = time.monotonic() if now is None else now
        before = self.receiver.datagrams - self.receiver.bad
        frames = self.receiver.poll(now)
        if self.take is not None:
            for frame in frames:
                self.take.add(frame)
        scene = self._scene()
        news = self.receiver.datagrams - self.receiver.bad != before
        if scene is None:
            self.trouble = "the scene it was started in is gone; stop, and start in another"
        elif (news or now - self._looked > LOOK_AGAIN) and not bpy.app.is_job_running("RENDER"):
            self._show(scene, now)
        return len(frames)

    def look_again(self) -> None:
        """Objects may have changed: looks them up anew at the next pump."""
        self._looked = float("-inf")

    def _scene(self) -> Any | None:
        return next((scene for scene in bpy.data.scenes if scene.session_uid == self.scene), None)

    def _show(self, scene: Any, now: float) -> None:
        settings, values = scene.audio2face_live, self.receiver.shown
        if now - self._looked > LOOK_AGAIN:
            self._look(scene, settings, now)
        self.wiring.learn(values)
        stopped = faces.show(self.wiring, values, settings.widen)
        if stopped is None:
            self._look(scene, settings, now)
            self.wiring.learn(values)
            stopped = faces.show(self.wiring, values, settings.widen) or set()
        self.stopped = stopped
        for face, pairs in self.wiring.pairs.items():
            self._driven.setdefault(face, set()).update(pairs.values())
        self._turn(scene, settings)

    def _look(self, scene: Any, settings: Any, now: float) -> None:
        """Finds the shape keys anew."""
        self._looked = now
        found = faces.objects(scene, settings, self._selected)
        self.wiring = Wiring(faces.faces(found))
        if self.wiring.pairs:
            self.trouble = ""
        elif found or settings.scope == "SELECTED":
            self.trouble = _HINTS[settings.scope]
        else:
            self.trouble = "the face is not in this scene" if settings.target else "no face is chosen"

    def _turn(self, scene: Any, settings: Any) -> None:
        angles = head.angles_of(self.receiver.shown, settings.head_strength)
        thing = head.chosen(scene, settings)
        if angles is None or thing is None:
            return
        start = head.start_of(thing)
        self._start = start = self._starts.setdefault(start[:2], start)
        head.set_turn(thing, head.turned(thing, start, angles, settings.head_up))

    def record(self, scene: Any, now: float | None = None) -> None:
        """Begins a take at the scene's current frame, instead of one that may be going on."""
        settings, render = scene.audio2face_live, scene.render
        self.pump(now)
        self.receiver.close_frame()
        self.take = Take(
            time.monotonic() if now is None else now,
            float(scene.frame_current_final),
            render.fps / render.fps_base,
            settings.clock == "STREAM",
        )

    def keep(self) -> keys.Writer:
        """Ends the take and writes its keyframes. Raises CannotRecord when there is nothing to write."""
        self.pump()
        take, self.take = self.take, None
        scene = self._scene()
        if take is None or scene is None:
            raise CannotRecord("nothing is being recorded")
        for frame in self.receiver.close_frame():
            take.add(frame)
        self._look(scene, scene.audio2face_live, time.monotonic())
        self.wiring.learn(take.names)
        return keys.write(take, self.wiring, scene.audio2face_live, self._start)

    def rest(self) -> None:
        """What was moved goes back: shape keys to 0, the head to where it was."""
        faces.rest(self._driven)
        for start in self._starts.values():
            thing = head.found(start)
            if thing is not None:
                head.set_turn(thing, Quaternion(start[2]))

    def close(self) -> None:
        """Frees the port."""
        self.receiver.close()
