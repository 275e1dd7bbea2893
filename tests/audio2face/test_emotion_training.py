"""The recogniser is learned from few voices, and scored on others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio2face.emotion.recogniser import CLASSES, Recogniser, read_recogniser, write_recogniser
from audio2face.emotion.statistics import NAMES
from audio2face.measures.voices import Voiced, cold, confusion, in_turn
from audio2face.training.voice_fit import SCALES, choose, fit, folds
from audio2face.training.voice_sessions import Table, described, elsewhere, tabled

RATE = 16_000


def table(speakers: int = 3, each: int = 6) -> Table:
    """Voices that differ more than emotions do: a speaker's offset is larger than a class's."""
    random = np.random.default_rng(5)
    ways = random.normal(size=(len(CLASSES), len(NAMES)))
    rows, classes, who = [], [], []
    for speaker in range(speakers):
        offset = 1.5 * random.normal(size=len(NAMES))
        for number in range(each * len(CLASSES)):
            rows.append(offset + ways[number % len(CLASSES)] + random.normal(size=len(NAMES)))
            classes.append(number % len(CLASSES))
            who.append(f"s{speaker}")
    return Table(np.array(rows), np.array(classes), np.array([f"{one}/0" for one in who]), np.array(who))


def voice(hertz: float) -> np.ndarray:
    at = np.arange(2 * RATE) / RATE
    sound = sum(np.sin(2 * np.pi * number * hertz * at) / number for number in range(1, 9))
    return (0.1 * sound * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * at))).astype(np.float32)


def test_emotions_of_a_voice_left_out_are_told_apart_once_it_is_known(tmp_path: Path) -> None:
    acted = table()
    nobody = acted.only(np.zeros(len(acted.classes), bool))
    scale = choose(acted, nobody, 1)
    assert scale in SCALES
    for speaker, others in folds(acted):
        recogniser = fit(others, nobody, scale, 1)
        own = recogniser.scaled(acted.only(acted.speakers == speaker).statistics)
        likely = recogniser.likelihoods(own - own.mean(axis=0))
        truth = [CLASSES[one] for one in acted.classes[acted.speakers == speaker]]
        assert confusion(truth, likely).unweighted_recall > 0.8
    write_recogniser(recogniser, tmp_path)
    again = read_recogniser(tmp_path)
    np.testing.assert_allclose(again.weights, recogniser.weights, rtol=1e-6)


def test_training_is_the_same_twice_and_readers_make_neutral_likelier() -> None:
    acted = table()
    nobody = acted.only(np.zeros(len(acted.classes), bool))
    first, second = fit(acted, nobody, 2.0, 3), fit(acted, nobody, 2.0, 3)
    assert np.array_equal(first.weights, second.weights)
    readers = Table(
        acted.statistics[:20],
        np.zeros(20, np.int64),
        np.array(["r/0"] * 20),
        np.array(["r"] * 20),
    )
    with_readers = fit(acted, readers, 2.0, 3)

    def neutral(recogniser: Recogniser) -> float:
        own = recogniser.scaled(readers.statistics)
        return float(recogniser.likelihoods(own - own.mean(axis=0))[:, 0].mean())

    assert neutral(with_readers) > neutral(first) + 0.05


def test_a_session_alters_all_recordings_alike() -> None:
    changed = [elsewhere(voice(150), np.random.default_rng([0, 4])) for _ in range(2)]
    assert np.array_equal(*changed) and not np.array_equal(changed[0], voice(150)[: len(changed[0])])
    spoken = [Voiced("a", "ann", "joy", voice(180)), Voiced("b", "ann", "anger", voice(140))]
    clean, altered = tabled(spoken, 2)
    np.testing.assert_array_equal(clean.statistics[0], described(voice(180)))
    assert list(altered.sessions) == ["ann/1", "ann/1"] and list(clean.classes) == [1, 3]
    assert not np.allclose(clean.statistics, altered.statistics)


def test_scores_count_each_class_alike() -> None:
    likely = np.eye(len(CLASSES))[[0, 0, 0, 1, 2]]
    score = confusion(["neutral", "neutral", "neutral", "joy", "joy"], likely)
    assert score.unweighted_recall == pytest.approx(0.75)
    assert score.counts[1].tolist() == [0, 1, 1, 0, 0, 0, 0]


def test_recordings_are_heard_alone_and_in_turn() -> None:
    silence = Voiced("c", "ann", "neutral", np.zeros(RATE, np.float32))
    spoken = [Voiced("b", "ann", "joy", voice(200)), Voiced("a", "ann", "joy", voice(120)), silence]
    alone, turns = cold(spoken, read_recogniser()), in_turn(spoken, read_recogniser())
    assert alone.shape == turns.shape == (3, len(CLASSES))
    np.testing.assert_allclose(alone.sum(axis=1), 1.0)
    assert alone[2].argmax() == 0
    np.testing.assert_array_equal(alone[1], turns[1])
    assert not np.array_equal(alone[0], turns[0])
