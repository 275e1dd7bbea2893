"""Model bundles: what ships is right, and what is damaged is refused in one line."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2face.commands.demo import SAMPLE
from audio2face.errors import ModelError, OptionError
from audio2face.features import FRAME_RATE, FRONT_ENDS, FrontEnd
from audio2face.models import Bundle, LiteRTModel, bundled, load_model, read_bundle
from audio2face.models.bundle import BUNDLES, CARD_FILE, NETWORK_FILE, SIGNATURES
from audio2face.sources import FileSource
from rigs import ARKIT_NAMES
from rigs.arrays import FloatArray

NAMES = ("live", "studio")
EMOTIONS = ("neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of a bundle, to be damaged."""
    return Path(shutil.copytree(BUNDLES / "studio", tmp_path / "copy"))


def change(folder: Path, **values: Any) -> None:
    """Writes other values into a card; None takes a key away."""
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    card.update(values)
    kept = {key: value for key, value in card.items() if value is not None}
    (folder / CARD_FILE).write_text(json.dumps(kept), encoding="utf-8")


def replace_network(folder: Path, content: bytes) -> None:
    """Another network file, with a checksum that fits it."""
    (folder / NETWORK_FILE).write_bytes(content)
    change(folder, sha256=hashlib.sha256(content).hexdigest())


def refusal(folder: Path | str) -> str:
    """The one line that loading the bundle raises."""
    with pytest.raises(ModelError) as caught:
        load_model(str(folder))
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_bundles_that_ship() -> None:
    assert bundled() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_bundle_is_small(name: str) -> None:
    bundle = read_bundle(name)
    assert sum(file.stat().st_size for file in (BUNDLES / name).iterdir()) <= 1.5e6
    assert 0 < bundle.card["parameters"] <= 500_000
    assert bundle.card["bytes"] == len(bundle.network)


@pytest.mark.parametrize("name", NAMES)
def test_card_tells_where_the_model_comes_from(name: str) -> None:
    bundle = read_bundle(name)
    card = bundle.card
    assert card["data"] and all(isinstance(line, str) and line for line in card["data"])
    assert card["licence"] and card["about"] and card["voices"]
    assert isinstance(card["seed"], int)
    assert card["training_minutes"] > 0
    assert not set(card["voices"]) & set(card["held_out_voices"])
    for figure in ("recall", "false_closure"):
        assert 0 <= card["operating_point"][figure] <= 1
    assert bundle.rig.names == ARKIT_NAMES
    assert tuple(bundle.emotions) == EMOTIONS
    assert card["fps"] == FRAME_RATE
    assert bundle.front_end in FRONT_ENDS


def test_look_aheads_are_those_promised() -> None:
    assert read_bundle("studio").card["latency_ms"] <= 260
    for name in NAMES:
        bundle = read_bundle(name)
        assert bundle.card["latency_ms"] == pytest.approx(bundle.look_ahead * 1000 / 120 + 12.5, abs=0.1)


def test_live_answers_within_sixty_milliseconds() -> None:
    assert read_bundle("live").card["latency_ms"] <= 60


def spoken_features() -> np.ndarray:
    """[frames, 65] the bundled sentence from its first second on."""
    sound = np.concatenate([block.samples for block in FileSource(SAMPLE)])
    return FrontEnd("lpc+mel").push(sound)[120:]


@pytest.mark.parametrize("name", NAMES)
def test_signatures_agree(name: str) -> None:
    """Frame by frame, eight at a time or sixty-four: the same weights, and the same past."""
    model = load_model(name)
    features = spoken_features()[:64]
    feeling = model.feel({"fear": 0.7})
    answers = []
    for frames in SIGNATURES.values():
        past, parts = model.start(), []
        for start in range(0, 64, frames):
            said = model.predict(features[start : start + frames], feeling, past)
            past = said.past
            parts.append(said.weights)
        answers.append((np.concatenate(parts), past))
    assert np.ptp(answers[0][0], axis=0).max() > 1e-3
    for weights, past in answers[1:]:
        np.testing.assert_allclose(weights, answers[0][0], atol=1e-5)
        np.testing.assert_allclose(past, answers[0][1], atol=1e-3)


def test_past_is_not_changed_by_a_prediction() -> None:
    model = load_model("studio")
    features = np.random.default_rng(1).normal(-20, 15, (3, 65)).astype(np.float32)
    past = model.predict(features, model.feel({}), model.start()).past
    kept = past.copy()
    first = model.predict(features, model.feel({}), past).weights
    assert np.array_equal(past, kept)
    assert np.array_equal(first, model.predict(features, model.feel({}), past).weights)


def test_no_features_are_no_weights() -> None:
    model = load_model("studio")
    past = model.start() + 1
    said = model.predict(np.empty((0, 65), np.float32), model.feel({}), past)
    assert said.weights.shape == (0, 52)
    assert np.array_equal(said.past, past)


def test_no_emotion_is_zero() -> None:
    model = load_model("studio")
    assert not model.feel({}).any()
    assert not model.feel({"neutral": 1.0}).any()
    assert model.feel({}).dtype == np.float32


def test_emotions_mix_linearly() -> None:
    model = load_model("studio")
    joy, fear = (model.feel({name: 1.0}) for name in ("joy", "fear"))
    mixed = model.feel({"joy": 0.5, "fear": 0.25})
    np.testing.assert_allclose(mixed, 0.5 * joy + 0.25 * fear, atol=1e-6)
    assert np.abs(joy - fear).max() > 0.1


def test_unknown_emotion_names_those_known() -> None:
    with pytest.raises(OptionError) as caught:
        load_model("studio").feel({"boredom": 1.0})
    assert str(caught.value) == f"unknown emotion 'boredom'; studio has {', '.join(EMOTIONS)}"


def test_a_bundle_is_read_from_any_folder(copy: Path) -> None:
    bundle = load_model(str(copy)).bundle
    assert (bundle.name, bundle.network) == ("copy", read_bundle("studio").network)


def test_missing_folder(tmp_path: Path) -> None:
    text = refusal(tmp_path / "none")
    assert (
        text
        == f"no model '{tmp_path / 'none'}': neither one of live, studio nor a folder that holds card.json"
    )


@pytest.mark.parametrize("name", ["nobody", "", "../studio", "null\0name", "a" * 5000])
def test_no_such_model(name: str) -> None:
    assert "no model" in refusal(name)


@pytest.mark.parametrize("file", [CARD_FILE, NETWORK_FILE])
def test_missing_file(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert file in refusal(copy)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_truncated_network(copy: Path, share: float) -> None:
    content = (copy / NETWORK_FILE).read_bytes()
    (copy / NETWORK_FILE).write_bytes(content[: int(share * len(content))])
    assert "model.tflite does not match the checksum in card.json; copy it anew" in refusal(copy)


@pytest.mark.parametrize("place", [0, 5000, -1])
def test_changed_byte(copy: Path, place: int) -> None:
    content = bytearray((copy / NETWORK_FILE).read_bytes())
    content[place] ^= 1
    (copy / NETWORK_FILE).write_bytes(content)
    assert "does not match the checksum" in refusal(copy)


@pytest.mark.parametrize("content", [b"", b"no network", bytes(10_000)])
def test_network_of_another_kind(copy: Path, content: bytes) -> None:
    replace_network(copy, content)
    assert "LiteRT cannot run its network" in refusal(copy)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"card"', b"\xff\xfe\x00", b"[" * 100_000, b"{}"]
)
def test_card_of_another_kind(copy: Path, content: bytes) -> None:
    (copy / CARD_FILE).write_bytes(content)
    assert "card.json or model.tflite is damaged" in refusal(copy)


@pytest.mark.parametrize("key", ["front_end", "look_ahead", "fps", "channels", "emotions", "sha256"])
def test_card_without_a_key(copy: Path, key: str) -> None:
    change(copy, **{key: None})
    assert ("checksum" if key == "sha256" else f"KeyError('{key}')") in refusal(copy)


@pytest.mark.parametrize("name", ["", "cepstrum", "lpc+", 5])
def test_unknown_front_end(copy: Path, name: object) -> None:
    change(copy, front_end=name)
    assert "front end" in refusal(copy)


def test_front_end_that_the_network_does_not_take(copy: Path) -> None:
    change(copy, front_end="mel")
    assert "frames, features and channels are (1, 65, 52), the card says (1, 33, 52)" in refusal(copy)


@pytest.mark.parametrize("fps", [60, 0, "120", [120]])
def test_another_clock(copy: Path, fps: object) -> None:
    change(copy, fps=fps)
    assert "fps" in refusal(copy)


@pytest.mark.parametrize("frames", [-1, 121, 10**30, float("inf"), float("nan"), "soon", [], {}])
def test_impossible_look_ahead(copy: Path, frames: object) -> None:
    change(copy, look_ahead=frames)
    assert "damaged" in refusal(copy)


@pytest.mark.parametrize("length", [0, 1, 15, 17, 100_000])
def test_emotions_of_another_length(copy: Path, length: int) -> None:
    change(copy, emotions={"neutral": [0.0] * length})
    assert "emotions have 16 numbers" in refusal(copy)


@pytest.mark.parametrize(
    "vectors",
    [
        {},
        [],
        "joy",
        {"joy": [0.0] * 16},
        {"neutral": 0.0},
        {"neutral": [[0.0] * 16]},
        {"neutral": ["much"] * 16},
        {"neutral": [float("nan")] * 16},
        {"neutral": [1e300] * 16},
        {"neutral": None},
    ],
)
def test_emotions_that_cannot_be(copy: Path, vectors: object) -> None:
    change(copy, emotions=vectors)
    assert "damaged" in refusal(copy)


def test_one_emotion_of_another_length(copy: Path) -> None:
    change(copy, emotions={"neutral": [0.0] * 16, "joy": [0.0] * 3})
    assert "emotions have 16 numbers" in refusal(copy)


@pytest.mark.parametrize(
    "channels",
    [
        [],
        list(ARKIT_NAMES[:-1]),
        [*ARKIT_NAMES, "one more"],
        ["jawOpen"] * 52,
        ["", *ARKIT_NAMES[1:]],
        [f"channel {number}" for number in range(100_000)],
        52,
    ],
)
def test_channels_that_do_not_fit(copy: Path, channels: object) -> None:
    change(copy, channels=channels)
    refusal(copy)


def test_network_without_a_signature(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIGNATURES, "twice", 2)
    assert "LiteRT cannot run its network" in refusal(copy)


@pytest.mark.parametrize("use", [read_bundle, load_model])
def test_what_is_read_cannot_be_changed(use: Callable[[str], Bundle | LiteRTModel]) -> None:
    read = use("studio")
    bundle = read if isinstance(read, Bundle) else read.bundle
    vector: FloatArray = bundle.emotions["joy"]
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1.0
