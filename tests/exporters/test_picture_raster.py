"""The rasteriser on triangles whose picture is known."""

import numpy as np
import pytest

from exporters.picture.raster import Seen, rasterise


def image(seen: Seen, width: int, height: int) -> np.ndarray:
    """[height, width] the triangle seen at each pixel, -1 for none."""
    picture = np.full(width * height, -1)
    picture[seen.pixels] = seen.triangles
    return picture.reshape(height, width)


def test_half_a_square_is_half_covered() -> None:
    points = np.array([[0, 0, 0.5], [0, 100, 0.5], [100, 100, 0.5]], dtype=float)
    seen = rasterise(points, np.array([[0, 1, 2]]), 100, 100)
    assert len(seen.pixels) == pytest.approx(5000, abs=50)
    assert image(seen, 100, 100)[99, 0] == 0
    assert image(seen, 100, 100)[0, 99] == -1


def test_triangles_seen_from_behind_are_left_out() -> None:
    points = np.array([[0, 0, 0.5], [0, 100, 0.5], [100, 100, 0.5]], dtype=float)
    assert len(rasterise(points, np.array([[0, 2, 1]]), 100, 100).pixels) == 0


def test_the_nearer_triangle_hides_the_other_whatever_their_order() -> None:
    points = np.array([[0, 0, 0.2], [0, 40, 0.2], [40, 40, 0.2], [0, 0, 0.7], [0, 40, 0.7], [40, 40, 0.7]])
    for faces, nearer in (([[0, 1, 2], [3, 4, 5]], 1), ([[3, 4, 5], [0, 1, 2]], 0)):
        seen = rasterise(points, np.array(faces), 40, 40)
        assert set(seen.triangles.tolist()) == {nearer}


def test_triangles_that_cross_share_the_picture() -> None:
    square = [[0, 0], [0, 40], [40, 40], [40, 0]]
    tilted = [[*place, 0.3 + 0.01 * place[0]] for place in square]
    flat = [[*place, 0.5] for place in square]
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    picture = image(rasterise(np.array(tilted + flat), faces, 40, 40), 40, 40)
    assert set(picture[:, :19].ravel()) == {2, 3}
    assert set(picture[:, 21:].ravel()) == {0, 1}


def test_neighbours_leave_no_gap() -> None:
    """A fan of thin triangles round a crooked middle covers its square exactly once."""
    rim = np.array([[0, 0], [0, 64], [64, 64], [64, 0]], dtype=float)
    rim = np.concatenate([np.linspace(rim[side], rim[(side + 1) % 4], 9)[:-1] for side in range(4)])
    points = np.column_stack([np.vstack([rim, [30.3, 29.7]]), np.full(33, 0.5)])
    faces = np.array([[32, place, (place + 1) % 32] for place in range(32)])
    assert len(rasterise(points, faces, 64, 64).pixels) == 64 * 64


def test_shares_interpolate_between_the_corners() -> None:
    points = np.array([[0, 0, 0.5], [0, 10, 0.5], [10, 10, 0.5]], dtype=float)
    seen = rasterise(points, np.array([[0, 1, 2]]), 10, 10)
    second, third = seen.shares.T
    column = np.tensordot(np.stack([1 - second - third, second, third]), points[:, 0], (0, 0))
    np.testing.assert_allclose(column, seen.pixels % 10 + 0.5, atol=1e-5)


def test_what_lies_outside_is_cut_off() -> None:
    points = np.array([[-500, -500, 0.5], [-500, 900, 0.5], [900, 900, 0.5]], dtype=float)
    seen = rasterise(points, np.array([[0, 1, 2]]), 20, 10)
    assert len(seen.pixels) > 0
    assert seen.pixels.max() < 200
    assert len(rasterise(points + np.array([0, 2000, 0]), np.array([[0, 1, 2]]), 20, 10).pixels) == 0
