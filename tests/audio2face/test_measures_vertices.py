"""Lip vertex error and upper-face dynamics deviation, on faces whose answers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio2face.errors import OptionError
from audio2face.measures.regions import read_region
from audio2face.measures.vertices import (
    Compared,
    dynamics_deviation,
    head_regions,
    lip_errors,
    score_vertices,
)
from rigs import default_head, vertices_of

LIPS, UPPER = np.array([0, 1]), np.array([2, 3])


def still(frames: int = 4) -> np.ndarray:
    return np.zeros((frames, 5, 3))


def test_the_lip_error_is_that_of_the_worst_vertex_of_each_frame() -> None:
    captured, predicted = still(), still(6)
    predicted[0, 0] = [3, 4, 0]
    predicted[1, 1] = [0, 0, 2]
    predicted[2, 2] = [9, 9, 9]  # no lip
    np.testing.assert_allclose(lip_errors(predicted, captured, LIPS), [5, 2, 0, 0])
    np.testing.assert_allclose(lip_errors(predicted, captured, LIPS, squared=True), [25, 4, 0, 0])


def test_the_deviation_is_captured_minus_predicted_spread() -> None:
    template = np.ones((5, 3))
    captured, predicted = np.tile(template, (4, 1, 1)), np.tile(template, (4, 1, 1))
    captured[::2, 2, 1] += 2  # 0 or 2 from rest: spread 1, squares 0 or 4: spread 2
    assert dynamics_deviation(predicted, captured, template, UPPER) == pytest.approx(0.5)
    assert dynamics_deviation(predicted, captured, template, UPPER, squared=True) == pytest.approx(1.0)
    assert dynamics_deviation(captured, predicted, template, UPPER) == pytest.approx(-0.5)
    captured[:, 4] += np.arange(4)[:, None]  # outside of the region
    assert dynamics_deviation(predicted, captured, template, UPPER) == pytest.approx(0.5)


def test_frames_count_alike_for_lips_and_takes_alike_for_the_upper_face() -> None:
    long, short = still(9), still(1)
    wrong = still(1)
    wrong[0, 0, 0] = 10
    moving = still(9)
    moving[::3, 2, 0] = 3
    spread = float(np.std([3, 0, 0]))
    takes = [Compared(long, moving, np.zeros((5, 3))), Compared(wrong, short, np.zeros((5, 3)))]
    found = score_vertices(takes, LIPS, UPPER)
    assert found.lip_error == pytest.approx(1.0)  # one frame of ten
    assert found.deviation == pytest.approx(spread / 2 / 2)  # one vertex of two, one take of two
    assert (found.frames, found.takes) == (10, 2)


def test_captured_motion_scores_nothing_against_itself() -> None:
    random = np.random.default_rng(3).normal(size=(7, 5, 3))
    found = score_vertices([Compared(random, random, random[0])], LIPS, UPPER)
    assert (found.lip_error, found.deviation, found.lip_error_squared) == (0, 0, 0)


def test_regions_of_the_default_head_move_with_their_shapes_and_no_others() -> None:
    mesh = default_head().mesh
    assert mesh is not None
    lips, upper = head_regions(mesh)
    assert 50 < len(lips) < len(upper)
    assert not set(lips) & set(upper)
    for name, region, other in (("mouthPucker", lips, upper), ("browInnerUp", upper, lips)):
        moved = np.linalg.norm(vertices_of(mesh, [[1.0]], [name])[0] - mesh.vertices, axis=1)
        assert moved[region].max() > 0.003
        assert moved[other].max() < 0.1 * moved[region].max()


def test_regions_are_read_from_text_and_npy(tmp_path: Path) -> None:
    (tmp_path / "lve.txt").write_text("3, 1,2\n7 3")
    np.save(tmp_path / "lve.npy", np.array([7, 1, 2, 3], np.int32))
    for name in ("lve.txt", "lve.npy"):
        np.testing.assert_array_equal(read_region(tmp_path / name), [1, 2, 3, 7])


@pytest.mark.parametrize("text", ["", "one, two", "-1", "3.5"])
def test_no_region_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.txt").write_text(text)
    with pytest.raises(OptionError, match=r"r\.txt"):
        read_region(tmp_path / "r.txt")


def test_a_region_outside_of_the_mesh() -> None:
    with pytest.raises(OptionError, match="vertex 9, and the mesh has 5"):
        score_vertices([Compared(still(), still(), np.zeros((5, 3)))], LIPS, np.array([9]))
    with pytest.raises(OptionError, match="no take"):
        score_vertices([], LIPS, UPPER)
