"""Vertices of many frames at once are those of the mesh, posed frame by frame."""

from __future__ import annotations

import numpy as np
import pytest

from rigs import ARKIT_NAMES, Mesh, Rig, RigError, default_head
from rigs.solving.evaluate import Evaluator, shape_matrix, vertex_blocks, vertices_of

RANDOM = np.random.default_rng(3)
WEIGHTS = RANDOM.random((7, 52)).astype(np.float32)


def head() -> Mesh:
    mesh = default_head().mesh
    assert mesh is not None
    return mesh


def posed(mesh: Mesh) -> np.ndarray:
    return np.stack([mesh.pose(dict(zip(ARKIT_NAMES, row.tolist(), strict=True))) for row in WEIGHTS])


def test_every_frame_is_the_posed_mesh() -> None:
    found = vertices_of(head(), WEIGHTS, ARKIT_NAMES)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, posed(head()), atol=1e-7)


def test_some_vertices_in_the_order_asked_for() -> None:
    only = [9000, 3, 3, 520]
    found = vertices_of(head(), WEIGHTS, ARKIT_NAMES, only)
    np.testing.assert_allclose(found, posed(head())[:, only], atol=1e-7)


def test_names_without_a_shape_move_nothing(tiny_rig: Rig) -> None:
    mesh = tiny_rig.mesh
    assert mesh is not None
    found = vertices_of(mesh, [[1, 0.5], [0, 0]], ("noSuchShape", "jawOpen"))
    np.testing.assert_allclose(found[0], mesh.pose({"jawOpen": 0.5}), atol=1e-8)
    np.testing.assert_array_equal(found[1], mesh.vertices)
    assert not shape_matrix(mesh, ("noSuchShape",)).any()


def test_blocks_are_the_whole() -> None:
    whole = vertices_of(head(), WEIGHTS, ARKIT_NAMES)
    parts = list(vertex_blocks(head(), WEIGHTS, ARKIT_NAMES, block=3))
    assert [len(part) for part in parts] == [3, 3, 1]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-7)


def test_memory_is_used_again() -> None:
    evaluator = Evaluator(head(), ARKIT_NAMES)
    place = np.full((7, len(head().vertices), 3), np.nan, np.float32)
    assert evaluator(WEIGHTS, place) is place
    np.testing.assert_allclose(place, posed(head()), atol=1e-7)
    with pytest.raises(RigError, match="out has shape"):
        evaluator(WEIGHTS[:2], place)


def test_no_channels_are_the_face_at_rest() -> None:
    np.testing.assert_array_equal(vertices_of(head(), np.zeros((1, 0)), ())[0], head().vertices)


def test_no_frames_give_no_vertices() -> None:
    assert vertices_of(head(), np.zeros((0, 52)), ARKIT_NAMES).shape == (0, len(head().vertices), 3)


def test_too_much_at_once_names_the_way_out() -> None:
    with pytest.raises(RigError, match=r"would take \d+\.\d GiB; use vertex_blocks"):
        vertices_of(head(), np.broadcast_to(np.float32(0), (1_000_000, 52)), ARKIT_NAMES)


@pytest.mark.parametrize(
    ("weights", "only", "message"),
    [
        (np.zeros((2, 3)), None, r"weights has shape \(2, 3\)"),
        (np.full((2, 52), np.nan), None, "NaN"),
        (np.zeros((2, 52)), [len(head().vertices)], f"were asked for; the mesh has {len(head().vertices)}"),
        (np.zeros((2, 52)), [-1], "were asked for"),
        (np.zeros((2, 52)), [], "expected vertex numbers"),
        (np.zeros((2, 52)), [0.5], "expected vertex numbers"),
    ],
)
def test_what_cannot_be_is_told(weights: np.ndarray, only: list[float] | None, message: str) -> None:
    with pytest.raises(RigError, match=message) as caught:
        Evaluator(head(), ARKIT_NAMES, only)(weights)
    assert "\n" not in str(caught.value)
