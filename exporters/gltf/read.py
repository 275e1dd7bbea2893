"""Reading the weights back from a glTF binary with an animation of morph targets.

Reads what `glb` writes and what other programs write alike, as long as the keys are linear, in floats and
evenly spaced. The mesh is not read.

glTF 2.0, "4.4 GLB File Format": 12 bytes of head, then chunks of length, kind and data.
"""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from exporters.errors import FormatError
from exporters.rates import nearest_rate
from exporters.rotations import head_angles
from rigs import AnimationClip

Array = np.ndarray[Any, Any]

_JSON, _BIN = 0x4E4F534A, 0x004E4942
_WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}


def read_glb(file: Path) -> AnimationClip:
    """The first weights animation as a clip; the head from a rotation of the same node, if keyed alike.

    Raises FormatError when the file is no glb, is cut off, has no such animation or no target names, or its
    keys are not linear, evenly spaced floats.
    """
    try:
        return _Reader(file.read_bytes()).clip()
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise FormatError(f"its structure is broken: {type(error).__name__} {str(error)[:80]}") from error


class _Reader:
    """The JSON part and the binary part of one file."""

    def __init__(self, data: bytes) -> None:
        text = data.lstrip()[:1] == b"{"
        chunks = {_JSON: data} if text else _chunks(data)
        try:
            self.json = json.loads(chunks[_JSON])
        except (KeyError, ValueError) as error:
            raise FormatError("it is a glTF without readable JSON") from error
        self.blob = _embedded(self.json["buffers"][0]["uri"]) if text else chunks.get(_BIN, b"")

    def clip(self) -> AnimationClip:
        animation, channel = self._weights_channel()
        sampler, node = animation["samplers"][channel["sampler"]], channel["target"]["node"]
        names = self._names(node)
        times = self._array(sampler["input"], 1)[:, 0]
        weights = self._array(_linear(sampler)["output"], 1)[:, 0]
        if not names or len(weights) != len(times) * len(names):
            raise FormatError(f"{len(weights)} weights for {len(times)} times of {len(names)} targets")
        extras = {**(self.json["asset"].get("extras") or {}), **(animation.get("extras") or {})}
        audio = extras.get("audio")
        return AnimationClip(
            names,
            weights.reshape(len(times), len(names)),
            _rate(times, extras.get("fps")),
            head=self._head(animation, node, sampler["input"]),
            audio=audio if isinstance(audio, str) else None,
        )

    def _weights_channel(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The first channel that moves morph targets, and its animation; ours before others of the file.

        Of a head in several meshes, the first that names its targets: a user's teeth may not.
        """
        animations = sorted(
            self.json.get("animations", []), key=lambda a: (a.get("extras") or {}).get("by") != "audio2face"
        )
        found = [
            (animation, channel)
            for animation in animations
            for channel in animation["channels"]
            if channel["target"].get("path") == "weights"
        ]
        if not found:
            raise FormatError("it has no animation of morph-target weights")
        ours = [pair for pair in found if pair[0] is found[0][0]]
        return next((pair for pair in ours if self._named(pair[1]["target"]["node"])), found[0])

    def _named(self, node: int) -> bool:
        mesh = self.json["meshes"][_index(self.json["nodes"][_index(node)]["mesh"])]
        return bool((mesh.get("extras") or {}).get("targetNames"))

    def _names(self, node: int) -> tuple[str, ...]:
        """The target names of a node's mesh."""
        mesh = self.json["meshes"][_index(self.json["nodes"][_index(node)]["mesh"])]
        names = mesh.get("extras", {}).get("targetNames")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise FormatError("its mesh does not name its morph targets (extras.targetNames)")
        return tuple(names)

    def _head(self, animation: dict[str, Any], node: int, times: int) -> Array | None:
        """[frames, 3] degrees, when the node turns at the same times."""
        for channel in animation["channels"]:
            sampler = animation["samplers"][channel["sampler"]]
            if channel["target"] == {"node": node, "path": "rotation"} and sampler["input"] == times:
                return head_angles(self._array(_linear(sampler)["output"], 4))
        return None

    def _array(self, accessor: int, width: int) -> Array:
        """[count, width] the floats behind an accessor."""
        entry = self.json["accessors"][_index(accessor)]
        if entry["componentType"] != 5126 or _WIDTHS.get(entry["type"]) != width or "sparse" in entry:
            raise FormatError(f"accessor {accessor} does not hold plain floats in rows of {width}")
        view = self.json["bufferViews"][_index(entry["bufferView"])]
        start = _index(view.get("byteOffset", 0)) + _index(entry.get("byteOffset", 0))
        count = _index(entry["count"])
        end = start + count * width * 4
        if view.get("buffer") != 0 or end > len(self.blob):
            raise FormatError(
                f"accessor {accessor} reaches byte {end} of {len(self.blob)}; the file is cut off"
            )
        return np.frombuffer(self.blob[start:end], dtype="<f4").reshape(count, width)


def _embedded(uri: str) -> bytes:
    """The bytes that a .gltf holds as text."""
    kind, found, text = uri.partition(";base64,")
    if not (found and kind.startswith("data:")):
        raise FormatError(f"its numbers are in {uri[:60]!r}; save it as .glb, or with the buffer embedded")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise FormatError("its buffer is no base64; the file is damaged") from error


def _chunks(data: bytes) -> dict[int, bytes]:
    """The first chunk of each kind."""
    if data[:4] != b"glTF" or len(data) < 20:
        raise FormatError("it is no glb (it does not start with 'glTF')")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2 or length > len(data):
        raise FormatError(
            f"glb version {version}, {length} bytes by its head and {len(data)} here; expected version 2"
        )
    chunks: dict[int, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        chunks.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size
    return chunks


def _index(value: Any) -> int:
    """A count or place from the JSON; Python would take -1 for the last."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise FormatError(f"{str(value)[:30]!r} where a count or index belongs")
    return value


def _linear(sampler: dict[str, Any]) -> dict[str, Any]:
    """The sampler, if it is one that a clip can stand for."""
    if sampler.get("interpolation", "LINEAR") != "LINEAR":
        raise FormatError(f"its keys are {str(sampler['interpolation'])[:40]}; bake them to LINEAR first")
    return sampler


def _rate(times: Array, noted: Any) -> float:
    """Frames a second: the noted rate where the times agree with it, else measured."""
    noted = noted if isinstance(noted, int | float) and not isinstance(noted, bool) and noted > 0 else None
    if len(times) < 2:
        return noted or 30
    steps = np.diff(times.astype(np.float64))
    step = float(times[-1] - times[0]) / len(steps)
    if not step > 0 or np.abs(steps - step).max() > 0.1 * step + 1e-6:
        raise FormatError("its keys are not evenly spaced; bake the animation to a steady rate first")
    if noted is not None and abs(noted * step - 1) < 1e-3:
        return float(noted) if isinstance(noted, float) else noted
    return nearest_rate(1 / step)
