"""The network: whole, in pieces, and as the file that ships."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
keras = pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.models import Bundle, LiteRTModel  # noqa: E402
from audio2face.models.bundle import SIGNATURES  # noqa: E402
from audio2face.networks.articulation import ArticulationNetwork  # noqa: E402
from audio2face.networks.formant import FormantAnalysis  # noqa: E402
from audio2face.networks.streaming import StreamingConv  # noqa: E402
from audio2face.training.export import export  # noqa: E402
from audio2face.training.settings import Settings  # noqa: E402
from rigs import arkit_rig  # noqa: E402

FEATURES = 33
FRAMES = 90


@pytest.fixture(scope="module")
def network() -> ArticulationNetwork:
    """A small network of random weights, whose decisions are all undecided enough to matter."""
    keras.utils.set_random_seed(3)
    made = ArticulationNetwork(
        parts=1,
        mean=[0.1] * FEATURES,
        scale=[2.0] * FEATURES,
        maps=(4, 4, 6, 6, 8),
        width=12,
        dilations=(1, 2, 4),
        components=6,
    )
    made(np.zeros((1, 2, FEATURES)), np.zeros((1, 2, 16)), np.zeros((1, made.memory)))
    random = np.random.default_rng(3)
    made.set_weights([weight + random.normal(0, 0.15, weight.shape) for weight in made.get_weights()])
    return made


@pytest.fixture(scope="module")
def heard() -> np.ndarray:
    """[1, FRAMES, FEATURES]"""
    return np.random.default_rng(1).normal(0, 2, (1, FRAMES, FEATURES)).astype(np.float32)


@pytest.fixture(scope="module")
def felt() -> np.ndarray:
    """[1, 16] one emotion vector."""
    return np.random.default_rng(2).normal(0, 0.5, (1, 16)).astype(np.float32)


def everywhere(felt: np.ndarray, frames: int) -> np.ndarray:
    return np.tile(felt[:, None], (1, frames, 1))


def whole(network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray) -> list[np.ndarray]:
    past = np.zeros((1, network.memory), np.float32)
    return [np.asarray(part) for part in network(heard, everywhere(felt, heard.shape[1]), past)]


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (7,), (1, 30, 2), (64, 26)])
def test_pieces_of_any_size_are_the_same_as_the_whole(
    network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray, sizes: tuple[int, ...]
) -> None:
    wanted, *_, end = whole(network, heard, felt)
    assert np.ptp(wanted, axis=1).max() > 0.05
    past, found, start = np.zeros((1, network.memory), np.float32), [], 0
    for size in itertools.cycle(sizes):
        piece = heard[:, start : start + size]
        if not piece.shape[1]:
            break
        weights, _, _, past = network(piece, everywhere(felt, piece.shape[1]), past)
        found.append(np.asarray(weights))
        start += size
    np.testing.assert_allclose(np.concatenate(found, axis=1), wanted, atol=1e-5)
    np.testing.assert_allclose(np.asarray(past), end, atol=1e-4)


def test_no_frame_depends_on_later_sound(
    network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    changed = heard.copy()
    changed[:, 50:] += 3.0
    before, after = whole(network, heard, felt)[0], whole(network, changed, felt)[0]
    np.testing.assert_allclose(after[:, :50], before[:, :50], atol=1e-6)
    assert np.abs(after[:, 50:] - before[:, 50:]).max() > 1e-3


def test_past_reaches_as_far_as_the_dilations(
    network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    reach = 2 * (1 + 2 + 4)
    changed = heard.copy()
    changed[:, 20] += 3.0
    change = np.abs(whole(network, changed, felt)[1] - whole(network, heard, felt)[1])[0].max(axis=1)
    assert change[20 + reach] > 0
    assert change[20 + reach + 1 :].max() < 1e-6


def test_weights_are_between_0_and_1_whatever_is_heard(
    network: ArticulationNetwork, felt: np.ndarray
) -> None:
    wild = np.random.default_rng(9).normal(0, 100, (1, 40, FEATURES)).astype(np.float32)
    weights = whole(network, wild, 10 * felt)[0]
    assert np.isfinite(weights).all()
    assert weights.min() >= 0 and weights.max() <= 1


def test_emotion_and_bias_are_heard(
    network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    plain = whole(network, heard, 0 * felt)
    assert np.abs(whole(network, heard, felt)[0] - plain[0]).max() > 1e-3
    network.bias = (1.5, -0.5, 0.25)
    try:
        biased = whole(network, heard, 0 * felt)
    finally:
        network.bias = (0.0, 0.0, 0.0)
    np.testing.assert_allclose(biased[2] - plain[2], np.tile([1.5, -0.5, 0.25], (1, FRAMES, 1)), atol=1e-4)


def test_streaming_convolution_has_three_taps() -> None:
    layer = StreamingConv(1, dilation=2)
    layer(np.zeros((1, 1, 1)), np.zeros((1, 4, 1)))
    layer.mix.set_weights([np.array([[100.0], [10.0], [1.0]]), np.zeros(1)])
    frames = np.array([1.0, 2, 3, 4, 5, 6]).reshape(1, 6, 1)
    out, past = layer(frames, np.zeros((1, 4, 1)))
    assert np.asarray(out)[0, :, 0].tolist() == [1, 2, 13, 24, 135, 246]
    assert np.asarray(past)[0, :, 0].tolist() == [3, 4, 5, 6]


def test_formant_analysis_treats_every_frame_alone_and_passes_energy_by(heard: np.ndarray) -> None:
    layer = FormantAnalysis(1, (3, 3, 4, 4, 5), [1.0] * FEATURES, [2.0] * FEATURES)
    out = np.asarray(layer(heard))
    assert out.shape == (1, FRAMES, 6)
    np.testing.assert_allclose(out[..., -1], (heard[..., -1] - 1) / 2, atol=1e-6)
    np.testing.assert_allclose(np.asarray(layer(heard[:, 40:41])), out[:, 40:41], atol=1e-5)


def test_outputs_start_from_the_components(network: ArticulationNetwork) -> None:
    fresh = ArticulationNetwork.from_config(network.get_config())
    fresh(np.zeros((1, 2, FEATURES)), np.zeros((1, 2, 16)), np.zeros((1, fresh.memory)))
    mean = np.linspace(0, 0.5, 52).astype(np.float32)
    fresh.start_from_components(np.zeros((6, 52), np.float32), mean)
    free = np.asarray(fresh(np.zeros((1, 3, FEATURES)), np.zeros((1, 3, 16)), np.zeros((1, fresh.memory)))[1])
    np.testing.assert_allclose(free[0], np.tile(mean, (3, 1)), atol=1e-6)


def test_configuration_makes_the_same_network(
    network: ArticulationNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    again = ArticulationNetwork.from_config(network.get_config())
    whole(again, heard, felt)
    again.set_weights(network.get_weights())
    np.testing.assert_allclose(whole(again, heard, felt)[0], whole(network, heard, felt)[0], atol=1e-6)


def default_size() -> int:
    settings = Settings()
    made = ArticulationNetwork(
        parts=2,
        mean=[0.0] * 65,
        scale=[1.0] * 65,
        maps=settings.maps,
        width=settings.width,
        dilations=settings.dilations,
        components=settings.components,
    )
    made(np.zeros((1, 2, 65)), np.zeros((1, 2, 16)), np.zeros((1, made.memory)))
    return int(made.count_params())


def test_default_network_is_small() -> None:
    assert 100_000 < default_size() <= 500_000


def test_parameters_are_counted(network: ArticulationNetwork) -> None:
    formant = sum(3 * a * b + b for a, b in itertools.pairwise((1, 4, 4, 6, 6, 8)))
    enter = 9 * 12 + 12
    block = (2 * 12) + (36 * 12 + 12) + 16 * 12 + (12 * 12 + 12)
    out = 2 * 12 + (12 * 6 + 6) + (6 * 52 + 52) + (12 * 3 + 3) + 16 * 52
    assert network.count_params() == formant + enter + 3 * block + out


@pytest.fixture(scope="module")
def exported(network: ArticulationNetwork) -> LiteRTModel:
    bundle: Any = Bundle(
        "small", arkit_rig(), "mel", 5, {"neutral": np.zeros(16, np.float32)}, export(network, FEATURES), {}
    )
    return LiteRTModel(bundle)


def test_exported_network_says_the_same(
    network: ArticulationNetwork, exported: LiteRTModel, heard: np.ndarray, felt: np.ndarray
) -> None:
    wanted = whole(network, heard, felt)[0][0]
    found = exported.predict(heard[0], felt[0], exported.start())
    np.testing.assert_allclose(found.weights, wanted, atol=1e-2)
    assert np.abs(found.weights - wanted).mean() < 1e-3


@pytest.mark.parametrize("size", [1, 5, 13, 70])
def test_exported_network_carries_its_past(
    exported: LiteRTModel, heard: np.ndarray, felt: np.ndarray, size: int
) -> None:
    said = exported.predict(heard[0], felt[0], exported.start())
    past, found = exported.start(), []
    for start in range(0, FRAMES, size):
        piece = exported.predict(heard[0, start : start + size], felt[0], past)
        past = piece.past
        found.append(piece.weights)
    np.testing.assert_allclose(np.concatenate(found), said.weights, atol=1e-5)
    forgetful = exported.predict(heard[0, 60:], felt[0], exported.start()).weights
    assert np.abs(forgetful[:5] - said.weights[60:65]).max() > 1e-4


def test_exported_network_has_every_signature(exported: LiteRTModel, network: ArticulationNetwork) -> None:
    assert set(exported._runners) == set(SIGNATURES.values())
    assert exported.start().shape == (network.memory,)
    assert network.memory == 2 * (1 + 2 + 4) * 12
    assert len(exported.bundle.network) < 4 * network.count_params() + 300_000
