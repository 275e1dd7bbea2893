"""Both networks: whole, in pieces, and as the file that ships."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
keras = pytest.importorskip("keras", reason=NEEDS)
pytest.importorskip("tensorflow", reason=NEEDS)

from audio2face.errors import TrainingError  # noqa: E402
from audio2face.models import Bundle, LiteRTModel  # noqa: E402
from audio2face.models.bundle import SIGNATURES  # noqa: E402
from audio2face.networks.articulation import ArticulationNetwork  # noqa: E402
from audio2face.networks.formant import FormantAnalysis  # noqa: E402
from audio2face.networks.gru import GRUNetwork  # noqa: E402
from audio2face.networks.network import FaceNetwork  # noqa: E402
from audio2face.networks.recurrent import LONGEST_UNROLLED, StreamingGRU  # noqa: E402
from audio2face.networks.streaming import StreamingConv  # noqa: E402
from audio2face.training.building import build  # noqa: E402
from audio2face.training.export import export  # noqa: E402
from audio2face.training.settings import Settings  # noqa: E402
from rigs import arkit_rig  # noqa: E402

FEATURES = 33
FRAMES = 90


def small(name: str) -> FaceNetwork:
    """A small network of random weights, whose decisions are all undecided enough to matter."""
    keras.utils.set_random_seed(3)
    common: dict[str, Any] = {"mean": [0.1] * FEATURES, "scale": [2.0] * FEATURES, "components": 6}
    made: FaceNetwork
    if name == "gru":
        made = GRUNetwork(width=12, units=20, dilations=(1, 2), **common)
    else:
        made = ArticulationNetwork(parts=1, maps=(4, 4, 6, 6, 8), width=12, dilations=(1, 2, 4), **common)
    made(np.zeros((1, 2, FEATURES)), np.zeros((1, 2, 16)), np.zeros((1, made.memory)))
    random = np.random.default_rng(3)
    made.set_weights([weight + random.normal(0, 0.15, weight.shape) for weight in made.get_weights()])
    return made


@pytest.fixture(scope="module", params=["articulation", "gru"])
def network(request: pytest.FixtureRequest) -> FaceNetwork:
    """Each of the two networks."""
    return small(request.param)


@pytest.fixture(scope="module")
def formant() -> FaceNetwork:
    return small("formant")


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


def whole(network: FaceNetwork, heard: np.ndarray, felt: np.ndarray) -> list[np.ndarray]:
    past = np.zeros((1, network.memory), np.float32)
    return [np.asarray(part) for part in network(heard, everywhere(felt, heard.shape[1]), past)]


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (7,), (1, 30, 2), (64, 26)])
def test_pieces_of_any_size_are_the_same_as_the_whole(
    network: FaceNetwork, heard: np.ndarray, felt: np.ndarray, sizes: tuple[int, ...]
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


def test_no_frame_depends_on_later_sound(network: FaceNetwork, heard: np.ndarray, felt: np.ndarray) -> None:
    changed = heard.copy()
    changed[:, 50:] += 3.0
    before, after = whole(network, heard, felt)[0], whole(network, changed, felt)[0]
    np.testing.assert_allclose(after[:, :50], before[:, :50], atol=1e-6)
    assert np.abs(after[:, 50:] - before[:, 50:]).max() > 1e-3


def test_past_reaches_as_far_as_the_dilations(
    formant: FaceNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    reach = 2 * (1 + 2 + 4)
    changed = heard.copy()
    changed[:, 20] += 3.0
    change = np.abs(whole(formant, changed, felt)[1] - whole(formant, heard, felt)[1])[0].max(axis=1)
    assert change[20 + reach] > 0
    assert change[20 + reach + 1 :].max() < 1e-6


def test_weights_are_between_0_and_1_whatever_is_heard(network: FaceNetwork, felt: np.ndarray) -> None:
    wild = np.random.default_rng(9).normal(0, 100, (1, 40, FEATURES)).astype(np.float32)
    weights = whole(network, wild, 10 * felt)[0]
    assert np.isfinite(weights).all()
    assert weights.min() >= 0 and weights.max() <= 1


def test_emotion_and_bias_are_heard(network: FaceNetwork, heard: np.ndarray, felt: np.ndarray) -> None:
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


def test_outputs_start_from_the_components(network: FaceNetwork) -> None:
    fresh = type(network).from_config(network.get_config())
    fresh(np.zeros((1, 2, FEATURES)), np.zeros((1, 2, 16)), np.zeros((1, fresh.memory)))
    mean = np.linspace(0, 0.5, 52).astype(np.float32)
    fresh.start_from_components(np.zeros((6, 52), np.float32), mean)
    free = np.asarray(fresh(np.zeros((1, 3, FEATURES)), np.zeros((1, 3, 16)), np.zeros((1, fresh.memory)))[1])
    np.testing.assert_allclose(free[0], np.tile(mean, (3, 1)), atol=1e-6)


def test_configuration_makes_the_same_network(
    network: FaceNetwork, heard: np.ndarray, felt: np.ndarray
) -> None:
    again = type(network).from_config(network.get_config())
    whole(again, heard, felt)
    again.set_weights(network.get_weights())
    np.testing.assert_allclose(whole(again, heard, felt)[0], whole(network, heard, felt)[0], atol=1e-6)


@pytest.mark.parametrize("name", ["articulation", "gru"])
def test_default_networks_are_small(name: str) -> None:
    made = build(Settings(network=name), [0.0] * 65, [1.0] * 65)
    assert type(made) is (GRUNetwork if name == "gru" else ArticulationNetwork)
    assert 100_000 < made.count_params() <= 500_000


def test_full_network_has_the_widths_of_the_paper() -> None:
    """Karras et al. 2017: 1→72→108→162→243→256 along frequency, 256 over time, 520 ms of it."""
    made = build(Settings(network="full", front_end="autocorrelation"), [0.0] * 33, [1.0] * 33)
    assert isinstance(made, ArticulationNetwork)
    assert [layer.filters for layer in made.formant.layers] == [72, 108, 162, 243, 256]
    assert made.width == 256 and made.memory == 256 * 62
    assert 1_500_000 < made.count_params() < 2_000_000


def test_formant_is_another_name_of_articulation() -> None:
    assert Settings(network="formant") == Settings(network="articulation")


def test_unknown_network_is_refused() -> None:
    with pytest.raises(TrainingError, match="network 'transformer'; known are articulation, gru, full"):
        Settings(network="transformer")


def test_recurrent_unit_is_the_same_step_by_step_as_in_a_loop() -> None:
    """And the same as Keras's own, which keeps the update gate first, too."""
    keras.utils.set_random_seed(5)
    ours = StreamingGRU(6)
    frames = np.random.default_rng(5).normal(0, 1, (2, LONGEST_UNROLLED + 9, 4)).astype(np.float32)
    start = np.random.default_rng(6).normal(0, 1, (2, 6)).astype(np.float32)
    looped, last = (np.asarray(part) for part in ours(frames, start))
    first, between = ours(frames[:, :LONGEST_UNROLLED], start)
    second, end = ours(frames[:, LONGEST_UNROLLED:], between)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), looped, atol=1e-5)
    np.testing.assert_allclose(np.asarray(end), last, atol=1e-5)
    theirs = keras.layers.GRU(6, return_sequences=True, reset_after=True)
    theirs(frames)
    (mix, mix_bias), (recall, recall_bias) = ours.mix.get_weights(), ours.gate.recall.get_weights()
    theirs.set_weights([mix, recall, np.stack([mix_bias, recall_bias])])
    np.testing.assert_allclose(theirs(frames, initial_state=start), looped, atol=1e-5)


def test_parameters_are_counted(formant: FaceNetwork) -> None:
    analysis = sum(3 * a * b + b for a, b in itertools.pairwise((1, 4, 4, 6, 6, 8)))
    enter = 9 * 12 + 12
    block = (2 * 12) + (36 * 12 + 12) + 16 * 12 + (12 * 12 + 12)
    assert formant.count_params() == analysis + enter + 3 * block + output(12)
    convolutions = (3 * FEATURES * 12 + 12) + (36 * 12 + 12) + 16 * 12 + 2 * 12
    recurrent = (12 * 60 + 60) + (20 * 60 + 60)
    assert small("gru").count_params() == convolutions + recurrent + output(20)


def output(width: int) -> int:
    return 2 * width + (width * 6 + 6) + (6 * 52 + 52) + (width * 3 + 3) + 16 * 52


@pytest.fixture(scope="module")
def exported(network: FaceNetwork) -> LiteRTModel:
    bundle: Any = Bundle(
        "small", arkit_rig(), "mel", 5, {"neutral": np.zeros(16, np.float32)}, export(network, FEATURES), {}
    )
    return LiteRTModel(bundle)


def test_exported_network_says_the_same(
    network: FaceNetwork, exported: LiteRTModel, heard: np.ndarray, felt: np.ndarray
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


def test_exported_network_has_every_signature(exported: LiteRTModel, network: FaceNetwork) -> None:
    assert set(exported._runners) == set(SIGNATURES.values())
    assert exported.start().shape == (network.memory,)
    sizes = {ArticulationNetwork: 2 * (1 + 2 + 4) * 12, GRUNetwork: 2 * FEATURES + 4 * 12 + 20}
    assert network.memory == sizes[type(network)]
    assert len(exported.bundle.network) < 4 * network.count_params() + 300_000
