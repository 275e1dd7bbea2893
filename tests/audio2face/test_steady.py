"""Decisions made steady: averaged, the motion waiting for them, the same in blocks of any size."""

from __future__ import annotations

import numpy as np
import pytest

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.commands.train_speech import STEADYING  # noqa: E402
from audio2face.networks.articulation import ArticulationNetwork  # noqa: E402
from audio2face.networks.fusion import gate  # noqa: E402
from audio2face.networks.steady import DELAY, SPAN, SteadyNetwork  # noqa: E402
from audio2face.networks.steady import exclusive as steady_exclusive  # noqa: E402
from audio2face.training.operating_point import exclusive, steady  # noqa: E402

FRAMES = 60


@pytest.fixture(scope="module")
def network() -> SteadyNetwork:
    inner = ArticulationNetwork(
        parts=1, mean=[0.0] * 33, scale=[1.0] * 33, maps=(4, 4, 4, 8, 8), width=16, dilations=(1, 2),
        sharpness=(8.0, 8.0, 8.0),
    )  # fmt: skip
    return SteadyNetwork(inner)


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return np.random.default_rng(2).normal(0, 2, (1, FRAMES, 33)).astype(np.float32)


def answer(network: SteadyNetwork, sound: np.ndarray, past: np.ndarray) -> tuple[np.ndarray, ...]:
    emotion = np.zeros((1, sound.shape[1], 16), np.float32)
    return tuple(np.asarray(part) for part in network(sound, emotion, past))


def test_decisions_are_means_and_motion_waits(network: SteadyNetwork, sound: np.ndarray) -> None:
    weights, free, logits, _ = answer(network, sound, np.zeros((1, network.memory), np.float32))
    plain = network.network(sound, np.zeros((1, FRAMES, 16)), np.zeros((1, network.network.memory)))
    own, raw = np.asarray(plain[1]), exclusive(np.asarray(plain[2])[0])
    assert np.abs(np.diff(raw, axis=0)).max() > 0.5, "the test wants decisions that waver"
    np.testing.assert_allclose(free[0, DELAY:], own[0, :-DELAY], atol=1e-6)
    wanted = steady(np.concatenate([raw, np.zeros((DELAY, 3), np.float32)]))[: FRAMES - DELAY]
    np.testing.assert_allclose(np.asarray(gate(logits))[0, DELAY:], wanted[: FRAMES - DELAY], atol=1e-5)
    assert np.abs(np.diff(np.asarray(gate(logits))[0], axis=0)).max() <= 1 / SPAN + 1e-5
    assert weights.shape == (1, FRAMES, 52)


@pytest.mark.parametrize("block", [1, 3, 8])
def test_blocks_of_any_size_agree(network: SteadyNetwork, sound: np.ndarray, block: int) -> None:
    whole = answer(network, sound, np.zeros((1, network.memory), np.float32))
    past, parts = np.zeros((1, network.memory), np.float32), []
    for start in range(0, FRAMES, block):
        weights, _, _, past = answer(network, sound[:, start : start + block], past)
        parts.append(weights)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole[0], atol=1e-5)
    np.testing.assert_allclose(past, whole[3], atol=1e-5)


def test_the_likelier_contact_wins() -> None:
    logits = np.float32([[9, -9, 9], [-9, 9, 9], [9, 5, 9], [5, 9, 9], [-9, -9, 9]])
    assert exclusive(logits)[:, :2].tolist() == [[1, 0], [0, 1], [1, 1], [0, 1], [0, 0]]
    np.testing.assert_allclose(np.asarray(steady_exclusive(logits)), exclusive(logits), atol=1e-6)


def test_command_line_knows_the_delay() -> None:
    assert STEADYING == DELAY
