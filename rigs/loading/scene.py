"""Where the nodes of a glTF file stand at rest, and which of them is the head."""

from __future__ import annotations

from typing import Any

import numpy as np

from rigs.errors import RigError
from rigs.loading.accessors import floats
from rigs.loading.document import Document, Json
from rigs.retargeting.spelling import words

Array = np.ndarray[Any, Any]

_NO_HEAD = ("end", "top", "nub", "tip", "eff", "ik", "target", "ctrl", "control", "gear", "band", "phone")
"""Words that make a node with head in its name something beside the head."""


def local_matrix(node: Json) -> Array:
    """[4, 4] float64, of a node within its parent."""
    if "matrix" in node:
        return _numbers(node, "matrix", 16, []).reshape(4, 4).T
    result = np.eye(4)
    x, y, z, w = _numbers(node, "rotation", 4, [0, 0, 0, 1])
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    result[:3, :3] = turn * _numbers(node, "scale", 3, [1, 1, 1])
    result[:3, 3] = _numbers(node, "translation", 3, [0, 0, 0])
    return result


def _numbers(node: Json, key: str, count: int, usual: list[float]) -> Array:
    try:
        values = np.array(node.get(key, usual), np.float64)
    except (TypeError, ValueError) as error:
        raise RigError(f"a node's {key} are no numbers") from error
    if values.shape != (count,) or not np.isfinite(values).all():
        raise RigError(f"a node's {key} are no {count} finite numbers")
    return values


def parents(document: Document) -> dict[int, int]:
    """{node: its parent}. Raises RigError when a node has two parents or is above itself."""
    found: dict[int, int] = {}
    for place, node in enumerate(document.items("nodes")):
        for child in node.get("children", []):
            document.item("nodes", child)
            if child in found:
                raise RigError(f"node {child} has two parents")
            found[child] = place
    for start in found:
        seen, node_ = 0, start
        while node_ in found:
            node_, seen = found[node_], seen + 1
            if seen > len(found):
                raise RigError(f"node {start} is above itself")
    return found


def world_matrices(document: Document) -> list[Array]:
    """[4, 4] float64 of each node, from itself to the world."""
    above = parents(document)
    nodes = document.items("nodes")
    done: dict[int, Array] = {}
    for start in range(len(nodes)):
        path = [start]
        while path[-1] in above and path[-1] not in done:
            path.append(above[path[-1]])
        for place in reversed(path):
            if place not in done:
                own = local_matrix(nodes[place])
                done[place] = done[above[place]] @ own if place in above else own
    return [done[place] for place in range(len(nodes))]


def joint_matrices(document: Document, skin: Any, worlds: list[Array]) -> Array:
    """[joints, 4, 4] from where a mesh was bound to where its joints are at rest."""
    entry = document.item("skins", skin)
    joints = entry.get("joints")
    if not isinstance(joints, list) or not joints:
        raise RigError(f"skin {skin} has no joints")
    for joint in joints:
        document.item("nodes", joint)
    places = np.stack([worlds[joint] for joint in joints])
    if entry.get("inverseBindMatrices") is None:
        return places
    inverse = floats(document, entry["inverseBindMatrices"], 16).astype(np.float64)
    if len(inverse) < len(joints):
        raise RigError(f"skin {skin} has {len(inverse)} bind matrices for {len(joints)} joints")
    bound: Array = places @ inverse[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1)
    return bound


def head_node(document: Document) -> int | None:
    """The node that turns the head: the one VRM says, else a joint called head, else another such node."""
    said = _humanoid_head(document)
    nodes = document.items("nodes")
    if said is not None and 0 <= said < len(nodes):
        return said
    joints = {joint for skin in document.items("skins") for joint in skin.get("joints", [])}
    named = [place for place, node in enumerate(nodes) if _is_head(str(node.get("name", "")))]
    # The transform of a skinned mesh itself is without effect.
    plain = [place for place in named if "skin" not in nodes[place]]
    return min(
        plain, key=lambda place: (place not in joints, len(str(nodes[place]["name"])), place), default=None
    )


def _is_head(name: str) -> bool:
    parts = words(name)
    return "head" in parts[-2:] and not set(parts) & set(_NO_HEAD)


def _humanoid_head(document: Document) -> int | None:
    extensions = document.json.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    try:
        if "VRMC_vrm" in extensions:
            node = extensions["VRMC_vrm"]["humanoid"]["humanBones"]["head"]["node"]
        else:
            bones = extensions["VRM"]["humanoid"]["humanBones"]
            node = next(bone["node"] for bone in bones if bone["bone"] == "head")
    except (KeyError, TypeError, StopIteration):
        return None
    return node if isinstance(node, int) and not isinstance(node, bool) else None


def faces_back(document: Document) -> bool:
    """Whether the character looks along -z, as those of VRM 0 do; glTF's own way is +z."""
    extensions = document.json.get("extensions")
    return isinstance(extensions, dict) and "VRM" in extensions and "VRMC_vrm" not in extensions
