"""A mesh and its shapes as FBX objects.

FBX is in centimetres here, as Maya and Unreal are: UnitScaleFactor 1. Colours of vertices are sRGB, which is
how Blender and three read them. Each part of the mesh has a material of its own, in the mean colour of the
part, and that is linear, as Blender and FBX2glTF take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from exporters.fbx.document import Document, number, properties, switch, vector
from exporters.fbx.document import entry as row
from exporters.fbx.names import plain
from exporters.fbx.record import Record, array, double, flag, int32, text
from exporters.normals import normals
from rigs import Mesh, MorphTarget

Array = np.ndarray[Any, Any]

CENTIMETRES = 100.0
"""Of a metre."""
TURN_ORDER = 4
"""FbxEuler's ZXY: roll first, then pitch, then yaw, as `exporters.rotations` has it."""
_STILL = MorphTarget(np.zeros(1, dtype=np.int32), np.zeros((1, 3), dtype=np.float32))
"""One vertex that does not move: a shape without any is dropped by some readers."""


def add_mesh(
    document: Document, mesh: Mesh, names: Sequence[str], audio: str | None
) -> tuple[int, list[int]]:
    """Adds the mesh with a shape for each name; gives the ids of its model and of the shapes' channels."""
    model = _add_model(document, audio)
    document.connect(model)
    geometry = document.add("Geometry", "Head", "Geometry", "Mesh", *_surface(mesh))
    document.connect(geometry, model)
    for name, colour in _parts(mesh)[1]:
        document.connect(_add_material(document, name, colour), model)
    deformer = document.add("Deformer", "Shapes", "Deformer", "BlendShape", Record("Version", (int32(100),)))
    document.connect(deformer, geometry)
    return model, [_add_shape(document, deformer, name, mesh.targets.get(name, _STILL)) for name in names]


def _add_model(document: Document, audio: str | None) -> int:
    """The node that turns. The sound is named in a property of the user's own kind."""
    sound = () if audio is None else (row("audio", "KString", "", "U", text(audio)),)
    table = properties(
        switch("RotationActive", True),
        row("RotationOrder", "enum", "", "", int32(TURN_ORDER)),
        row("InheritType", "enum", "", "", int32(1)),
        row("DefaultAttributeIndex", "int", "Integer", "", int32(0)),
        vector("Lcl Translation", "Lcl Translation", (0, 0, 0)),
        vector("Lcl Rotation", "Lcl Rotation", (0, 0, 0)),
        vector("Lcl Scaling", "Lcl Scaling", (1, 1, 1)),
        *sound,
    )
    more = Record("Shading", (flag(True),)), Record("Culling", (text("CullingOff"),))
    return document.add("Model", "Head", "Model", "Mesh", Record("Version", (int32(232),)), table, *more)


@lru_cache(maxsize=4)
def _surface(mesh: Mesh) -> tuple[Record, ...]:
    """The triangles; the last corner of each is written as its complement, which ends a polygon.

    Kept for a few meshes, as packing one takes longer than all curves of a line of speech.
    """
    material, _ = _parts(mesh)
    corners = mesh.triangles.astype(np.int32)
    ended = np.column_stack([corners[:, :2], ~corners[:, 2]]).reshape(-1)
    colours = np.column_stack([_srgb(mesh.colours), np.ones(len(mesh.vertices))])
    return (
        Record("Vertices", (array(_centimetres(mesh.vertices)),)),
        Record("PolygonVertexIndex", (array(ended),)),
        Record("GeometryVersion", (int32(124),)),
        _layer("Normal", "ByVertice", "Direct", Normals=normals(mesh).astype(np.float64)),
        _layer("Color", "ByPolygonVertex", "IndexToDirect", Colors=colours, ColorIndex=corners),
        _layer("Smoothing", "ByPolygon", "Direct", Smoothing=np.ones(len(corners), dtype=np.int32)),
        _layer("Material", "ByPolygon", "IndexToDirect", Materials=material),
        _layers("Normal", "Color", "Smoothing", "Material"),
    )


def _layer(kind: str, mapping: str, reference: str, **arrays: Array) -> Record:
    """One attribute of the surface."""
    head = (
        Record("Version", (int32(102 if kind == "Smoothing" else 101),)),
        Record("Name", (text(""),)),
        Record("MappingInformationType", (text(mapping),)),
        Record("ReferenceInformationType", (text(reference),)),
    )
    rows = (Record(name, (array(values.reshape(-1)),)) for name, values in arrays.items())
    return Record(f"LayerElement{kind}", (int32(0),), (*head, *rows))


def _layers(*kinds: str) -> Record:
    """The list of the attributes above."""
    elements = (
        Record(
            "LayerElement",
            children=(
                Record("Type", (text(f"LayerElement{kind}"),)),
                Record("TypedIndex", (int32(0),)),
            ),
        )
        for kind in kinds
    )
    return Record("Layer", (int32(0),), (Record("Version", (int32(100),)), *elements))


def _add_material(document: Document, name: str, colour: tuple[float, float, float]) -> int:
    return document.add(
        "Material",
        plain(name),
        "Material",
        "",
        Record("Version", (int32(102),)),
        Record("ShadingModel", (text("lambert"),)),
        Record("MultiLayer", (int32(0),)),
        properties(vector("DiffuseColor", "Color", colour)),
    )


def _add_shape(document: Document, deformer: int, name: str, target: MorphTarget) -> int:
    """A channel from 0 to 100 and the shape that it reaches there; gives the channel's id."""
    target = target if len(target.indices) else _STILL
    channel = document.add(
        "Deformer",
        name,
        "SubDeformer",
        "BlendShapeChannel",
        Record("Version", (int32(100),)),
        properties(number("DeformPercent", 0.0, "A")),
        Record("DeformPercent", (double(0.0),)),
        Record("FullWeights", (array(np.array([100.0])),)),
    )
    shape = document.add("Geometry", name, "Geometry", "Shape", *_moved(target))
    document.connect(channel, deformer)
    document.connect(shape, channel)
    return channel


@lru_cache(maxsize=1024)
def _moved(target: MorphTarget) -> tuple[Record, ...]:
    """The vertices of a shape, kept as `_surface` is."""
    return (
        Record("Version", (int32(100),)),
        Record("Indexes", (array(target.indices.astype(np.int32)),)),
        Record("Vertices", (array(_centimetres(target.deltas)),)),
    )


def _parts(mesh: Mesh) -> tuple[Array, list[tuple[str, tuple[float, float, float]]]]:
    """[triangles] int32, the material of each, and the materials' names and colours."""
    ranges, first = list(mesh.parts.items()), mesh.triangles[:, 0]
    material = np.full(len(mesh.triangles), len(ranges), dtype=np.int32)
    for place, (_, (start, end)) in enumerate(ranges):
        material[(first >= start) & (first < end)] = place
    if np.any(material == len(ranges)):
        ranges.append(("other" if ranges else "head", (0, len(mesh.vertices))))
    return material, [(name, _mean_colour(mesh.colours[start:end])) for name, (start, end) in ranges]


def _mean_colour(colours: Array) -> tuple[float, float, float]:
    red, green, blue = colours.mean(axis=0) if len(colours) else (0.5, 0.5, 0.5)
    return float(red), float(green), float(blue)


def _srgb(linear: Array) -> Array:
    """Linear light in 0..1 → sRGB, IEC 61966-2-1."""
    light = np.clip(linear.astype(np.float64), 0, 1)
    curved: Array = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return curved


def _centimetres(metres: Array) -> Array:
    """[n * 3] float64. Rounded to 1e-7 cm, which drops the noise of float32 and packs shorter."""
    scaled: Array = np.round(metres.astype(np.float64) * CENTIMETRES, 7).reshape(-1)
    return scaled
