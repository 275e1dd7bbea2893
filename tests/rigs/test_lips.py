"""Distances of the mouth, in millimetres on the default head."""

import numpy as np
import pytest

from rigs.arkit import ARKIT_NAMES
from rigs.head import default_head
from rigs.lips import lip_gap, lip_gap_row, lip_teeth_gap, mouth_width


def one(**weights: float) -> tuple[list[list[float]], list[str]]:
    return [list(weights.values())], list(weights)


def test_lips_touch_at_rest() -> None:
    mesh = default_head().mesh
    assert mesh is not None
    upper, lower = (mesh.vertices[mesh.landmarks[name], 1] for name in ("lip_upper", "lip_lower"))
    assert abs(upper - lower) <= 2e-5
    assert lip_gap(np.zeros((1, 52)), ARKIT_NAMES).tolist() == [0]


def test_an_open_jaw_parts_them_by_34_millimetres() -> None:
    assert lip_gap(*one(jawOpen=1))[0] == pytest.approx(34.5, abs=1)


@pytest.mark.parametrize("weight", [0.2, 0.5, 1.0])
def test_mouth_close_undoes_the_jaw(weight: float) -> None:
    assert lip_gap(*one(jawOpen=weight, mouthClose=weight))[0] == pytest.approx(0, abs=0.05)


def test_the_gap_is_the_distance_on_the_posed_mesh() -> None:
    weights = np.random.default_rng(1).random(52).astype(np.float32)
    mesh = default_head().mesh
    assert mesh is not None
    posed = mesh.pose(dict(zip(ARKIT_NAMES, weights.tolist(), strict=True)))
    rest, now = (
        points[mesh.landmarks["lip_upper"], 1] - points[mesh.landmarks["lip_lower"], 1]
        for points in (mesh.vertices, posed)
    )
    assert lip_gap(weights[None], ARKIT_NAMES)[0] == pytest.approx(1000 * (now - rest), abs=1e-3)


def test_rows_follow_the_order_of_names_and_ignore_strangers() -> None:
    row = lip_gap_row(["nothing", "jawOpen"])
    assert row.dtype == np.float32
    assert row[0] == 0
    assert row[1] == lip_gap_row(ARKIT_NAMES)[ARKIT_NAMES.index("jawOpen")]


def test_a_smile_widens_and_a_pucker_narrows() -> None:
    assert mouth_width(*one(mouthSmileLeft=1, mouthSmileRight=1))[0] > 8
    assert mouth_width(*one(mouthPucker=1))[0] < -5


def test_the_lower_lip_leaves_the_teeth_with_the_jaw() -> None:
    assert lip_teeth_gap(*one(jawOpen=0))[0] == pytest.approx(0, abs=1)
    assert lip_teeth_gap(*one(jawOpen=1))[0] > 25
