"""The default head: size, symmetry, and what its shapes do."""

import itertools

import numpy as np
import pytest

from rigs.arkit import ARKIT_NAMES
from rigs.head import default_head
from rigs.mesh import Mesh

MIRROR = np.array([-1, 1, 1], dtype=np.float32)


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    found = default_head().mesh
    assert found is not None
    return found


def dense(mesh: Mesh, name: str) -> np.ndarray:
    deltas = np.zeros_like(mesh.vertices)
    deltas[mesh.targets[name].indices] = mesh.targets[name].deltas
    return deltas


def part(mesh: Mesh, name: str) -> slice:
    return slice(*mesh.parts[name])


def twins(points: np.ndarray) -> np.ndarray:
    """For each point the one at its mirror image."""
    order = np.lexsort(np.round(points * 1e5).astype(int).T)
    mirrored = np.lexsort(np.round(points * MIRROR * 1e5).astype(int).T)
    found = np.empty(len(points), dtype=int)
    found[mirrored] = order
    return found


def other_side(name: str) -> str:
    return name.replace("Left", "*").replace("Right", "Left").replace("*", "Right")


def test_it_has_every_arkit_shape(mesh: Mesh) -> None:
    assert default_head().names == ARKIT_NAMES
    assert tuple(mesh.targets) == ARKIT_NAMES
    assert all(len(target.indices) for target in mesh.targets.values())


def test_it_is_as_large_as_a_head_in_metres(mesh: Mesh) -> None:
    width, height, depth = np.ptp(mesh.vertices, axis=0)
    assert 0.15 < width < 0.20
    assert 0.20 < height < 0.30
    assert 0.18 < depth < 0.25
    assert mesh.vertices[mesh.landmarks["lip_upper"], 2] > 0.05, "the face looks along +z"
    assert mesh.vertices[mesh.landmarks["mouth_left"], 0] > 0, "its own left is +x"


def test_the_skin_is_mirror_symmetric(mesh: Mesh) -> None:
    points = mesh.vertices[part(mesh, "skin")]
    twin = twins(points)
    np.testing.assert_allclose(points[twin] * MIRROR, points, atol=2.1e-5)
    for name in ARKIT_NAMES:
        here = dense(mesh, name)[part(mesh, "skin")]
        there = dense(mesh, other_side(name))[part(mesh, "skin")]
        np.testing.assert_allclose(there[twin] * MIRROR, here, atol=5e-5, err_msg=name)


def test_no_shape_is_a_mixture_of_others(mesh: Mesh) -> None:
    shapes = np.stack([dense(mesh, name).ravel() for name in ARKIT_NAMES]).astype(np.float64)
    assert np.linalg.matrix_rank(shapes) == 52


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_blink_closes_the_lids(mesh: Mesh, side: str) -> None:
    upper, lower = (mesh.landmarks[f"lid_{lid}_{side}"] for lid in ("upper", "lower"))

    def opening(weight: float) -> float:
        posed = mesh.pose({f"eyeBlink{side.title()}": weight})
        return float(posed[upper, 1] - posed[lower, 1]) * 1000

    assert opening(0) > 7
    assert opening(0.5) == pytest.approx(opening(0) / 2, abs=0.5)
    assert -1 < opening(1) < 0.2


@pytest.mark.parametrize(
    ("side", "look"), list(itertools.product(["Left", "Right"], ["Up", "Down", "In", "Out"]))
)
def test_eyes_turn_as_one_piece(mesh: Mesh, side: str, look: str) -> None:
    name = f"eyeLook{look}{side}"
    eyes = part(mesh, "eyes")
    before, after = mesh.vertices[eyes], mesh.pose({name: 1})[eyes]
    own = (before[:, 0] > 0) == (side == "Left")
    assert np.array_equal(before[~own], after[~own])
    pairs = np.random.default_rng(0).integers(0, own.sum(), (500, 2))
    apart = [np.linalg.norm(np.diff(eye[own][pairs], axis=1), axis=2) for eye in (before, after)]
    np.testing.assert_allclose(apart[0], apart[1], atol=5e-5)
    pupil = mesh.landmarks[f"eye_{side.lower()}"]
    moved = mesh.pose({name: 1})[pupil] - mesh.vertices[pupil]
    sign = 1 if side == "Left" else -1
    way = {"Up": (0, 1), "Down": (0, -1), "In": (-sign, 0), "Out": (sign, 0)}[look]
    assert moved[:2] @ np.array(way) > 0.003


def test_left_shapes_move_the_characters_left(mesh: Mesh) -> None:
    for name in (name for name in ARKIT_NAMES if name.endswith("Left") and name[:3] not in ("jaw",)):
        if name == "mouthLeft":
            continue
        moved = mesh.targets[name]
        size = np.linalg.norm(moved.deltas, axis=1)
        assert np.average(mesh.vertices[moved.indices, 0], weights=size) > 0.005, name
    for name in ("jawLeft", "mouthLeft"):
        assert mesh.targets[name].deltas[:, 0].mean() > 0, name


def test_the_lower_teeth_go_with_the_jaw_and_the_upper_do_not(mesh: Mesh) -> None:
    jaw = dense(mesh, "jawOpen") * 1000
    assert jaw[mesh.landmarks["teeth_lower"], 1] < -20
    assert np.array_equal(jaw[mesh.landmarks["teeth_upper"]], np.zeros(3))


def test_teeth_lie_behind_the_closed_lips(mesh: Mesh) -> None:
    front = mesh.vertices[mesh.landmarks["teeth_upper"], 2]
    assert mesh.vertices[mesh.landmarks["lip_upper"], 2] - front > 0.004


def test_the_neck_ends_in_a_flat_rim_that_lies_still(mesh: Mesh) -> None:
    low = mesh.vertices[:, 1].min()
    rim = np.flatnonzero(mesh.vertices[:, 1] < low + 1e-5)
    assert len(rim) > 40
    for name in ARKIT_NAMES:
        assert np.abs(dense(mesh, name)[rim]).max() <= 1e-5, name


def test_parts_cover_the_mesh(mesh: Mesh) -> None:
    ends = list(mesh.parts.values())
    assert ends[0][0] == 0
    assert ends[-1][1] == len(mesh.vertices)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(ends))


def test_the_mouth_gets_darker_inwards(mesh: Mesh) -> None:
    for name in ("teeth", "tongue"):
        ahead, light = mesh.vertices[part(mesh, name), 2], mesh.colours[part(mesh, name), 0]
        deep = ahead.max() - ahead
        front, back = np.quantile(light[deep < 0.008], 0.9), np.quantile(light[deep > 0.016], 0.9)
        assert front > 1.5 * back, name


def test_the_collar_hides_the_rim_and_lies_still(mesh: Mesh) -> None:
    first, end = mesh.parts["collar"]
    rows = np.arange(first, end)
    for name in ARKIT_NAMES:
        assert not np.isin(mesh.targets[name].indices, rows).any(), name
    rim = mesh.vertices[part(mesh, "skin")]
    rim = rim[rim[:, 1] < mesh.vertices[:, 1].min() + 1e-5]
    collar = mesh.vertices[rows]
    assert np.abs(rim[:, 0]).max() < collar[:, 0].max()
    assert np.abs(collar[:, 0].max() + collar[:, 0].min()) < 1e-3, "as wide on one side as on the other"
