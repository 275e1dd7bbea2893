"""Loads an fbx with ufbx and prints what it understood, in the file's own unit.

A program of its own, as ufbx for Python crashes when its lists are iterated or not held on to.

python read_ufbx.py FILE FRAME_RATE FRAME,... SHAPE...
"""

from __future__ import annotations

import json
import sys
from typing import Any

import ufbx

HELD: list[Any] = []


def items(found: Any) -> list[Any]:
    """The items of one of ufbx's lists; list and items are kept for good."""
    kept = [found[at] for at in range(len(found))]
    HELD.extend([found, *kept])
    return kept


def main(file: str, rate: str, frames: str, *shapes: str) -> dict[str, Any]:
    """Everything that the tests compare."""
    scene = ufbx.load_file(file)
    settings, metadata, meshes = scene.settings, scene.metadata, items(scene.meshes)
    stacks = items(scene.anim_stacks)
    HELD.extend([scene, settings, metadata])
    stack = stacks[0]
    seen: dict[str, Any] = {
        "meshes": len(meshes),
        "warnings": len(items(metadata.warnings)),
        "fps": settings.frames_per_second,
        "metres": settings.unit_meters,
        "names": [channel.name for channel in items(scene.blend_channels)],
        "stacks": len(stacks),
        "stack": [stack.name, stack.time_begin, stack.time_end],
    }
    if meshes:
        mesh = meshes[0]
        seen["triangles"] = mesh.num_triangles
        seen["rest"] = rows(mesh.vertices)
        seen["materials"] = [material.name for material in items(scene.materials)]
        seen["colours"] = mesh.vertex_color.exists
        seen["moved"] = {name: shape(scene, name, mesh.num_vertices) for name in shapes}
    seen |= {"keys": keys(stack), "turns": turns(scene, stack, float(rate), frames)}
    seen["audio"] = audio(scene)
    return seen


def rows(points: Any) -> list[list[float]]:
    """Every point of a list of vectors."""
    return [[point.x, point.y, point.z] for point in items(points)]


def shape(scene: Any, name: str, vertices: int) -> list[list[float]]:
    """[vertices][3] where a shape moves them."""
    found = next(shape for shape in items(scene.blend_shapes) if shape.name == name)
    moved, offsets = items(found.offset_vertices), rows(found.position_offsets)
    dense = [[0.0, 0.0, 0.0] for _ in range(vertices)]
    for at, offset in enumerate(offsets):
        dense[moved[at]] = offset
    return dense


def keys(stack: Any) -> dict[str, Any]:
    """The keys of every channel."""
    result = {}
    for one in items(items(stack.layers)[0].anim_props):
        if one.prop_name != "DeformPercent":
            continue
        element, value = one.element, one.anim_value
        curves = value.curves
        HELD.extend([element, value, curves])
        held = items(curves[0].keyframes)
        result[element.name] = {
            "times": [point.time for point in held],
            "values": [point.value for point in held],
            "linear": all(point.interpolation == ufbx.Interpolation.LINEAR for point in held),
        }
    return result


def head(scene: Any) -> Any:
    """The node that carries the mesh."""
    return next(node for node in items(scene.nodes) if node.name == "Head")


def turns(scene: Any, stack: Any, rate: float, frames: str) -> list[list[float]]:
    """[frames][4] the head's quaternion x, y, z, w at these frames."""
    node, anim, result = head(scene), stack.anim, []
    for frame in filter(None, frames.split(",")):
        turned = ufbx.evaluate_transform(anim, node, int(frame) / rate).rotation
        result.append([turned.x, turned.y, turned.z, turned.w])
    return result


def audio(scene: Any) -> str | None:
    """The user property that names the sound."""
    properties = head(scene).props
    found = properties.find_prop("audio")
    HELD.extend([properties, found])
    return None if found is None else str(found.value_str)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(json.dumps(main(*sys.argv[1:])), flush=True)
