"""Latents of takes → named emotions, with a network made by hand whose moods are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

NEEDS = "needs the train extra; install it with: pip install 'audio2face[train]'"
pytest.importorskip("keras", reason=NEEDS)

from audio2face.errors import TrainingError  # noqa: E402
from audio2face.teacher import EMOTIONS, Segment, teach  # noqa: E402
from audio2face.training.grouping import k_means, unit  # noqa: E402
from audio2face.training.latents import Latents, read_latents  # noqa: E402
from audio2face.training.mining import mine  # noqa: E402
from audio2face.training.naming import account, name_emotions  # noqa: E402
from audio2face.training.scenes import Scenes, taught  # noqa: E402
from audio2face.training.trainer import read_weights, save_weights  # noqa: E402
from rigs import ARKIT_NAMES  # noqa: E402
from rigs.lips import lip_gap_row  # noqa: E402

WIDTH, TAKES = 16, 70
GAPING = 10
"""The number in an emotion vector that holds the jaw open."""
PHONES = tuple(Segment("M" if n % 2 else "AA", 0.1 + 0.16 * n, 0.26 + 0.16 * n) for n in range(14))


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    """One scene whose features are the neutral face itself."""
    return Scenes(teach(PHONES, 300).weights[None], (PHONES,), 0)


class Puppet:
    """Shows its features, and the face of emotion n as much as number n of the vector says."""

    memory = 1

    def __init__(self, scenes: Scenes) -> None:
        self.faces = np.zeros((WIDTH, 52), np.float32)
        for number, name in enumerate(EMOTIONS[1:]):
            # A puppet has no gate that closes lips over a mood, so its moods leave the lips alone.
            self.faces[number] = taught(scenes, {name: 1.0}) * (np.abs(lip_gap_row(ARKIT_NAMES)) < 0.5)
        self.faces[GAPING, ARKIT_NAMES.index("jawOpen")] = 0.5

    def __call__(self, features: Any, emotion: Any, past: Any) -> tuple[Any, ...]:
        return np.clip(features + emotion @ self.faces, 0.0, 1.0), None, None, past


def latents() -> Latents:
    """Ten takes of each emotion and of none; the last take of each gapes. Learned at half their strength."""
    random = np.random.default_rng(3)
    vectors, moods = np.zeros((TAKES, WIDTH)), np.zeros((TAKES, 6))
    for take in range(TAKES):
        if take % 7 < 6:
            moods[take, take % 7] = random.uniform(0.4, 1.0)
        vectors[take, :6] = 0.5 * moods[take]
        vectors[take] += random.normal(0, 0.01, WIDTH)
    vectors[-7:, GAPING] = 1.5
    knots = np.concatenate([np.zeros((1, WIDTH)), np.repeat(vectors, 4, axis=0)])
    knots[4::4] = 0.0
    spans = np.stack([1 + 4 * np.arange(TAKES), np.full(TAKES, 4)], axis=1)
    return Latents(knots, spans, moods)


def test_spare_knots_do_not_weaken_a_take() -> None:
    takes = latents()
    np.testing.assert_allclose(takes.means()[0], takes.knots[1], atol=1e-7)


def test_latents_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TrainingError, match="reach beyond the 3 knots"):
        Latents(np.zeros((3, 16)), np.array([[1, 5]]), np.zeros((1, 6)))
    with pytest.raises(TrainingError, match="moods has shape"):
        Latents(np.zeros((9, 16)), np.array([[1, 5]]), np.zeros((2, 6)))


def test_k_means_finds_directions_and_repeats_itself() -> None:
    random = np.random.default_rng(0)
    rows = unit(np.repeat(np.eye(5), 8, axis=0) + random.normal(0, 0.05, (40, 5))).astype(np.float32)
    labels = k_means(rows, 5, seed=1)
    assert [len(set(labels[8 * n : 8 * n + 8])) for n in range(5)] == [1] * 5
    assert len(set(labels)) == 5
    assert np.array_equal(labels, k_means(rows, 5, seed=1))
    assert set(k_means(rows[:2], 12, seed=1)) == {0, 1}


def test_mining_names_every_emotion_and_drops_what_spoils_closures(scenes: Scenes) -> None:
    found = mine(latents(), Puppet(scenes), scenes)  # type: ignore[arg-type]
    assert set(EMOTIONS[1:]) <= set(found.groups)
    assert all(found.groups[name].purity == 1.0 for name in EMOTIONS[1:])
    assert (found.played, found.opened, found.damped) == (TAKES, 7, 0)
    assert (found.calm, found.calm_purity) == (9, 1.0)


def test_the_better_vector_ships_and_shows_the_whole_face(scenes: Scenes) -> None:
    puppet = Puppet(scenes)
    table = np.eye(6, WIDTH, dtype=np.float32)
    table[0] = 0.0
    mined = mine(latents(), puppet, scenes)  # type: ignore[arg-type]
    namings = name_emotions(table, mined, puppet, scenes)  # type: ignore[arg-type]
    joy = namings[0]
    assert joy.takes_mined and joy.best.share == pytest.approx(1.0, abs=0.1)
    assert np.argmax(joy.best.vector) == 0
    rows = account(mined, namings)["emotions"]
    assert rows["joy"]["ships"] == "mined" and rows["joy"]["purity"] == 1.0
    assert all(naming.angle < 15 for naming in namings[1:])


def test_without_groups_the_table_ships(scenes: Scenes) -> None:
    puppet = Puppet(scenes)
    calm = Latents(np.zeros((9, WIDTH)), np.array([[1, 4], [5, 4]]), np.zeros((2, 6)))
    mined = mine(calm, puppet, scenes)  # type: ignore[arg-type]
    assert (mined.groups, mined.calm, mined.calm_purity) == ({}, 2, 1.0)
    namings = name_emotions(np.eye(6, WIDTH, dtype=np.float32), mined, puppet, scenes)  # type: ignore[arg-type]
    assert not any(naming.takes_mined for naming in namings)
    assert account(mined, namings)["emotions"]["fear"]["ships"] == "table"


def test_latents_are_kept_with_the_weights(tmp_path: Path) -> None:
    weights, table, takes = [np.ones((2, 3)), np.zeros(3)], np.eye(6, WIDTH), latents()
    for file, kept in ((tmp_path / "new.npz", takes), (tmp_path / "old.npz", None)):
        save_weights(file, weights, table, kept)
        read = read_weights(file)
        assert len(read[0]) == 2 and np.array_equal(read[1], table)
    again = read_latents(tmp_path / "new.npz")
    assert again is not None and np.array_equal(again.knots, takes.knots)
    assert np.array_equal(again.spans, takes.spans) and np.array_equal(again.moods, takes.moods)
    assert read_latents(tmp_path / "old.npz") is None


def test_a_file_without_latents_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no archive", encoding="utf-8")
    with pytest.raises(TrainingError, match="holds no latents that can be read"):
        read_latents(tmp_path / "text.npz")
