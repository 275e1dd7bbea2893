"""An FBX file as objects and what hangs below what: two steps down at most, so that cycles do no harm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from exporters.errors import FormatError
from exporters.fbx.curve import Curve
from exporters.fbx.parse import Node

MOST_KEYS = 1 << 27
"""Keys of all curves together, as a small file can unpack to many."""


class Scene:
    """Objects by id, and the ids below each with the property that they drive ("" for none)."""

    def __init__(self, root: Node) -> None:
        none = Node("", [], [])
        self.settings = (root.child("GlobalSettings") or none).table()
        self.objects = {int(node.properties[0]): node for node in (root.child("Objects") or none).children}
        self._keys = 0
        self._below: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for link in (root.child("Connections") or none).children:
            _, child, parent, *end = link.properties
            if child in self.objects:
                self._below[parent].append((child, end[0] if end else ""))

    def of_kind(self, name: str, subtype: str | None = None) -> list[int]:
        """The ids of all objects of a kind, in the file's order."""
        return [
            number
            for number, node in self.objects.items()
            if node.name == name and (subtype is None or node.properties[2] == subtype)
        ]

    def name(self, number: int) -> str:
        """What a person calls an object."""
        return str(self.objects[number].properties[1]).partition("\0")[0]

    def table(self, number: int) -> dict[str, list[Any]]:
        """The property table of an object."""
        return self.objects[number].table()

    def layers(self, stack: int) -> list[set[int]]:
        """What each layer of an animation has."""
        return [
            {child for child, _ in self._below[layer]} for layer in self._children(stack, "AnimationLayer")
        ]

    def curves(self, layers: list[set[int]], target: int, property: str) -> dict[str, Curve]:
        """{part, such as d|X: curve} of a property, in the first layer that moves it."""
        nodes = list(self._children(target, "AnimationCurveNode", property))
        for layer in layers:
            for node in nodes:
                if node in layer:
                    return {
                        part: self._curve(self.objects[child])
                        for child, part in self._below[node]
                        if self.objects[child].name == "AnimationCurve"
                    }
        return {}

    def _curve(self, node: Node) -> Curve:
        self._keys += node.count("KeyTime")
        if self._keys > MOST_KEYS:
            raise FormatError(f"it has more than {MOST_KEYS} keys")
        return Curve.read(node)

    def _children(self, parent: int, name: str, property: str = "") -> Iterator[int]:
        for child, driven in self._below[parent]:
            if driven == property and self.objects[child].name == name:
                yield child
