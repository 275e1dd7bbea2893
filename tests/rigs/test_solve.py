"""Weights from vertices: recovered through noise, least by an independent solver, refused where not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from scipy.spatial.transform import Rotation

import audio2face
from audio2face.commands.demo import SAMPLE
from rigs import ARKIT_NAMES, Channel, ClipError, Mesh, MorphTarget, Rig, RigError, arkit_rig, default_head
from rigs.solving.evaluate import shape_matrix, vertices_of
from rigs.solving.rigid import Motion, find_motion
from rigs.solving.solve import SMOOTH_UNIT, UNIT, SolveSettings, clip_from_vertices, solve_weights

NOISE = 1e-4
"""Metres, a tenth of a millimetre, on every coordinate."""

OFF = SolveSettings(0, 0, 0, 0, 0)
HEAD = default_head().mesh
assert HEAD is not None
VERTICES = len(HEAD.vertices)


def noisy(weights: np.ndarray) -> np.ndarray:
    """The default head's vertices, with noise."""
    mesh = default_head().mesh
    assert mesh is not None
    vertices = vertices_of(mesh, weights, ARKIT_NAMES)
    return vertices + np.float32(NOISE) * np.random.default_rng(5).standard_normal(vertices.shape, np.float32)


def sparse_weights(frames: int) -> np.ndarray:
    random = np.random.default_rng(1)
    return np.where(random.random((frames, 52)) < 0.15, random.random((frames, 52)), 0).astype(np.float32)


def correlations(one: np.ndarray, two: np.ndarray, least: float = 0.05) -> np.ndarray:
    """[moving] r of each channel whose range in `one` is at least that."""
    moving = np.flatnonzero(np.ptp(one, axis=0) >= least)
    return np.array([np.corrcoef(one[:, at], two[:, at])[0, 1] for at in moving])


def test_random_weights_come_back_through_noise() -> None:
    weights = sparse_weights(150)
    solved = solve_weights(default_head(), noisy(weights))
    found = correlations(weights, solved.weights)
    assert len(found) == 52
    assert found.min() >= 0.99
    assert found.mean() >= 0.999
    # What is left is the noise: √3 of it for three coordinates.
    np.testing.assert_allclose(solved.errors, np.sqrt(3) * NOISE, rtol=0.1)


def test_speech_comes_back_through_noise() -> None:
    clip = audio2face.animate(audio2face.FileSource(SAMPLE), audio2face.load_model("studio"), fps=60)
    solved = solve_weights(default_head(), noisy(clip.weights))
    found = correlations(clip.weights, solved.weights)
    assert len(found) >= 15
    assert found.min() >= 0.99
    assert found.mean() >= 0.997


def test_the_same_twice() -> None:
    vertices = noisy(sparse_weights(20))
    one, two = (solve_weights(default_head(), vertices).weights for _ in range(2))
    np.testing.assert_array_equal(one, two)


def small_rig(seed: int = 2) -> Rig:
    """Six channels with other ranges on forty vertices; two are nearly alike."""
    random = np.random.default_rng(seed)
    names = ("mouthSmileLeft", "mouthSmileRight", "jawLeft", "jawRight", "a", "b")
    deltas = random.normal(0, 0.01, (6, 40, 3))
    deltas[5] = deltas[4] + random.normal(0, 0.001, (40, 3))
    targets = {name: MorphTarget(np.arange(40), delta) for name, delta in zip(names, deltas, strict=True)}
    mesh = Mesh(random.normal(0, 0.1, (40, 3)), np.zeros((0, 3)), np.zeros((40, 3)), targets)
    channels = [Channel(name) for name in names[:4]]
    return Rig((*channels, Channel("a", -1, 1), Channel("b", -0.5, 2)), mesh)


def test_without_expectations_it_is_bounded_least_squares() -> None:
    rig, random = small_rig(), np.random.default_rng(4)
    assert rig.mesh is not None
    shapes = shape_matrix(rig.mesh, rig.names).astype(np.float64)
    vertices = rig.mesh.vertices + (random.normal(0, 1, (9, 6)) @ shapes).reshape(9, 40, 3)
    solved = solve_weights(rig, vertices, settings=OFF)
    low, high = zip(*((channel.minimum, channel.maximum) for channel in rig.channels), strict=True)
    for frame, weights in zip(vertices, solved.weights, strict=True):
        expected = lsq_linear(shapes.T, (frame - rig.mesh.vertices).ravel(), (low, high), tol=1e-12).x
        np.testing.assert_allclose(weights, expected, atol=1e-3)
    assert solved.weights.min(axis=0) == pytest.approx(np.maximum(low, solved.weights.min(axis=0)))


def test_all_expectations_at_once_against_another_solver() -> None:
    """The same problem written out as one tall system of all frames."""
    rig, settings = small_rig(), SolveSettings(30, 0, 5, 40, 0)
    assert rig.mesh is not None
    shapes = shape_matrix(rig.mesh, rig.names).astype(np.float64)
    weights = np.random.default_rng(6).random((5, 6))
    vertices = rig.mesh.vertices + (weights @ shapes).reshape(5, 40, 3)
    usual = np.median(np.square(shapes).sum(axis=1))
    unit = UNIT * usual
    difference = np.zeros((1, 6))
    difference[0, :2] = 1, -1
    frame = np.vstack([shapes.T, np.sqrt(unit * 30) * np.eye(6), np.sqrt(unit * 40) * difference])
    change = np.sqrt(SMOOTH_UNIT * usual * 5) * np.kron(np.diff(np.eye(5), axis=0), np.eye(6))
    tall = np.vstack([np.kron(np.eye(5), frame), change])
    goal = np.zeros((5, len(frame)))
    goal[:, :120] = (vertices - rig.mesh.vertices).reshape(5, -1)
    low, high = zip(*((channel.minimum, channel.maximum) for channel in rig.channels), strict=True)
    bounds = (np.tile(low, 5), np.tile(high, 5))
    expected = lsq_linear(tall, np.append(goal.ravel(), np.zeros(len(change))), bounds, tol=1e-13).x
    solved = solve_weights(rig, vertices, settings=settings)
    np.testing.assert_allclose(solved.weights, expected.reshape(5, 6), atol=1e-4)


def two_ways_rig() -> Rig:
    """jawLeft and jawRight are exact opposites; a third shape has two names."""
    delta = np.random.default_rng(0).normal(0, 0.01, (12, 3))
    shapes = {"jawLeft": delta, "jawRight": -delta, "cheekLeft": delta[::-1], "cheekRight": delta[::-1]}
    targets = {name: MorphTarget(np.arange(12), shape) for name, shape in shapes.items()}
    mesh = Mesh(np.random.default_rng(1).normal(size=(12, 3)), np.zeros((0, 3)), np.zeros((12, 3)), targets)
    return Rig(tuple(Channel(name) for name in shapes), mesh)


def test_of_opposites_only_one_is_used_and_twins_share() -> None:
    rig = two_ways_rig()
    assert rig.mesh is not None
    vertices = vertices_of(rig.mesh, [[0.2, 0.8, 0.6, 0.0]], rig.names)
    solved = solve_weights(rig, vertices).weights[0]
    np.testing.assert_allclose(solved, [0, 0.6, 0.3, 0.3], atol=2e-3)
    assert solved[0] == 0


def test_smoothness_calms() -> None:
    vertices = noisy(np.repeat(sparse_weights(1), 30, axis=0))
    jumps = [
        np.abs(np.diff(solve_weights(default_head(), vertices, settings=settings).weights, axis=0)).max()
        for settings in (SolveSettings(smoothness=0), SolveSettings(smoothness=50))
    ]
    assert jumps[1] < jumps[0] / 3


def test_sparsity_leaves_fewer_channels() -> None:
    vertices = noisy(sparse_weights(10))
    used = [
        (solve_weights(default_head(), vertices, settings=settings).weights > 0).sum()
        for settings in (OFF, SolveSettings(sparsity=1))
    ]
    assert used[1] < used[0]


def test_a_subset_and_importance() -> None:
    weights, only = sparse_weights(30), np.arange(0, VERTICES, 3)
    vertices = noisy(weights)
    one = solve_weights(default_head(), vertices, only=only)
    two = solve_weights(default_head(), vertices[:, only], only=only)
    np.testing.assert_array_equal(one.weights, two.weights)
    assert correlations(weights, one.weights).mean() > 0.99
    broken = vertices.copy()
    broken[:, ::7] += 0.05
    counts = np.ones(VERTICES)
    counts[::7] = 0
    kept = solve_weights(default_head(), broken, importance=counts)
    assert correlations(weights, kept.weights).mean() > 0.99


def moved(vertices: np.ndarray, angles: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Turned by yaw, pitch, roll in degrees, by scipy, then shifted."""
    turns = Rotation.from_euler("YXZ", angles, degrees=True).as_matrix()
    return vertices @ np.swapaxes(turns, 1, 2) + shifts[:, None]


def test_the_head_s_own_motion_is_taken_away() -> None:
    weights, random = sparse_weights(60), np.random.default_rng(8)
    angles, shifts = random.normal(0, 15, (60, 3)), random.normal(0, 0.05, (60, 3))
    vertices = moved(noisy(weights), angles, shifts)
    solved = solve_weights(default_head(), vertices, rigid=True)
    assert solved.motion is not None
    np.testing.assert_allclose(solved.motion.angles, angles, atol=0.02)
    np.testing.assert_allclose(solved.motion.shifts, shifts, atol=5e-5)
    assert correlations(weights, solved.weights).mean() > 0.99
    stable = np.arange(7696, 9306)  # the hair
    named = solve_weights(default_head(), vertices, rigid=True, stable=stable)
    assert named.motion is not None
    np.testing.assert_allclose(named.motion.angles, angles, atol=0.05)


def test_motion_and_its_removal_are_inverse() -> None:
    random = np.random.default_rng(9)
    rest = random.normal(size=(30, 3))
    points = moved(rest[None].repeat(8, axis=0), random.uniform(-80, 80, (8, 3)), random.normal(size=(8, 3)))
    motion = find_motion(rest, points, np.ones(30))
    np.testing.assert_allclose(motion.removed(points), np.broadcast_to(rest, points.shape), atol=1e-12)
    assert np.linalg.det(motion.turns) == pytest.approx(np.ones(8))
    assert isinstance(motion, Motion)


def test_a_clip_of_vertices() -> None:
    weights, angles = sparse_weights(12), np.random.default_rng(8).normal(0, 5, (12, 3))
    clip = clip_from_vertices(
        moved(noisy(weights), angles, np.zeros((12, 3))).reshape(12, -1), 29.97, default_head()
    )
    assert (clip.names, clip.fps, clip.frames) == (ARKIT_NAMES, 29.97, 12)
    assert clip.head is not None
    np.testing.assert_allclose(clip.head, angles, atol=0.02)
    assert np.abs(clip.weights - weights).mean() < 0.01
    still = clip_from_vertices(noisy(weights), 60, default_head(), rigid=False)
    assert still.head is None


def rest_frames(**changes: Any) -> np.ndarray:
    mesh = default_head().mesh
    assert mesh is not None
    frames = np.repeat(mesh.vertices[None], 2, axis=0)
    for place, value in changes.items():
        frames[int(place[1:])] = value
    return frames


@pytest.mark.parametrize(
    ("rig", "vertices", "options", "message"),
    [
        (default_head(), rest_frames(f1=np.nan), {}, "vertices of frame 1 hold NaN"),
        (
            default_head(),
            np.zeros((2, 5, 3)),
            {},
            f"each frame has 5 vertices; the rig's mesh has {VERTICES}",
        ),
        (default_head(), np.zeros((0, VERTICES, 3)), {}, "at least one frame"),
        (default_head(), np.zeros((2, 7)), {}, "expected"),
        (arkit_rig(), rest_frames(), {}, "no mesh"),
        (Rig((Channel("other"),), default_head().mesh), rest_frames(), {}, "no shape of the rig moves"),
        (default_head(), rest_frames(), {"only": [VERTICES]}, f"the mesh has {VERTICES}"),
        (default_head(), rest_frames(), {"only": [8000]}, "no shape of the rig moves"),
        (default_head(), rest_frames(), {"importance": [1.0]}, "importance has shape"),
        (default_head(), rest_frames(), {"importance": np.zeros(VERTICES)}, "nor 0 everywhere"),
        (default_head(), rest_frames(), {"rigid": True, "stable": [1, 2]}, "on a line or point"),
    ],
)
def test_bad_input_is_one_line(rig: Rig, vertices: np.ndarray, options: Any, message: str) -> None:
    with pytest.raises(RigError, match=message) as caught:
        solve_weights(rig, vertices, **options)
    assert "\n" not in str(caught.value)


def test_settings_and_rates_are_checked() -> None:
    with pytest.raises(RigError, match=r"sparsity is -1; expected a number from 0"):
        SolveSettings(sparsity=-1)
    with pytest.raises(RigError, match="ridge is nan"):
        SolveSettings(ridge=float("nan"))
    with pytest.raises(ClipError, match="fps is 0"):
        clip_from_vertices(rest_frames(), 0, default_head())
