"""Vertices from weights and weights from vertices on the default head, against what else there is.

python benchmarks/bench_solve.py
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from common import Timing, machine, measure_together, single_threaded, table
from scipy.optimize import lsq_linear, nnls

from rigs import ARKIT_NAMES, Mesh, default_head
from rigs.anchors import AnchorEvaluator
from rigs.solving.evaluate import Evaluator, shape_matrix
from rigs.solving.pca import pca_rig
from rigs.solving.solve import solve_weights

FRAMES = 1000
VERTICES = 5000
PEER_FRAMES = 4
"""Frames that the peers solve; their time is proportional to the number."""

NOISE = 1e-4


def evaluate_cases(mesh: Mesh, weights: np.ndarray) -> dict[str, tuple[int, Callable[[], object]]]:
    """{name: (frames, call)}; the last is what the others are compared with."""
    stacked = np.vstack([shape_matrix(mesh, ARKIT_NAMES), mesh.vertices.reshape(1, -1)])
    steered = np.column_stack([weights, np.ones(len(weights), np.float32)])
    into = np.empty((len(weights), stacked.shape[1]), np.float32)
    there = into.reshape(len(weights), -1, 3)
    evaluator = Evaluator(mesh, ARKIT_NAMES)
    points = AnchorEvaluator(mesh, ARKIT_NAMES, "anchors478")
    return {
        "vertices": (len(weights), lambda: evaluator(weights)),
        "vertices, into memory used before": (len(weights), lambda: evaluator(weights, there)),
        "478 anchor points": (len(weights), lambda: points(weights)),
        "one BLAS product": (len(weights), lambda: steered @ stacked),
        "one BLAS product, into memory used before": (
            len(weights),
            lambda: np.matmul(steered, stacked, out=into),
        ),
        "a loop over Mesh.pose": (20, lambda: loop(mesh, weights[:20])),
    }


def loop(mesh: Mesh, weights: np.ndarray) -> np.ndarray:
    """Frame by frame."""
    return np.stack([mesh.pose(dict(zip(ARKIT_NAMES, row.tolist(), strict=True))) for row in weights])


def solve_cases(mesh: Mesh, weights: np.ndarray) -> dict[str, tuple[int, Callable[[], object]]]:
    """The same, for solving; all get the same vertices."""
    random = np.random.default_rng(0)
    only = np.sort(random.permutation(len(mesh.vertices))[:VERTICES])
    vertices = Evaluator(mesh, ARKIT_NAMES, only)(weights)
    vertices += np.float32(NOISE) * random.standard_normal(vertices.shape, np.float32)
    shapes = shape_matrix(mesh, ARKIT_NAMES, only).astype(np.float64).T
    offsets = (vertices[:PEER_FRAMES] - mesh.vertices[only]).reshape(PEER_FRAMES, -1).astype(np.float64)
    reduced, triangle = np.linalg.qr(shapes)
    small = offsets @ reduced
    head = default_head()

    def solve(rigid: bool = False) -> np.ndarray:
        return solve_weights(head, vertices, only=only, rigid=rigid).weights

    found = solve()
    moving = [np.corrcoef(weights[:, at], found[:, at])[0, 1] for at in range(52)]
    print(
        "random sparse weights, 0.1 mm of noise: "
        f"r {np.mean(moving):.4f} on average, {min(moving):.4f} at least\n"
    )
    return {
        "solve, all expectations": (FRAMES, solve),
        "solve, head motion removed first": (FRAMES, lambda: solve(rigid=True)),
        "PCA rig of the same data": (FRAMES, lambda: pca_rig(vertices)),
        "scipy nnls a frame, 52 × 52 after QR": (
            PEER_FRAMES,
            lambda: [nnls(triangle, row) for row in small],
        ),
        "scipy nnls a frame": (PEER_FRAMES, lambda: [nnls(shapes, row) for row in offsets]),
        "scipy lsq_linear a frame, 52 × 52 after QR": (
            PEER_FRAMES,
            lambda: [lsq_linear(triangle, row, (0, 1)) for row in small],
        ),
        "scipy lsq_linear a frame": (
            PEER_FRAMES,
            lambda: [lsq_linear(shapes, row, (0, 1)) for row in offsets],
        ),
    }


def rows(cases: dict[str, tuple[int, Callable[[], object]]], timings: list[Timing]) -> list[list[str]]:
    """Milliseconds for 1,000 frames, frames a second, and times the last case's speed."""
    each = [timing.best / frames for (frames, _), timing in zip(cases.values(), timings, strict=True)]
    return [
        [name, f"{1e6 * seconds:.0f}", f"{1 / seconds:.0f}", f"{each[-1] / seconds:.1f}"]
        for name, seconds in zip(cases, each, strict=True)
    ]


def main() -> None:
    """Measures everything in turn and prints the tables."""
    mesh = default_head().mesh
    assert mesh is not None
    random = np.random.default_rng(1)
    dense = random.random((FRAMES // 2, 52)).astype(np.float32)
    sparse = np.where(random.random((FRAMES, 52)) < 0.15, random.random((FRAMES, 52)), 0).astype(np.float32)
    print(machine() + "\n")
    for title, cases in (
        (f"{len(mesh.vertices)} vertices, one thread", evaluate_cases(mesh, dense)),
        (f"{VERTICES} vertices, one thread", solve_cases(mesh, sparse)),
    ):
        timings = measure_together([call for _, call in cases.values()], runs=3)
        heads = [title, "ms for 1,000 frames", "frames/s", "× the last"]
        print(table(heads, rows(cases, timings)) + "\n")


if __name__ == "__main__":
    single_threaded()
    main()
