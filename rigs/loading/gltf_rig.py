"""A glTF file as a rig: every named morph target a channel, and all its meshes as one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rigs.arrays import FloatArray
from rigs.channel import Channel
from rigs.errors import RigError
from rigs.loading.accessors import floats, numbers
from rigs.loading.document import Document, Json, objects
from rigs.loading.morphs import expressions, mesh_names, rest_weights
from rigs.loading.pictures import Pictures
from rigs.loading.scene import faces_back, head_node, joint_matrices, world_matrices
from rigs.mesh import Mesh, MorphTarget
from rigs.origin import Origin
from rigs.rig import Rig

Array = np.ndarray[Any, Any]

_COMPRESSED = frozenset({"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"})
_GREY = (0.6, 0.6, 0.6)
_ABOUT = np.diag([-1.0, 1.0, -1.0, 1.0])
"""Half a turn about y."""


def gltf_rig(document: Document) -> Rig:
    """The channels in the order of the file, meshes that share a name together.

    The mesh stands as the file does at rest, skins applied, looking along +z; it is None when the file is
    compressed, as only names are read then. Raises RigError when there are no morph targets or no names.
    """
    names: dict[str, None] = {}
    rest: dict[str, float] = {}
    nameless = False
    for node in document.items("nodes"):
        if "mesh" in node:
            mesh = document.item("meshes", node["mesh"])
            own = mesh_names(document, mesh)
            nameless |= not own and any(objects(part, "targets") for part in objects(mesh, "primitives"))
            names |= dict.fromkeys(own)
            rest = rest_weights(mesh, own, node) | rest
    if not names:
        raise RigError(
            "its morph targets have no names (mesh.extras.targetNames); export it with names"
            if nameless
            else "it has no shapes: no mesh has morph targets"
        )
    head = head_node(document)
    title = "" if head is None else str(document.items("nodes")[head].get("name") or f"node {head}")
    origin = Origin(document.path, expressions(document), rest, title)
    compressed = _COMPRESSED & set(map(str, document.json.get("extensionsUsed", [])))
    merged = None if compressed else _Merge(document).mesh()
    return Rig(tuple(map(Channel, names)), merged, origin)


def painted(rig: Rig, document: Document) -> Rig:
    """The rig of that file with the colours of its pictures at its vertices.

    Raises RigError when the file says what cannot be.
    """
    found = _Merge(document, Pictures(document)).mesh()
    if rig.mesh is None or found is None or found.colours.shape != rig.mesh.colours.shape:
        return rig
    return replace(rig, mesh=replace(rig.mesh, colours=found.colours))


class _Merge:
    """All triangles of a file, one primitive after the other."""

    def __init__(self, document: Document, pictures: Pictures | None = None) -> None:
        self._document, self._pictures = document, pictures
        self._worlds = world_matrices(document)
        if faces_back(document):
            self._worlds = [_ABOUT @ world for world in self._worlds]
        self._vertices: list[FloatArray] = []
        self._triangles: list[Array] = []
        self._colours: list[FloatArray] = []
        self._targets: dict[str, list[tuple[Array, FloatArray]]] = {}
        self._parts: dict[str, tuple[int, int]] = {}
        self._count = 0

    def mesh(self) -> Mesh | None:
        """The merged mesh; None when the file has no triangles."""
        for place, node in enumerate(self._document.items("nodes")):
            if "mesh" in node:
                self._add_node(place, node)
        if not self._vertices:
            return None
        targets = {
            name: MorphTarget(np.concatenate([r for r, _ in parts]), np.concatenate([d for _, d in parts]))
            for name, parts in self._targets.items()
        }
        return Mesh(
            np.concatenate(self._vertices),
            np.concatenate(self._triangles),
            np.concatenate(self._colours),
            targets,
            parts=self._parts,
        )

    def _add_node(self, place: int, node: Json) -> None:
        mesh = self._document.item("meshes", node["mesh"])
        names = mesh_names(self._document, mesh)
        first = self._count
        for primitive in objects(mesh, "primitives"):
            if primitive.get("mode", 4) in (4, 5, 6):
                self._add(primitive, names, place, node)
        title = str(node.get("name") or mesh.get("name") or place)
        self._parts[title if title not in self._parts else f"{title} {place}"] = (first, self._count)

    def _add(self, primitive: Json, names: tuple[str, ...], place: int, node: Json) -> None:
        attributes = primitive.get("attributes")
        if not isinstance(attributes, dict) or "POSITION" not in attributes:
            return
        points = floats(self._document, attributes["POSITION"], 3).astype(np.float64)
        moves = self._moves(attributes, place, node, len(points))
        linear = moves[..., :3, :3]
        self._vertices.append(_turned(linear, points, moves[..., :3, 3]))
        self._triangles.append(self._corners(primitive, len(points)) + self._count)
        self._colours.append(self._colour(primitive, attributes, len(points)))
        for name, target in zip(names, objects(primitive, "targets"), strict=bool(names)):
            if "POSITION" in target:
                self._add_target(name, target["POSITION"], linear, len(points))
        self._count += len(points)

    def _add_target(self, name: str, accessor: Any, linear: Array, count: int) -> None:
        if self._document.item("accessors", accessor).get("count") != count:
            raise RigError(f"morph target {name[:60]!r} has not the {count} vertices of its mesh")
        deltas = floats(self._document, accessor, 3)
        moved = np.flatnonzero(deltas.any(axis=1))
        own = linear if linear.ndim == 2 else linear[moved]
        turned = _turned(own, deltas[moved].astype(np.float64), np.zeros(3))
        rows = (moved + self._count).astype(np.int32)
        self._targets.setdefault(name, []).append((rows, turned))

    def _moves(self, attributes: Json, place: int, node: Json, count: int) -> Array:
        """[4, 4], or [vertices, 4, 4] for a skin, from the mesh to the world."""
        if "skin" not in node or "JOINTS_0" not in attributes:
            return self._worlds[place]
        matrices = joint_matrices(self._document, node["skin"], self._worlds)
        moves = np.zeros((count, 4, 4))
        for number in range(8):
            keys = f"JOINTS_{number}", f"WEIGHTS_{number}"
            if not all(key in attributes for key in keys):
                break
            joints = numbers(self._document, attributes[keys[0]], 4)
            weights = floats(self._document, attributes[keys[1]], 4)
            if joints.dtype.kind != "u" or len(joints) != count or len(weights) != count:
                raise RigError("a mesh's joints and weights are not those of its vertices")
            if joints.max() >= len(matrices):
                raise RigError(f"a mesh follows joint {joints.max()} of {len(matrices)}")
            for column in range(4):
                moves += weights[:, column, None, None] * matrices[joints[:, column]]
        return moves

    def _corners(self, primitive: Json, count: int) -> Array:
        """[triangles, 3] int32; strips and fans as the triangles they stand for."""
        if primitive.get("indices") is None:
            corners = np.arange(count)
        else:
            corners = numbers(self._document, primitive["indices"], 1)[:, 0].astype(np.int64)
        if len(corners) and corners.max() >= count:
            raise RigError(f"a triangle has vertex {corners.max()} of {count}")
        if primitive.get("mode", 4) == 4:
            return corners[: len(corners) // 3 * 3].reshape(-1, 3).astype(np.int32)
        steps = np.arange(max(len(corners) - 2, 0))
        if primitive["mode"] == 5:
            odd = steps % 2
            rows = np.stack([steps, steps + 1 + odd, steps + 2 - odd], axis=1)
        else:
            rows = np.stack([steps + 1, steps + 2, np.zeros_like(steps)], axis=1)
        return corners[rows].astype(np.int32)

    def _colour(self, primitive: Json, attributes: Json, count: int) -> FloatArray:
        """[vertices, 3] linear RGB from the vertices' own colours, the material's, perhaps its picture."""
        base, picture = np.array(_GREY), None
        if "material" in primitive:
            material = self._document.item("materials", primitive["material"])
            if self._pictures is not None:
                picture = self._pictures.colours(material, attributes, count)
            plain = _GREY if picture is None else (1.0, 1.0, 1.0)
            factor = (material.get("pbrMetallicRoughness") or {}).get("baseColorFactor", [*plain, 1.0])
            base = np.clip(np.array(factor[:3], np.float64), 0, 1)
        colours = np.ones((count, 3)) * base * (1.0 if picture is None else picture)
        if "COLOR_0" in attributes:
            kind = self._document.item("accessors", attributes["COLOR_0"]).get("type")
            own = floats(self._document, attributes["COLOR_0"], 4 if kind == "VEC4" else 3)
            colours = colours / base.max(initial=1e-6) * np.clip(own[:, :3], 0, 1)
        return np.clip(colours, 0, 1).astype(np.float32)


def _turned(linear: Array, rows: Array, shift: Array) -> FloatArray:
    """[n, 3] the rows through one matrix, or each through its own."""
    turned = rows @ linear.T if linear.ndim == 2 else np.einsum("nij,nj->ni", linear, rows)
    return (turned + shift).astype(np.float32)
