"""The morph targets of glTF meshes by name, and the expressions that VRM makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rigs.errors import RigError
from rigs.loading.document import Document, Json, objects


def mesh_names(document: Document, mesh: Json) -> tuple[str, ...]:
    """Names of a mesh's morph targets in order; none when it has no targets or no names.

    They stand in `extras.targetNames` of the mesh, in those of a primitive (UniVRM), or are the names of the
    accessors. Raises RigError when a name comes twice in the mesh.
    """
    primitives = objects(mesh, "primitives")
    counts = {len(objects(primitive, "targets")) for primitive in primitives}
    if not counts or counts == {0}:
        return ()
    if len(counts) > 1:
        raise RigError(f"mesh {_title(mesh)} has primitives with different numbers of morph targets")
    count = counts.pop()
    options = [_listed(part.get("extras")) for part in (mesh, *primitives)]
    options.append(_accessor_names(document, primitives[0]))
    names = next((tuple(option[:count]) for option in options if len(option) >= count), ())
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RigError(f"mesh {_title(mesh)} has two morph targets named {twice[:60]!r}; rename one")
    return names


def _listed(extras: Any) -> list[str]:
    names = extras.get("targetNames") if isinstance(extras, dict) else None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


def _accessor_names(document: Document, primitive: Json) -> list[str]:
    """Names of the accessors of the targets, if each has its own."""
    names = []
    for target in objects(primitive, "targets"):
        accessor = next(iter(target.values()), None)
        names.append(str(document.item("accessors", accessor).get("name", "")))
    return names if all(names) and len(set(names)) == len(names) else []


def _title(mesh: Json) -> str:
    return repr(str(mesh.get("name", "without a name"))[:60])


def rest_weights(mesh: Json, names: tuple[str, ...], node: Json | None = None) -> dict[str, float]:
    """{target: weight} of those that are not 0 in the file; a node's own weights come before its mesh's."""
    weights = (node or {}).get("weights", mesh.get("weights", []))
    if not isinstance(weights, list):
        return {}
    pairs = zip(names, weights, strict=False)
    return {
        name: float(w) for name, w in pairs if isinstance(w, int | float) and not isinstance(w, bool) and w
    }


def expressions(document: Document) -> Mapping[str, Mapping[str, float]]:
    """{expression: {morph target: weight}} of a VRM file; presets by the names of their specification."""
    extensions = document.json.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    try:
        if "VRMC_vrm" in extensions:
            found = _vrm1(document, extensions["VRMC_vrm"])
        elif "VRM" in extensions:
            found = _vrm0(document, extensions["VRM"])
        else:
            found = {}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RigError(f"its VRM expressions are broken: {type(error).__name__} {str(error)[:60]}") from error
    return {name: binds for name, binds in found.items() if binds}


def _vrm1(document: Document, vrm: Json) -> dict[str, dict[str, float]]:
    """VRMC_vrm 1.0, "expressions": weights from 0 to 1 on the meshes of nodes."""
    groups = vrm.get("expressions", {})
    result = {}
    for name, expression in {**groups.get("custom", {}), **groups.get("preset", {})}.items():
        binds: dict[str, float] = {}
        for bind in expression.get("morphTargetBinds", []):
            mesh = document.item("meshes", document.item("nodes", bind["node"]).get("mesh"))
            _bind(binds, mesh_names(document, mesh), bind["index"], float(bind["weight"]))
        result[str(name)] = binds
    return result


def _vrm0(document: Document, vrm: Json) -> dict[str, dict[str, float]]:
    """VRM 0.0, "blendShapeMaster": weights from 0 to 100 on meshes."""
    result = {}
    for group in vrm.get("blendShapeMaster", {}).get("blendShapeGroups", []):
        preset = str(group.get("presetName", "unknown")).lower()
        binds: dict[str, float] = {}
        for bind in group.get("binds", []):
            mesh = document.item("meshes", bind["mesh"])
            _bind(binds, mesh_names(document, mesh), bind["index"], float(bind["weight"]) / 100)
        result[str(group.get("name", "")) if preset == "unknown" else preset] = binds
    return result


def _bind(binds: dict[str, float], names: tuple[str, ...], index: Any, weight: float) -> None:
    if isinstance(index, int) and 0 <= index < len(names):
        binds[names[index]] = weight
