"""Teeth and gums: two arches of fourteen teeth along those of the base mesh, the lower one on the jaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rigs.bake.eyes import fit_rotation
from rigs.bake.part import Floats, Ints, Part
from rigs.bake.source import Source
from rigs.bake.units import group_part, metres


@dataclass(frozen=True)
class Arch:
    """One arch.

    group   the helper teeth it is fitted to
    widths  mm, the teeth from the middle outwards
    up      +1 where the gums lie above (upper), -1 where below
    edge    height of the front edge in decimetres of the source
    back    mm by which it stands behind the helper teeth
    """

    group: str
    widths: tuple[float, ...]
    up: int
    edge: float
    back: float


UPPER = Arch("helper-upper-teeth", (8.6, 6.8, 7.8, 7.2, 6.8, 10.0, 9.5), 1, 6.670, 0.3)
LOWER = Arch("helper-lower-teeth", (5.5, 6.0, 6.9, 7.0, 7.1, 11.0, 10.5), -1, 6.682, 2.3)
"""Widths after the tooth tables of dental anatomy; the lower front teeth stand 2 mm behind the upper ones."""

_ENAMEL = np.array([0.71, 0.66, 0.56])
_GUM = np.array([0.43, 0.13, 0.125])
_SEAM = np.array([0.62, 0.52, 0.48])
_ACROSS = (-1.0, -0.8, -0.35, 0.35, 0.8)
"""Places across one tooth; its last edge is the first of the next."""

_PROFILE = (
    (2.1, -0.8, 1),
    (1.04, 0.3, 1),
    (0.98, -0.1, 0),
    (0.50, 0.5, 0),
    (0.10, 0.25, 0),
    (0.0, -0.4, 0),
    (0.04, -1.0, 0),
    (0.35, -2.2, 0),
    (1.0, -3.2, 1),
    (1.8, -3.6, 1),
)
"""From the gum outside round the edge to the gum inside: height over the crown's length, mm outwards, gum?"""


def teeth(source: Source) -> list[Part]:
    """Upper and lower teeth with their gums; marks `teeth_upper` and `teeth_lower` at the front edges."""
    return [_arch(source, UPPER, "teeth_upper"), _arch(source, LOWER, "teeth_lower")]


def _arch(source: Source, arch: Arch, mark: str) -> Part:
    helper = group_part(source, arch.group)
    helper = helper.keep(np.ones(len(helper.triangles), dtype=bool))
    along, tooth, across = _columns(arch.widths)
    place, outward = _curve(_front_row(helper), along, arch.back / 1000)
    rows = np.array(_PROFILE)
    crown = (9.0 - 2.2 * np.clip(tooth / 6, 0, 1) - 0.9 * (tooth == 1)) / 1000
    scallop = 1 - 0.10 * np.abs(across) ** 2
    round_edge = 0.0009 * np.abs(across) ** 4 + 0.0004 * (tooth == 1)
    chewing = 1 + np.clip((tooth - 2) / 3, 0, 1) * 1.6
    height = rows[:, :1] * crown * np.where(rows[:, :1] > 0.5, scallop, 1)
    height = height + round_edge * (rows[:, :1] <= 0.1)
    depth = np.where(rows[:, 1:2] < -0.9, rows[:, 1:2] * chewing, rows[:, 1:2]) / 1000
    depth = depth - 0.0007 * np.abs(across) ** 4 * (rows[:, 2:] == 0)
    spot = place[None] + outward[None] * depth[..., None]
    edge = metres(np.array([0, arch.edge, 0]))[1]
    vertices = np.stack([spot[..., 0], edge + arch.up * height, spot[..., 1]], axis=-1).reshape(-1, 3)
    colours = _paint(rows[:, 2], across)
    marks = {mark: 5 * len(along) + int(np.argmin(np.abs(along)))}
    deltas = np.stack([_with_jaw(helper, shape, vertices) for shape in helper.deltas])
    return Part(vertices, _sheet(len(rows), len(along), arch.up), colours, deltas, marks)


def _columns(widths: tuple[float, ...]) -> tuple[Floats, Floats, Floats]:
    """Metres along the arch, tooth number from the middle, and place across the tooth in -1..1."""
    starts = np.cumsum([0.0, *widths])
    one = [
        (start + width * (place + 1) / 2, number, place)
        for number, (start, width) in enumerate(zip(starts, widths, strict=False))
        for place in _ACROSS
    ]
    half = np.array([*one, (starts[-1], len(widths) - 1, 1.0)])
    whole = np.concatenate([half[:0:-1] * (-1, 1, 1), half])
    return whole[:, 0] / 1000, whole[:, 1], whole[:, 2]


def _front_row(helper: Part) -> Floats:
    """[points, 2] x and z of the helper's outer arch from the middle to the back on the left side."""
    points = helper.vertices[:, [0, 2]]
    angles = np.arctan2(points[:, 0], points[:, 1] - points[:, 1].min() + 0.004)
    row = [
        points[near][np.argmax(np.hypot(points[near, 0], points[near, 1] - points[:, 1].min()))]
        for start in np.arange(0, 90, 10)
        if (near := np.abs(np.degrees(angles) - start) < 5).any()
    ]
    return np.array(row)


def _curve(row: Floats, along: Floats, back: float) -> tuple[Floats, Floats]:
    """Places and outward directions, [columns, 2] each in x and z, at distances along a smooth arch."""
    width, depth = row[:, 0].max(), row[:, 1].max() - row[:, 1].min()
    turn = np.linspace(0, np.pi / 2, 400)
    bend = 0.9
    x, z = width * np.sin(turn) ** bend, row[:, 1].max() - back - depth * (1 - np.cos(turn) ** bend)
    way = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    reach = np.minimum(np.abs(along), way[-1] * 0.985)
    place = np.column_stack([np.interp(reach, way, x), np.interp(reach, way, z)])
    ahead = np.column_stack([np.interp(reach + 5e-4, way, x), np.interp(reach + 5e-4, way, z)])
    behind = np.column_stack([np.interp(reach - 5e-4, way, x), np.interp(reach - 5e-4, way, z)])
    tangent = ahead - behind
    outward = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    side = np.column_stack([np.where(along < 0, -1, 1), np.ones(len(along))])
    outward[along == 0] = (0, 1)
    return place * side, outward * side


def _sheet(rows: int, columns: int, up: int) -> Ints:
    """Triangles of a grid; the order of its corners makes the outside face outwards."""
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    b, c, d = a + 1, a + columns + 1, a + columns
    faces = np.concatenate([np.column_stack([a, d, c]), np.column_stack([a, c, b])])
    return faces if up > 0 else faces[:, ::-1]


def _paint(gum: Floats, across: Floats) -> Floats:
    """Enamel and gum, darker between the teeth."""
    base = np.where(gum[:, None] > 0, _GUM, _ENAMEL)
    colours = np.repeat(base, len(across), axis=0)
    seam = np.tile(np.abs(across) == 1, len(gum)) & np.repeat(gum == 0, len(across))
    colours[seam] *= _SEAM
    return colours


def _with_jaw(helper: Part, shape: Floats, vertices: Floats) -> Floats:
    """[vertices, 3] the rigid motion that a shape gives the helper teeth; less than 0.05 mm is none."""
    if np.abs(shape).max() < 5e-5:
        return np.zeros_like(vertices)
    middle = helper.vertices.mean(axis=0)
    turn = fit_rotation(helper.vertices, helper.vertices + shape)
    moved: Floats = (vertices - middle) @ turn.T + middle + shape.mean(axis=0) - vertices
    return moved
